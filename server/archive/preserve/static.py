"""The whole archive as files that work from a disk, with search and without a server. Only what changed is written."""

import itertools
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import jinja2
import msgspec

from server.archive.erasure import Tombstone
from server.archive.export.content import clock, read
from server.archive.folding import tokens
from server.archive.preserve.about import Described, described
from server.archive.preserve.static_index import BLOCK, SHARDS, Index, clean, replace, script
from server.archive.record import Record
from server.archive.review import Statement
from server.errors import StorageFull

STATE = "export.json"
LAYOUT = 3  # rises when the pages' form changes, so that all are written again
NEWEST = 100  # transcripts on the first page; the others are listed by month
BATCH = 200  # meetings after which the index and the state are written
_ASSETS = Path(__file__).parent / "assets"
_WORDS = "words.js"


class Source(msgspec.Struct, frozen=True):
    """A meeting that may be exported; `key` changes whenever its record does."""

    meeting: str
    key: str
    load: Callable[[], tuple[Record, Sequence[Statement], Mapping[str, bytes]]]


class _Entry(msgspec.Struct, frozen=True):
    key: str
    about: Described
    number: int = -1  # in the index


class _State(msgspec.Struct):
    layout: int = LAYOUT
    meetings: dict[str, _Entry] = msgspec.field(default_factory=dict)
    erased: tuple[Tombstone, ...] = ()  # as the last export was told


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
        return _Exporter(target, templates).run(list(sources), erased)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}): free space on its disk, then export again"
        raise StorageFull(msg) from error


def remove_meeting(target: Path, meeting: str, templates: jinja2.Environment) -> None:
    """Take one meeting out of an export at once, with all its words and from all lists."""
    exporter = _Exporter(target, templates)
    if exporter.forget([meeting]):
        exporter.keep()
        exporter.lists()


class _Exporter:
    """One run on a folder."""

    def __init__(self, target: Path, templates: jinja2.Environment) -> None:
        self.target, self.templates = target, templates
        for folder in ("meetings", "search", "assets", "months"):
            (target / folder).mkdir(parents=True, exist_ok=True)
        self.index = Index(target / "search")
        self.state = self._load()
        used = (entry.number for entry in self.state.meetings.values())
        self.next = itertools.count(max(used, default=-1) + 1)

    def run(self, sources: Sequence[Source], erased: Sequence[Tombstone]) -> Export:
        self.state.erased = tuple(erased)
        removed = self.forget(sorted(set(self.state.meetings) - {source.meeting for source in sources}))
        changed = [one for one in sources if self._key(one.meeting) != one.key]
        for batch in (changed[at : at + BATCH] for at in range(0, len(changed), BATCH)):
            for source in batch:
                self._put(source)
            self.keep()
        for asset in _ASSETS.iterdir():
            if asset.suffix in {".js", ".css"}:
                replace(self.target / "assets" / asset.name, asset.read_bytes())
        self.lists()
        self.keep()
        return Export(tuple(one.meeting for one in changed), tuple(removed), len(sources) - len(changed))

    def forget(self, meetings: Iterable[str]) -> list[str]:
        """Take meetings away; return those that were there."""
        done = []
        for meeting in meetings:
            shutil.rmtree(self.target / "meetings" / meeting, ignore_errors=True)
            entry = self.state.meetings.pop(meeting, None)
            if entry is not None:
                self.index.remove(entry.number)
                done.append(meeting)
        return done

    def keep(self) -> None:
        """Write the index, then what is known to be in it."""
        self.index.flush()
        replace(self.target / STATE, msgspec.json.encode(self.state))

    def lists(self) -> None:
        """Write the lists: the first page, the months, and what the search needs to know of each transcript."""
        entries = sorted(self.state.meetings.values(), key=lambda entry: entry.about.moment, reverse=True)
        months: dict[str, list[Described]] = {}
        for entry in entries:
            months.setdefault(entry.about.date[:7], []).append(entry.about)
        newest = [entry.about for entry in entries[:NEWEST]]
        shown = {month: len(those) for month, those in months.items()} if len(entries) > NEWEST else {}
        self._page("index.html", meetings=newest, erased=self.state.erased, months=shown, total=len(entries))
        for month in shown:
            self._page(f"months/{month}.html", root="../", meetings=months[month], month=month)
        clean(self.target / "months", (f"{month}.html" for month in shown))
        self._page("search.html")
        blocks: dict[int, list[list[str] | None]] = {}
        for entry in entries:
            block, place = divmod(entry.number, BLOCK)
            rows = blocks.setdefault(block, [])
            rows += [None] * (place + 1 - len(rows))
            rows[place] = [entry.about.id, entry.about.title, entry.about.date, entry.about.moment]
        for block, rows in blocks.items():
            replace(self.target / "search" / f"b{block}.js", script(f"b{block}", rows))
        names = [f"b{block}{part}.js" for block in blocks for part in ("", *(f"-{shard}" for shard in range(SHARDS)))]
        clean(self.target / "search", ["index.js", *names])
        replace(self.target / "search" / "index.js", script("index", {"blocks": sorted(blocks), "shards": SHARDS}))

    def _page(self, name: str, root: str = "", **values: object) -> None:
        template = "static/month.html" if name.startswith("months/") else f"static/{name}"
        text = self.templates.get_template(template).render(root=root, page_language="en", **values)
        replace(self.target / name, text.encode())

    def _key(self, meeting: str) -> str | None:
        entry = self.state.meetings.get(meeting)
        return entry.key if entry else None

    def _put(self, source: Source) -> None:
        record, statements, files = source.load()
        about = described(record)
        entry = self.state.meetings.get(source.meeting)
        number = entry.number if entry is not None and entry.number >= 0 else next(self.next)
        self._meeting(record, about, statements, files)
        self.state.meetings[source.meeting] = _Entry(source.key, about, number)
        every = (update.cue for track in record.tracks for update in track.cues)
        self.index.put(number, {token for cue in every for token in tokens(cue.text)})

    def _meeting(
        self, record: Record, about: Described, statements: Sequence[Statement], files: Mapping[str, bytes]
    ) -> None:
        folder = self.target / "meetings" / about.id
        folder.mkdir(exist_ok=True)
        clean(folder, (*files, "index.html", _WORDS))
        for name, content in files.items():
            replace(folder / name, content)
        tracks = [(track, read(record, track)) for track in record.tracks]
        page = self.templates.get_template("static/meeting.html").render(
            record=record, about=about, tracks=tracks, statements=statements, files=sorted(files), root="../../",
            page_language="en",
        )  # fmt: skip
        replace(folder / "index.html", page.encode())
        cues = [
            (f"{track.track.id}-{u.cue.id}", clock(u.cue.start), u.cue.language, u.cue.text)
            for track in record.tracks
            for u in track.cues
        ]
        replace(folder / _WORDS, script(f"m-{about.id}", cues))

    def _load(self) -> _State:
        try:
            state = msgspec.json.decode((self.target / STATE).read_bytes(), type=_State)
        except (OSError, msgspec.DecodeError):
            state = _State(layout=0)
        if state.layout == LAYOUT:
            return state
        clean(self.target / "search", ())  # of another form, or of nobody knows what: everything is written again
        return _State(meetings={name: _Entry("", entry.about) for name, entry in state.meetings.items()})
