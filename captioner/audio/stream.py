"""Sound from the network: anything FFmpeg reads, such as RTMP, SRT, RTP (by an .sdp file), HLS and Icecast."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import av
from av.audio.stream import AudioStream
from av.container import InputContainer  # noqa: TC002 - the same library, loaded anyway

from captioner.audio.chunk import SAMPLE_RATE, AudioChunk, AudioSource
from captioner.audio.errors import DeviceLost, DeviceRefused
from captioner.audio.file import reason, to_float
from captioner.audio.process import ProcessSource, Program
from captioner.audio.resample import Resampler

SCHEMES = frozenset({"rtmp", "rtmps", "srt", "rtsp", "rtsps", "rtp", "udp", "tcp", "http", "https"})
_PROTOCOLS = "rtmp,rtmps,rtmpt,srt,rtsp,rtp,udp,tcp,tls,http,https,httpproxy,crypto"
_OPEN_S = 15.0
_READ_S = 12.0  # HLS delivers a segment of up to ten seconds at once


def is_stream(name: str) -> bool:
    """Tell whether a name is an address or an .sdp file."""
    return urlsplit(name).scheme.lower() in SCHEMES or name.lower().endswith(".sdp")


def shown(name: str) -> str:
    """Return what may be shown of an address: never its path, which is often the key to the stream."""
    parts = urlsplit(name)
    return f"{parts.scheme}://{parts.hostname or ''}" if parts.scheme in SCHEMES else Path(name).name


def stream_source(url: str) -> AudioSource:
    """Return what reads an address: PyAV, or the program ffmpeg for a protocol that PyAV is built without (SRT)."""
    scheme = urlsplit(url).scheme.lower()
    program = shutil.which("ffmpeg")
    if scheme != "srt" or program is None:
        return StreamSource(url)
    command = [
        program, "-nostdin", "-v", "quiet", "-protocol_whitelist", _PROTOCOLS, "-i", url, "-vn", "-ac", "1",
        "-ar", str(SAMPLE_RATE), "-f", "s16le", "-flush_packets", "1", "-",
    ]  # fmt: skip
    return ProcessSource(Program(command, shown(url), SAMPLE_RATE, 1, _OPEN_S, _READ_S))


class StreamSource:
    """One connection. Raises DeviceRefused on entering, and DeviceLost where the stream ends or stalls."""

    def __init__(self, url: str) -> None:
        """Open nothing yet."""
        self._url = url
        self._stopped = threading.Event()
        self._container: InputContainer | None = None
        self._stream: AudioStream | None = None

    @property
    def duration(self) -> None:
        """Endless."""
        return

    def __enter__(self) -> Self:
        """Connect and find the sound."""
        local = self._url.lower().endswith(".sdp") and "://" not in self._url
        protocols = f"file,{_PROTOCOLS}" if local else _PROTOCOLS
        try:
            container = av.open(
                self._url, mode="r", options={"protocol_whitelist": protocols}, timeout=(_OPEN_S, _READ_S),
                metadata_errors="replace",
            )  # fmt: skip
        except (av.FFmpegError, OSError, ValueError) as error:
            said = reason(error) if isinstance(error, av.FFmpegError) else "the address cannot be used"
            raise DeviceRefused(shown(self._url), said) from error
        stream = container.streams.best("audio")
        if not isinstance(stream, AudioStream):
            container.close()
            raise DeviceRefused(shown(self._url), "it has no sound")
        self._container, self._stream = container, stream
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Disconnect."""
        container, self._container = self._container, None
        if container is not None:
            container.close()

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield what comes."""
        position, resampler = 0, None
        if self._container is not None and self._stream is not None:
            try:
                for frame in self._container.decode(self._stream):
                    if self._stopped.is_set():
                        return
                    if not frame.samples or frame.sample_rate <= 0:
                        continue
                    if resampler is None or resampler.rate != frame.sample_rate:
                        resampler = Resampler(frame.sample_rate)
                    samples = resampler.process(to_float(frame))
                    if len(samples):
                        yield AudioChunk(position, samples)
                        position += len(samples)
            except (av.FFmpegError, OSError):
                pass  # told below
            if resampler is not None and len(rest := resampler.finish()):
                yield AudioChunk(position, rest)
        if not self._stopped.is_set():
            raise DeviceLost(shown(self._url), 0.0)

    def stop(self) -> None:
        """End with the next frame."""
        self._stopped.set()
