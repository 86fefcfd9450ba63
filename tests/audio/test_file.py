import os
import threading
import wave
from fractions import Fraction

import av
import numpy as np
import pytest

from captioner.audio.errors import AudioFileMissing, NotAudio
from captioner.audio.file import FileSource

SECONDS = 2.0
CODECS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp3": "libmp3lame",
    "opus": "libopus",
    "mp4": "aac",
    "webm": "libopus",
    "mkv": "flac",
}


def tone(rate, seconds=SECONDS, hertz=440.0):
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def write(path, channels, rate, codec=None, *, video=False, pauses=()):
    """A recording by PyAV of (channels, frames); `pauses`: (second, length) jumps of the time stamps."""
    codec = codec or CODECS[path.suffix[1:]]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout = "mono" if len(channels) == 1 else "stereo"
        picture = container.add_stream("mpeg4", rate=10) if video else None
        if picture is not None:
            picture.width = picture.height = 32
            picture.pix_fmt = "yuv420p"
            for number in range(10 * round(SECONDS + 3)):  # longer than the sound
                frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 9 * number % 256, np.uint8), format="rgb24")
                frame.pts = number
                container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
        resampler = av.AudioResampler(stream.codec_context.format, stream.layout, rate, stream.frame_size or 1024)
        position = 0
        while position < channels.shape[1]:
            part = channels[:, position : position + 960]
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(part), format="fltp", layout="mono" if len(channels) == 1 else "stereo"
            )
            frame.sample_rate = rate
            late = sum(length for second, length in pauses if position >= second * rate)
            frame.pts = position + round(late * rate)
            position += part.shape[1]
            if pauses:
                frame.time_base = stream.codec_context.time_base = Fraction(1, rate)
                container.mux(stream.encode(frame))
            else:
                for ready in resampler.resample(frame):
                    container.mux(stream.encode(ready))
        if not pauses:
            for ready in resampler.resample(None):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def read(path, start_ms=0):
    with FileSource(path, start_ms) as source:
        chunks = list(source)
        return chunks, np.concatenate([np.zeros(0, np.float32), *(chunk.samples for chunk in chunks)]), source


@pytest.mark.parametrize("suffix", CODECS)
@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_every_format_is_the_same_tone(tmp_path, suffix, rate):
    if suffix in {"opus", "webm"} and rate == 44_100:
        pytest.skip("Opus has no 44.1 kHz")
    path = write(tmp_path / f"a.{suffix}", tone(rate)[None], rate)
    chunks, samples, source = read(path)
    assert abs(len(samples) / 16_000 - SECONDS) < 0.15  # lossy formats pad to their frames
    assert np.sqrt(np.mean(samples[3200:-3200] ** 2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)
    assert abs(np.argmax(np.abs(np.fft.rfft(samples[8000:24_000]))) - 440) <= 1
    position = 0
    for chunk in chunks:
        assert chunk.start == position
        assert chunk.samples.dtype == np.float32
        assert not chunk.gap
        position = chunk.end
    assert all(len(chunk.samples) == 1600 for chunk in chunks[:-1])
    assert not source.truncated


@pytest.mark.parametrize("suffix", CODECS)
def test_resuming_is_the_tail_of_the_whole(tmp_path, suffix):
    path = write(tmp_path / f"a.{suffix}", tone(48_000)[None], 48_000)
    _, whole, _ = read(path)
    for start_ms in (1, 700, 1234):
        chunks, tail, _ = read(path, start_ms)
        assert chunks[0].start == start_ms * 16
        np.testing.assert_array_equal(tail, whole[start_ms * 16 :])


def test_resuming_past_the_end_gives_nothing(tmp_path):
    assert read(write(tmp_path / "a.wav", tone(16_000)[None], 16_000), 60_000)[0] == []


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp4"])
def test_opposite_phases_do_not_cancel(tmp_path, suffix):
    channels = np.stack([tone(48_000), -tone(48_000)])
    _, samples, _ = read(write(tmp_path / f"a.{suffix}", channels, 48_000))
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_video_is_read_for_its_sound(tmp_path, suffix):
    path = write(tmp_path / f"a.{suffix}", tone(48_000)[None], 48_000, video=True)
    _, samples, source = read(path)
    assert abs(len(samples) / 16_000 - SECONDS) < 0.15
    assert suffix == "mkv" or not source.truncated  # Matroska gives the length of the whole, not of its sound


def test_a_jump_in_the_files_time_is_silence(tmp_path):
    path = write(tmp_path / "a.mkv", tone(48_000)[None], 48_000, "pcm_s16le", pauses=[(1.0, 1.5)])
    _, samples, _ = read(path)
    assert len(samples) / 16_000 == pytest.approx(SECONDS + 1.5, abs=0.05)
    assert not samples[17_600:39_000].any()
    assert np.abs(samples[41_600:]).max() > 0.4


@pytest.mark.parametrize(("width", "dtype", "level"), [(1, "u1", 100), (2, "<i2", 25_690), (4, "<i4", 1_683_627_180)])
def test_integer_samples_are_scaled(tmp_path, width, dtype, level):
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, width, 16_000, 0, "NONE", ""))
        out.writeframes(np.full(4000, level + (128 if width == 1 else 0)).astype(dtype).tobytes())
    _, samples, _ = read(path)
    np.testing.assert_allclose(samples, 0.784, atol=4e-3)


