import pytest


@pytest.fixture(scope="session")
def caption():
    """Caption a recording as if live; return the text of its finals."""
    from captioner.audio.file import FileSource
    from captioner.captions.cue import CueStatus
    from captioner.recognition.silero import SileroVoiceDetector
    from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer
    from captioner.run import retrying, run_virtual
    from captioner.streaming.session import Session, SessionConfig
    from models.errors import ModelError
    from models.store import ModelStore

    try:
        recognizer = WhisperRecognizer(ModelStore().path("base"), WhisperConfig())
    except ModelError as error:
        pytest.skip(f"the base model is not here: {error.remedy}")

    def run(path, language="en"):
        updates = []
        session = Session(SessionConfig(language=language), SileroVoiceDetector().probability, "r")
        with FileSource(path) as source:
            run_virtual(source, session, retrying(recognizer), updates.append, lambda beat: None)
        return " ".join(e.update.cue.text for e in updates if e.update.status is CueStatus.FINAL)

    return run
