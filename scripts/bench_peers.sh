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
# these two name exact versions of much that they do not need here (microphones, other engines): only what they import is installed
make_peer whisperlive faster-whisper websockets websocket-client torch torchaudio numba kaldialign openai-whisper soundfile prometheus-client fastapi uvicorn python-multipart
make_peer whisperlive --no-deps whisper-live==0.10.0
make_peer realtimestt faster-whisper torch torchaudio PyAudio==0.2.14 webrtcvad-wheels halo colorama scipy soundfile websockets websocket-client silero-vad
make_peer realtimestt --no-deps RealtimeSTT==1.1.2
