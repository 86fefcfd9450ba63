#!/bin/sh
# Installs the peers that the benchmark compares with, each in an environment of its own under .make/peers (about 2 GB).
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
make_peer() { # $1: name, then packages
    name=$1
    shift
    [ -x ".make/peers/$name/bin/python" ] || "$python" -m venv ".make/peers/$name"
    echo "Installing $name ..."
    ".make/peers/$name/bin/python" -m pip install -q --disable-pip-version-check "$@"
}
make_peer whisperlivekit whisperlivekit==0.2.26 torch torchaudio
