import shutil
import subprocess

import pytest

from captioner import desktop


def test_entry_and_icon_come_and_go(tmp_path):
    entry = desktop.install(tmp_path)
    text = entry.read_text()
    assert text.startswith("[Desktop Entry]\n")
    assert "live --open" in text
    assert all(path.exists() for path in desktop.files(tmp_path))
    assert desktop.remove(tmp_path) == list(desktop.files(tmp_path))
    assert desktop.remove(tmp_path) == []


def test_a_path_with_spaces_is_quoted(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/opt/my apps/100%/captioner")
    assert desktop.command() == '"/opt/my apps/100%%/captioner"'


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils")
def test_the_entry_is_valid(tmp_path):
    result = subprocess.run(
        ["desktop-file-validate", desktop.install(tmp_path)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
