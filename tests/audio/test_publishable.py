import av
import numpy as np
import pytest

from captioner.audio.errors import NotAudio
from captioner.audio.publishable import publishable

RATE = 16_000


@pytest.fixture
def tone(tmp_path):
    """Six seconds of a tone, with a name in the file's tags."""
    path = tmp_path / "tone.wav"
    with av.open(str(path), "w") as made:
        made.metadata["title"] = "Canaryname"
        stream = made.add_stream("pcm_s16le", rate=RATE)
        stream.layout = "mono"
        wave = (10_000 * np.sin(2 * np.pi * 440 * np.arange(6 * RATE) / RATE)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return path


def loudness(path):
    """The peak of each tenth of a second."""
    with av.open(str(path)) as found:
        samples = np.concatenate([frame.to_ndarray().reshape(-1) for frame in found.decode(audio=0)])
    scale = 1.0 if samples.dtype.kind == "f" else 32768.0
    step = RATE // 10
    return [float(np.abs(samples[at : at + step]).max()) / scale for at in range(0, len(samples) - step, step)]


def test_nothing_is_heard_where_the_record_has_nothing(tone, tmp_path):
    made = tmp_path / "made.mp3"
    assert publishable(tone, made, 0, [(2_500, 3_500)]) == 6_000
    peaks = loudness(made)
    assert max(peaks[17:43]) < 0.001  # with a second more on both sides, and the codec's smear
    assert min(peaks[2:13]) > 0.1
    assert min(peaks[47:58]) > 0.1
    assert b"Canaryname" in tone.read_bytes()
    assert b"Canaryname" not in made.read_bytes()


def test_it_begins_with_the_meeting(tone, tmp_path):
    late, early = tmp_path / "late.mp3", tmp_path / "early.mp3"
    assert publishable(tone, late, 2_000, []) == 8_000
    peaks = loudness(late)
    assert max(peaks[:18]) < 0.001
    assert min(peaks[22:70]) > 0.1
    assert publishable(tone, early, -2_000, []) == 4_000


def test_what_is_off_the_record_to_the_end_is_silent_to_the_end(tone, tmp_path):
    made = tmp_path / "made.mp3"
    publishable(tone, made, 0, [(3_000, None)])
    peaks = loudness(made)
    assert max(peaks[22:]) < 0.001
    assert min(peaks[2:18]) > 0.1


def test_what_is_no_sound_is_named(tmp_path):
    path = tmp_path / "no.mp3"
    path.write_text("hello")
    with pytest.raises(NotAudio):
        publishable(path, tmp_path / "made.mp3", 0, [])