def test_the_duration_is_known_and_exact_for_wav(tmp_path):
    with FileSource(write(tmp_path / "a.wav", tone(44_100)[None], 44_100)) as source:
        assert source.duration == pytest.approx(SECONDS)
    assert FileSource(tmp_path / "a.wav").duration is None


def test_stop_from_another_thread_ends_the_iteration(tmp_path):
    path = write(tmp_path / "a.wav", tone(16_000)[None], 16_000)
    with FileSource(path) as source:
        chunks = iter(source)
        next(chunks)
        stopper = threading.Thread(target=source.stop)
        stopper.start()
        stopper.join()
        assert list(chunks) == []


def test_a_missing_file(tmp_path):
    for path in (tmp_path / "gone.wav", write(tmp_path / "a.wav", tone(8000)[None], 8000) / "x"):
        with pytest.raises(AudioFileMissing, match="Check the path"):
            FileSource(path).__enter__()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"Minutes of the meeting.\n" * 50),
        ("lies.mp3", b"Minutes of the meeting.\n" * 50),
        ("lies.wav", bytes(range(256)) * 16),
        ("empty.wav", b""),
        ("header.wav", b"RIFF\x24\x00\x00\x00WAVE"),
        ("list.m3u8", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"),
    ],
)
def test_what_is_not_audio_is_refused_on_entering(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NotAudio, match="that plays"):
        FileSource(path).__enter__()


def test_a_folder_and_a_silent_video_are_not_audio(tmp_path):
    with pytest.raises(NotAudio, match="not a file"):
        FileSource(tmp_path).__enter__()
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 32
        picture.pix_fmt = "yuv420p"
        container.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
        container.mux(picture.encode(None))
    with pytest.raises(NotAudio, match="no audio"):
        FileSource(path).__enter__()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = write(tmp_path / "a.wav", tone(8000)[None], 8000)
    path.chmod(0)
    with pytest.raises(NotAudio, match="may not read"):
        FileSource(path).__enter__()


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "opus", "webm"])
def test_a_truncated_file_gives_what_there_is(tmp_path, suffix):
    path = write(tmp_path / f"a.{suffix}", tone(48_000, 4.0)[None], 48_000)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    _, samples, source = read(path)
    assert 1.0 < len(samples) / 16_000 < 3.0
    if suffix in {"flac", "webm"}:  # the others tell their length by their size
        assert source.truncated


def test_a_truncated_mp4_has_no_index(tmp_path):
    path = write(tmp_path / "a.mp4", tone(48_000)[None], 48_000)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(NotAudio):
        FileSource(path).__enter__()


def test_damage_in_the_middle_is_noted_and_moves_nothing_after_it(tmp_path):
    path = write(tmp_path / "a.mp4", tone(48_000, 4.0)[None], 48_000)
    content = bytearray(path.read_bytes())
    middle, length = len(content) // 2, len(content) // 8
    content[middle : middle + length] = np.random.default_rng(1).bytes(length)
    path.write_bytes(content)
    _, samples, source = read(path)
    assert len(samples) / 16_000 == pytest.approx(4.0, abs=0.05)
    assert source.truncated


def test_a_name_with_a_colon_is_a_file(tmp_path):
    path = write(tmp_path / "a.wav", tone(8000)[None], 8000).rename(tmp_path / "http:x 100%.wav")
    assert len(read(path)[1]) == 32_000
