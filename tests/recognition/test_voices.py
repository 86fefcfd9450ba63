"""The model of voices: its features against Kaldi's, a wrong file, and real voices where the model is here."""

import pickle
import zipfile

import numpy as np
import pytest

from benchmarks.recordings import ROOT, demo
from captioner.recognition.base import ModelUnusable
from captioner.recognition.voices import FILE, VoiceEmbedder, features
from models.errors import ModelError
from models.store import ModelStore

SEGMENTS = ROOT / "demo" / "meeting.segments.tsv"


def tone(hertz: float, seconds: float) -> "np.ndarray":
    at = np.arange(round(seconds * 16_000)) / 16_000
    return (0.3 * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def test_features_are_frames_of_25_ms_every_10_ms_without_their_mean():
    found = features(np.concatenate((tone(300, 0.5), tone(3000, 0.5))))
    assert found.shape == (98, 80)
    assert found.dtype == np.float32
    assert abs(found.mean(0)).max() < 1e-4
    assert found[10].argmax() < found[80].argmax()


def test_features_are_kaldis():
    # the values are those of kaldi-native-fbank 1.23 for these tones: no dither, 80 bands, the mean over time taken away
    found = features(np.concatenate((tone(300, 0.5), tone(3000, 0.5))))
    assert found[10, [10, 55, 79]] == pytest.approx([9.0594, -5.4009, -0.2781], abs=0.01)
    assert found[80, [10, 55, 79]] == pytest.approx([-9.3898, 4.9203, -0.2781], abs=0.01)


class Harm:
    def __reduce__(self):
        return (print, ("harm",))


@pytest.mark.parametrize("content", [b"", b"no zip", pickle.dumps(Harm()), pickle.dumps({"a": ((1, 2), 0, ())})])
def test_a_file_that_is_not_the_model_is_refused_and_nothing_of_it_is_run(content, tmp_path, capsys):
    path = tmp_path / FILE
    if content.startswith(b"\x80"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("archive/data.pkl", content)
    else:
        path.write_bytes(content)
    with pytest.raises(ModelUnusable, match="captioner models fetch voices"):
        VoiceEmbedder(tmp_path)
    assert capsys.readouterr().out == ""


def test_no_file_is_told_too(tmp_path):
    with pytest.raises(ModelUnusable):
        VoiceEmbedder(tmp_path)


@pytest.fixture(scope="module")
def embedder():
    try:
        return VoiceEmbedder(ModelStore().path("voices"))
    except ModelError:
        pytest.skip("the model is not here: captioner models fetch voices")


@pytest.mark.slow
def test_real_voices_are_told_apart(embedder):
    """Each of the longer turns of the project's own recording is nearer to all of its speaker's than to any of the other's."""
    recording = demo()
    turns = [line.split("\t") for line in SEGMENTS.read_text(encoding="utf-8").splitlines()[1:]]
    samples = recording.samples()
    spoken = [(who, samples[int(float(a) * 16_000) : int(float(b) * 16_000)]) for a, b, who, *_ in turns]
    voices = [(who, embedder.embed(sound)) for who, sound in spoken if len(sound) > 32_000][:24]
    same = [float(x @ y) for who, x in voices for other, y in voices if who == other and x is not y]
    different = [float(x @ y) for who, x in voices for other, y in voices if who != other]
    assert len({who for who, _ in voices}) > 1
    assert min(same) > max(different)
    assert np.linalg.norm(voices[0][1]) == pytest.approx(1.0, abs=1e-3)
