"""Real recordings with exact text, from Debian's pocketsphinx-testdata."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
FOLDER = Path("/usr/share/pocketsphinx/test/data/librivox")


def test_librivox_sentences_are_recognised():
    if not FOLDER.is_dir():
        pytest.skip("pocketsphinx-testdata is not installed")
    import jiwer
    from whisper_normalizer.english import EnglishTextNormalizer

    from captioner.audio.file import FileSource
    from captioner.captions.cue import CueStatus
    from captioner.pipeline import _retrying
    from captioner.recognition.silero import SileroVoiceDetector
    from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer
    from captioner.run import run_virtual
    from captioner.streaming.session import Session, SessionConfig
    from models.errors import ModelError
    from models.store import ModelStore

    try:
        recognizer = WhisperRecognizer(ModelStore().path("base"), WhisperConfig())
    except ModelError as error:
        pytest.skip(f"the base model is not here: {error.remedy}")
    lines = (FOLDER / "transcription").read_text(encoding="utf-8").splitlines()
    references = {
        line.rsplit("(", 1)[1].rstrip(") "): line.rsplit("(", 1)[0].replace("<s>", "").replace("</s>", "")
        for line in lines
        if "(" in line
    }
    normal = EnglishTextNormalizer()
    said, heard = [], []
    for path in sorted(FOLDER.glob("*.wav")):
        updates = []
        session = Session(SessionConfig(), SileroVoiceDetector().probability, "r")
        with FileSource(path) as source:
            run_virtual(source, session, _retrying(recognizer), updates.append, lambda beat: None)
        finals = [e.update.cue.text for e in updates if e.update.status is CueStatus.FINAL]
        said.append(normal(references[path.stem]))
        heard.append(normal(" ".join(finals)))
    rate = jiwer.wer(said, heard)
    assert len(said) >= 3
    assert rate < 0.25, f"WER {rate:.3f}"
