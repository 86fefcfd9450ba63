#!/bin/sh
# The steps of set-up, one argument each: runtime, dev, system, js, check-js, wheel. The Makefile calls them once.
set -eu
mkdir -p .make

can_apt() {
    [ -z "${CAPTIONER_NO_APT:-}" ] && command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

apt_install() {
    if ! can_apt; then
        echo "Not allowed to install $*. What needs it is skipped. To have it: sudo apt install $*"
        return 0
    fi
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    [ -f .make/apt-updated ] || { $as_root apt-get update -q >/dev/null 2>&1 || true; touch .make/apt-updated; }
    for package in "$@"; do
        dpkg -s "$package" >/dev/null 2>&1 && continue
        echo "Installing $package ..."
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" \
            >.make/apt.log 2>&1 || echo "$package could not be installed; what needs it is skipped."
    done
}

find_python() {
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            echo "$candidate"
            return 0
        fi
    done
    echo "Python 3.11, 3.12 or 3.13 is needed and not here. Install it, or run: make PYTHON=/path/to/python" >&2
    return 1
}

environment() { # $1: lock file
    if [ ! -x .venv/bin/python ]; then
        python=$(find_python)
        echo "[1/3] Creating .venv with $("$python" --version) ..."
        "$python" -m venv .venv 2>/dev/null || { rm -rf .venv; apt_install python3-venv; "$python" -m venv .venv; }
    fi
    echo "[2/3] Installing the pinned dependencies (a minute or two the first time) ..."
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$1"
    echo "[3/3] Installing captioner ..."
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
}

case "${1:-}" in
runtime)
    environment requirements/runtime.txt
    touch .make/runtime
    ;;
dev)
    environment requirements/dev.txt
    touch .make/dev .make/runtime
    ;;
system)
    apt_install libportaudio2 chromium liblouis-bin pocketsphinx-testdata asterisk-core-sounds-en-wav pulseaudio pulseaudio-utils libasound2-plugins procps redis-server ffmpeg desktop-file-utils curl \
        orca xvfb speech-dispatcher at-spi2-core dbus dbus-x11 xdotool python3-gi gir1.2-atspi-2.0 fonts-noto-core fonts-noto-cjk
    if command -v node >/dev/null && command -v npm >/dev/null; then :; else apt_install nodejs npm; fi
    touch .make/system
    ;;
js)
    if command -v npm >/dev/null; then
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
        touch .make/js
    else
        echo "npm is not here: the JavaScript checks are skipped."
    fi
    ;;
check-js)
    mkdir -p .make/results && rm -f .make/results/js.xml
    if command -v node >/dev/null && [ -d node_modules ]; then
        npm run --silent check && npm run --silent lint && node --test \
            --test-reporter=spec --test-reporter-destination=stdout \
            --test-reporter=junit --test-reporter-destination=.make/results/js.xml tests/viewer/*.test.js
    else
        echo "SKIPPED: the JavaScript checks, because Node.js is not here."
    fi
    ;;
wheel)
    # The wheel must hold every file: install it alone into a clean environment and start each console script.
    rm -rf .make/wheel && mkdir -p .make/wheel
    .venv/bin/python -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w .make/wheel .
    .venv/bin/python -m venv --without-pip .make/wheel/env
    .venv/bin/python -m pip --python .make/wheel/env/bin/python install -q --disable-pip-version-check --require-hashes -r requirements/runtime.txt
    .venv/bin/python -m pip --python .make/wheel/env/bin/python install -q --disable-pip-version-check --no-deps .make/wheel/*.whl
    root=$(pwd)
    cd .make/wheel
    env/bin/captioner --help >/dev/null
    env/bin/captioner models list >/dev/null
    env/bin/captioner bench --help >/dev/null
    env/bin/python - <<'PY'
from importlib.resources import files
for package, name in (("viewer", "live.html"), ("viewer", "live.js"), ("viewer", "speak/speak.js"), ("models", "catalogue.toml"), ("server", "archive/templates/base.html"), ("server", "locales/ar.toml"), ("server", "guides/ar/braille.md"), ("benchmarks", "data/meeting.opus")):
    assert files(package).joinpath(name).is_file(), f"the wheel lacks {package}/{name}"
PY
    cd "$root"
    rm -rf .make/wheel
    echo "The wheel installs and starts in a clean environment."
    ;;
*)
    echo "usage: setup.sh runtime|dev|system|js|check-js|wheel" >&2
    exit 2
    ;;
esac
