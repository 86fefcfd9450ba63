"""Real recordings with exact text, from Debian's pocketsphinx-testdata."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
FOLDER = Path("/usr/share/pocketsphinx/test/data/librivox")


def test_librivox_sentences_are_recognised(caption):
    if not FOLDER.is_dir():
        pytest.skip("pocketsphinx-testdata is not installed")
    import jiwer
    from whisper_normalizer.english import EnglishTextNormalizer

    lines = (FOLDER / "transcription").read_text(encoding="utf-8").splitlines()
    references = {
        line.rsplit("(", 1)[1].rstrip(") "): line.rsplit("(", 1)[0].replace("<s>", "").replace("</s>", "")
        for line in lines
        if "(" in line
    }
    normal = EnglishTextNormalizer()
    paths = sorted(FOLDER.glob("*.wav"))
    said = [normal(references[path.stem]) for path in paths]
    rate = jiwer.wer(said, [normal(caption(path)) for path in paths])
    assert len(said) >= 3
    assert rate < 0.25, f"WER {rate:.3f}"
