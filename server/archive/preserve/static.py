"""The whole archive as files that work from a disk, with search and without a server. Only what changed is written."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import jinja2
import msgspec

from server.archive.erasure import Tombstone
from server.archive.preserve.about import Described, described
from server.archive.record import Record, paragraphs
from server.archive.review import Statement
from server.errors import StorageFull

STATE = "export.json"
LAYOUT = 1  # rises when the pages' form changes, so that all are written again
_ASSETS = Path(__file__).parent / "assets"


class Source(msgspec.Struct, frozen=True):
    """A meeting that may be exported; `key` changes whenever its record does."""

    meeting: str
    key: str
    load: Callable[[], tuple[Record, Sequence[Statement], Mapping[str, bytes]]]


class _Entry(msgspec.Struct, frozen=True):
    key: str
    about: Described


class _State(msgspec.Struct):
    layout: int = LAYOUT
    meetings: dict[str, _Entry] = msgspec.field(default_factory=dict)


class Export(msgspec.Struct, frozen=True):
    """What was done."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int


def export_static(
    target: Path, templates: jinja2.Environment, sources: Iterable[Source], erased: Sequence[Tombstone] = ()
) -> Export:
    """Bring the folder up to date; StorageFull when the disk refuses, and the next run goes on from there."""
    try:
        return _export(target, templates, list(sources), erased)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}): free space on its disk, then export again"
        raise StorageFull(msg) from error


def remove_meeting(target: Path, meeting: str) -> None:
    """Take one meeting out of an export at once; the list follows with the next export."""
    shutil.rmtree(target / "meetings" / meeting, ignore_errors=True)
    (target / "search" / f"{meeting}.js").unlink(missing_ok=True)
    state = _state(target)
    if state.meetings.pop(meeting, None):
        _keep(target, state)
        _lists(target, state)


def _export(
    target: Path, templates: jinja2.Environment, sources: Sequence[Source], erased: Sequence[Tombstone]
) -> Export:
    for folder in ("meetings", "search", "assets"):
        (target / folder).mkdir(parents=True, exist_ok=True)
    state, written = _state(target), list[str]()
    wanted = {source.meeting for source in sources}
    removed = sorted(set(state.meetings) - wanted)
    for meeting in removed:
        remove_meeting(target, meeting)
        state.meetings.pop(meeting, None)
    for source in sources:
        entry = state.meetings.get(source.meeting)
        if entry is not None and entry.key == source.key:
            continue
        record, statements, files = source.load()
        about = described(record)
        _meeting(target, templates, record, about, statements, files)
        state.meetings[source.meeting] = _Entry(source.key, about)
        written.append(source.meeting)
        _keep(target, state)
    for asset in _ASSETS.iterdir():
        if asset.suffix in {".js", ".css"}:
            _write(target / "assets" / asset.name, asset.read_bytes())
    listed = _listed(state)
    page = templates.get_template("static/index.html")
    _text(target / "index.html", page.render(meetings=listed, erased=erased, root="", page_language="en"))
    search = templates.get_template("static/search.html")
    _text(target / "search.html", search.render(root="", page_language="en"))
    _lists(target, state)
    _keep(target, state)
    return Export(tuple(written), tuple(removed), len(sources) - len(written))


def _meeting(
    target: Path,
    templates: jinja2.Environment,
    record: Record,
    about: Described,
    statements: Sequence[Statement],
    files: Mapping[str, bytes],
) -> None:
    folder = target / "meetings" / about.id
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in files and path.name != "index.html":
            path.unlink()
    for name, content in files.items():
        _write(folder / name, content)
    tracks = [(track, paragraphs(track.cues)) for track in record.tracks]
    language = about.languages[0] if about.languages else "en"
    page = templates.get_template("static/meeting.html").render(
        record=record, about=about, tracks=tracks, statements=statements, files=sorted(files), root="../../",
        page_language="en", language=language,
    )  # fmt: skip
    _text(folder / "index.html", page)
    cues = [
        (f"{track.track.id}-{u.cue.id}", _clock(u.cue.start), u.cue.language, u.cue.text)
        for track in record.tracks
        for u in track.cues
    ]
    shard = f"captionerShard({_js(about.id)}, {_js(cues)});\n"
    _text(target / "search" / f"{about.id}.js", shard)


def _lists(target: Path, state: _State) -> None:
    listed = [{"id": one.id, "title": one.title, "date": one.date} for one in _listed(state)]
    _text(target / "search" / "index.js", f"window.captionerMeetings = {_js(listed)};\n")


def _listed(state: _State) -> list[Described]:
    return sorted((entry.about for entry in state.meetings.values()), key=lambda about: about.moment, reverse=True)


def _state(target: Path) -> _State:
    try:
        state = msgspec.json.decode((target / STATE).read_bytes(), type=_State)
    except (OSError, msgspec.DecodeError):
        return _State()  # everything is written again
    return (
        state
        if state.layout == LAYOUT
        else _State(meetings={k: _Entry("", v.about) for k, v in state.meetings.items()})
    )


def _keep(target: Path, state: _State) -> None:
    _write(target / STATE, msgspec.json.encode(state))


def _js(value: object) -> str:
    return msgspec.json.encode(value).decode().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}"


def _text(path: Path, text: str) -> None:
    _write(path, text.encode())


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
