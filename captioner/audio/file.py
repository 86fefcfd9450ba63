"""A recording: any file with audio that PyAV (FFmpeg) reads."""

import itertools
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from captioner.audio.chunk import SAMPLE_RATE, AudioChunk, Samples
from captioner.audio.errors import AudioFileMissing, NotAudio
from captioner.audio.resample import Resampler

_CHUNK = SAMPLE_RATE // 10  # 100 ms: small beside any latency that matters, large beside the cost of a call
_HOLE = 0.1  # s; a jump in the file's own time over this is silence, under it jitter of the container
_LONGEST_HOLE = 3600.0  # s; a longer jump is a broken time stamp, not a pause
_SHORTFALL = 1.0  # s; a file that ends so much before its own length is truncated
_SCALE = {"u1": 1 / 2**7, "i2": 1 / 2**15, "i4": 1 / 2**31}  # integer samples to -1..1, by numpy type


class FileSource:
    """Audio of a file from `start_ms` on, decoded as it is asked for, in chunks of 100 ms (the last is shorter).

    The timeline is that of the file played from its start: where the file's own time jumps, silence stands. Several
    audio streams: the one FFmpeg calls best. Raises AudioFileMissing or NotAudio on entering; once anything has been
    decoded, damage ends or skips and sets `truncated`, and raises nothing.
    """

    def __init__(self, path: Path, start_ms: int = 0) -> None:
        """Open nothing yet. `start_ms`: where to resume, exact to the sample; past the end there are no chunks."""
        self._path = path
        self._start = max(0, start_ms) * SAMPLE_RATE // 1000
        self._stopped = threading.Event()
        self._container: InputContainer | None = None
        self._frames: Iterator[AudioFrame] = iter(())
        self._stream: AudioStream | None = None
        self._zero = 0.0
        self._damaged = False
        self._decoded = 0.0  # s

    @property
    def duration(self) -> float | None:
        """Seconds, as the file says it; None before entering and where the file does not say."""
        return self._known_length()

    @property
    def truncated(self) -> bool:
        """After the iteration: whether some of the file could not be decoded, or it is shorter than it says."""
        return self._damaged

    def __enter__(self) -> Self:
        """Open the file and decode its first frame."""
        try:
            status = self._path.stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise AudioFileMissing(self._path) from error
        except OSError as error:
            raise NotAudio(self._path, error.strerror or "the system refuses it") from error
        if not stat.S_ISREG(status.st_mode):
            raise NotAudio(self._path, "it is not a file")
        if not status.st_size:
            raise NotAudio(self._path, "it is empty")
        try:
            self._open()
        except NotAudio:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close the file."""
        self._close()

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield the chunks; once, between entering and leaving."""
        position = 0  # of the pending samples' first, on the timeline
        pending = np.zeros(0, np.float32)
        for samples in self._samples():
            if self._stopped.is_set():
                return
            pending = np.concatenate((pending, samples))
            if position < self._start:
                skip = min(self._start - position, len(pending))
                position, pending = position + skip, pending[skip:]
            while len(pending) >= _CHUNK:
                yield AudioChunk(position, pending[:_CHUNK])
                position, pending = position + _CHUNK, pending[_CHUNK:]
                if self._stopped.is_set():
                    return
        if len(pending) and position >= self._start:
            yield AudioChunk(position, pending)

    def stop(self) -> None:
        """End before the next chunk."""
        self._stopped.set()

    def _open(self) -> None:
        try:
            container = av.open(
                f"file:{self._path}",  # the prefix: a name with a colon is a file too
                mode="r",
                options={"protocol_whitelist": "file"},  # a playlist must not reach into the network
                metadata_errors="replace",
            )
        except PermissionError as error:
            raise NotAudio(self._path, "this user may not read it") from error
        except av.FFmpegError as error:
            raise NotAudio(self._path, reason(error)) from error
        self._container = container
        stream = container.streams.best("audio")
        if not isinstance(stream, AudioStream):
            raise NotAudio(self._path, "it has no audio")
        self._stream = stream
        self._zero = (container.start_time or 0) / av.time_base
        frames = self._decode(container, stream)
        first = next(frames, None)
        if first is None:
            raise NotAudio(self._path, "none of its audio can be decoded")
        self._frames = itertools.chain((first,), frames)

    def _close(self) -> None:
        self._frames = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    def _decode(self, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
        """Frames with samples; damaged packets are left out and noted."""
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError:
                self._damaged = True
                return
            try:
                frames = packet.decode()
            except av.FFmpegError:
                self._damaged = True
                continue
            yield from (frame for frame in frames if frame.samples and frame.sample_rate > 0)

    def _samples(self) -> Iterator[Samples]:
        """The timeline's samples, in pieces of any length. A change of rate starts another resampler."""
        resampler: Resampler | None = None
        for frame in self._frames:
            rate = frame.sample_rate
            if resampler is None or resampler.rate != rate:
                if resampler is not None:
                    yield resampler.finish()
                resampler = Resampler(rate)
            block = to_float(frame)
            for silence in self._hole_before(frame, block.shape[1]):
                yield resampler.process(silence)
            yield resampler.process(block)
            self._decoded += len(block) / rate
        if resampler is not None:
            yield resampler.finish()
        length = self._known_length()
        if length is not None and self._decoded < length - _SHORTFALL:
            self._damaged = True

    def _hole_before(self, frame: AudioFrame, channels: int) -> Iterator[Samples]:
        """Silence, a second at a time at most, where the frame stands later than what was decoded so far."""
        if frame.pts is None or frame.time_base is None:
            return
        hole = float(frame.pts * frame.time_base) - self._zero - self._decoded
        if not _HOLE < hole <= _LONGEST_HOLE:
            return
        frames = round(hole * frame.sample_rate)
        self._decoded += frames / frame.sample_rate
        while frames:
            length = min(frames, frame.sample_rate)
            yield np.zeros((length, channels), np.float32)
            frames -= length

    def _known_length(self) -> float | None:
        if self._container is None or self._stream is None:
            return None
        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        if self._container.duration is not None:
            return self._container.duration / av.time_base
        return None


def to_float(frame: AudioFrame) -> Samples:
    """The frame's samples, shape (frames, channels), -1..1."""
    array = frame.to_ndarray()
    block = array.T if frame.format.is_planar else array.reshape(frame.samples, -1)
    scale = _SCALE.get(block.dtype.str[1:])
    if scale is None:
        return block.astype(np.float32)
    floats = block.astype(np.float32)
    if block.dtype == np.uint8:
        floats -= 128
    return floats * np.float32(scale)


def reason(error: av.FFmpegError) -> str:
    """FFmpeg's words for people."""
    return f"FFmpeg says {error.strerror!r}" if error.strerror else "FFmpeg does not know its format"
