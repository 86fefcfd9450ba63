import shutil

import pytest

from benchmarks import recordings


@pytest.fixture
def speech(tmp_path, monkeypatch):
    folder = tmp_path / "fr"
    folder.mkdir()
    shutil.copy(recordings.ROOT / "demo" / "meeting.opus", folder / "talk.flac")
    (folder / "talk.txt").write_text("Bonjour.", encoding="utf-8")
    (folder / "talk.words.json").write_text('[["Bonjour", 0.5, 1.25]]', encoding="utf-8")
    monkeypatch.setenv("SPEECH_DIR", str(tmp_path))


def test_the_demo_is_always_there_without_its_speakers_names():
    demo = recordings.demo()
    assert ">>" not in demo.text
    assert demo.text.strip().startswith("Good morning")
    assert 120 < len(demo.samples()) / recordings.RATE < 135


@pytest.mark.usefixtures("speech")
def test_a_folder_names_the_language_and_holds_references():
    for name in ("fr", "fr/talk"):
        (found,) = recordings.find([name])
        assert (found.id, found.language, found.text) == ("fr/talk", "fr", "Bonjour.")
        assert found.words == (recordings.TimedWord("Bonjour", 500, 1250),)


@pytest.mark.usefixtures("speech")
def test_what_is_not_there_is_told_with_what_is():
    with pytest.raises(LookupError, match="demo, fr"):
        list(recordings.find(["de/none"]))
