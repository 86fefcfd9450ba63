"""Further real recordings, where the machine has them: in $SPEECH_DIR, or in ../shared/speech beside the project."""

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
FOLDER = Path(os.environ.get("SPEECH_DIR") or Path(__file__).parents[3] / "shared" / "speech")


def recording(name):
    path = FOLDER / f"{name}.flac"
    if not path.is_file():
        pytest.skip(f"there is no recording {name}: name the folder with SPEECH_DIR")
    return path


def test_a_prepared_address(caption):
    path = recording("en_long/obama_weekly_20141206")
    import jiwer
    from whisper_normalizer.english import EnglishTextNormalizer

    normal = EnglishTextNormalizer()
    rate = jiwer.wer(normal(path.with_suffix(".txt").read_text(encoding="utf-8")), normal(caption(path)))
    assert rate < 0.08, f"WER {rate:.3f}"


@pytest.mark.parametrize("name", ["nonspeech/dishes", "nonspeech/exercise_bike", "nonspeech/silence_4s"])
def test_nobody_speaks_and_nothing_is_said(caption, name):
    assert caption(recording(name)) == ""
