import os
from pathlib import Path

import pytest

from benchmarks import peers


def test_a_peer_that_is_not_installed_is_known():
    assert not peers.available("no-such-peer")


def test_what_a_peer_shows_is_read_and_noise_is_passed_over(tmp_path, monkeypatch):
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho "loading"\necho \'[100, ["a", "b"], 1]\'\necho \'[200, ["a", "b"], 2]\'\n')
    os.chmod(program, 0o700)  # noqa: PTH101
    monkeypatch.setattr(peers, "environment", lambda name: program)
    assert peers.run("any", b"\0\0" * 160, Path("m"), "en") == [(100, ["a", "b"], 1), (200, ["a", "b"], 2)]


def test_a_peer_that_fails_says_why(tmp_path, monkeypatch):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho loading >&2\necho 'no module named x' >&2\nexit 1\n")
    os.chmod(program, 0o700)  # noqa: PTH101
    monkeypatch.setattr(peers, "environment", lambda name: program)
    with pytest.raises(peers.PeerFailed, match="no module named x"):
        peers.run("any", b"\0\0" * 160, Path("m"), "en")
