"""The shipped units: right, confined, and not so confined that the server fails."""

import http.client
import re
import shutil
import subprocess
import sys
import urllib.request
from ctypes.util import find_library
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
CONFINED = Path(__file__).with_name("confined.py")
UNITS = sorted(path.name for path in FOLDER.glob("*.service"))
MOST_EXPOSED = 1.0  # of 10; systemd-analyze calls up to 1.9 "OK" and less than 1 "SAFE"
TOOL = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(TOOL is None, reason="systemd-analyze is not here")
OPTIONS = {"ExecStart", "Restart", "LimitNOFILE", "StateDirectory", "RuntimeDirectory", "UMask", "IPAddressDeny"}


def settings(name):
    """All settings of a unit, a list for each name."""
    found = {}
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        key, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture(params=UNITS)
def installed(request, tmp_path):
    """The unit as it would be installed, with a program that is there."""
    text = (FOLDER / request.param).read_text(encoding="utf-8").replace("/opt/captioner/bin/captioner", "/bin/true")
    path = tmp_path / request.param.replace("@.", "@8081.")
    path.write_text(text, encoding="utf-8")
    return path


def analyze(*arguments):
    return subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)


@needs_systemd
def test_systemd_takes_the_unit(installed):
    done = analyze("verify", "--man=no", installed)
    assert installed.name not in done.stdout + done.stderr
    assert done.returncode == 0, done.stderr


@needs_systemd
def test_a_mistake_in_a_unit_is_noticed(installed):
    installed.write_text(installed.read_text().replace("NoNewPrivileges=yes", "NoNewPrivilege=yes"))
    assert "NoNewPrivilege" in analyze("verify", "--man=no", installed).stderr


@needs_systemd
def test_the_unit_is_little_exposed(installed):
    done = analyze("security", "--offline=yes", "--no-pager", installed)
    if "unrecognized option" in done.stderr:
        pytest.skip("systemd is older than 250")
    level = float(re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)[1])
    assert level <= MOST_EXPOSED


@pytest.mark.parametrize("name", UNITS)
def test_what_a_unit_must_have(name):
    found = settings(name)
    assert OPTIONS - set(found) <= {"StateDirectory", "RuntimeDirectory"}
    assert int(found["LimitNOFILE"][0]) > 20_000, "more than the connections that a process takes"
    assert found["SystemCallErrorNumber"] == ["EPERM"]
    assert "127.0.0.1" in found["ExecStart"][0], "TLS and the network are the proxy's work"
    assert "token" not in found["ExecStart"][0]
    assert "redis://" not in str(found), "it may hold a password: it stands in a file of the administrator's"


def allowed(name):
    """The system calls that a unit's filter lets through."""
    groups, group = {}, ""
    for line in analyze("syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            group = line.strip()
            groups[group] = set()
        elif group and line.startswith(" ") and not line.strip().startswith("#"):
            groups[group].add(line.strip())

    def calls(word):
        return set().union(*map(calls, groups[word])) if word.startswith("@") else {word}

    wanted = set()
    for value in settings(name)["SystemCallFilter"]:
        words = set().union(*map(calls, value.removeprefix("~").split()))
        wanted = wanted - words if value.startswith("~") else wanted | words
    return sorted(wanted)


@needs_systemd
@pytest.mark.slow
@pytest.mark.skipif(find_library("seccomp") is None and not Path("/usr/lib/x86_64-linux-gnu/libseccomp.so.2").exists(),
                    reason="libseccomp is not here")  # fmt: skip
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these filters")
def test_the_server_works_under_the_filter(tmp_path):
    name = "captioner-server.service"
    program = [sys.executable, "-m", "captioner.cli", "serve", "--port", "0", "--json", "--data", str(tmp_path)]
    command = [
        sys.executable,
        str(CONFINED),
        settings(name)["SystemCallErrorNumber"][0],
        *allowed(name),
        "--",
        *program,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            url = re.search(r'"url":"([^"]+)"', line)[1]
            token = (tmp_path / "host.token").read_text().strip()
            vtt = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello to everybody.\n"
            assert ask(url, "api/meetings/m1/tracks/floor/import?record=on_record&title=Talk", token, vtt) == 200
            assert ask(url, "api/meetings/m1/export", token, b"") == 200
            assert ask(url, "api/backup", token, b"") == 200
            assert ask(url, "api/meetings/m1/passcode", token, b'{"passcode": "long enough"}') == 200
            for path in ("readyz", "metrics", "api/openapi.json", "live/m1"):
                assert ask(url, path, token) == 200
        finally:
            process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0


def ask(url, path, token, body=None):
    request = urllib.request.Request(f"{url}{path}", data=body, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
            return answer.status
    except (OSError, http.client.HTTPException) as error:
        return str(error)
