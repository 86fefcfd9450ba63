"""The settings of each stage, parsed once at the composition root into frozen values."""

from pathlib import Path

import msgspec
from platformdirs import user_data_dir

from captioner.captions.cue import RecordPolicy


class AudioSettings(msgspec.Struct, frozen=True):
    """Where the audio comes from: a file, or else a microphone."""

    file: str = ""
    device: str = ""
    """A live source, see captioner.audio.sources; "" for the default microphone."""
    labels: tuple[str, str] = ("Me", "The call")
    """Who speaks into the microphone, and whom the computer plays, where both are captioned."""
    secret: str = ""
    """What a conference that dials in must show; "" for nothing."""
    fast: bool = False
    """A file as fast as the machine can, on a virtual clock."""


class ModelSettings(msgspec.Struct, frozen=True):
    """Which model and how it runs."""

    name: str = "base"
    folder: str = ""
    compute_type: str = "auto"
    """"auto" measures this machine once."""
    threads: int = 0
    """0 for what was measured."""
    language: str = "en"
    """"" to detect it."""
    smaller: str = ""
    """Folder of a smaller model for an overloaded machine, "" for none."""
    glossary: str = ""
    """File of names and terms; read again when it changes."""
    refine: str = "archive"
    """off, archive or live: see captioner.background.Refine."""
    translate: bool = False
    """Also publish a track with the translation to English."""
    voices: str = ""
    """Folder of the model that tells the speakers at one microphone apart, "" not to."""


class MeetingSettings(msgspec.Struct, frozen=True):
    """The meeting and the track to publish."""

    id: str
    title: str
    track: str = "floor"
    policy: RecordPolicy = RecordPolicy.ON_RECORD


class ServerSettings(msgspec.Struct, frozen=True):
    """How the server is reached and where it keeps its data."""

    host: str = "127.0.0.1"
    port: int = 8080
    data: str = ""
    edge: bool = False
    """Pass on what another server has: see server.machines."""
    proxies: tuple[str, ...] = ("loopback", "unix")
    """Trusted proxies: see server.proxies."""
    proxy_header: str = "X-Forwarded-For"
    socket: str = ""
    """Unix socket to listen on, "" for host and port."""


class Resume(msgspec.Struct, frozen=True):
    """What a restarted pipeline must know of the one before."""

    base_ms: int
    """Time of the file's first sample on the meeting's timeline."""
    origin: float
    """Monotonic clock, in seconds, at the file's first sample."""


class PipelineSettings(msgspec.Struct, frozen=True):
    """All that the pipeline's process needs; travels over its standard input, never in its arguments."""

    audio: AudioSettings
    model: ModelSettings
    meeting: MeetingSettings
    url: str
    token: str
    publisher: str
    events: str = ""
    resume: Resume | None = None


def default_data() -> Path:
    """Return where the log and the archive live unless the user says otherwise."""
    return Path(user_data_dir("captioner"))
