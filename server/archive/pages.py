"""The pages that work without JavaScript: the index, the archive's list and a page per meeting."""

from collections.abc import Mapping, Sequence

import msgspec

from captioner.captions.cue import CueUpdate, Meeting, MeetingState, Track
from captioner.captions.transcript import Gap
from server.archive.erasure import Tombstone
from server.archive.export.content import read
from server.archive.export.registry import FORMATS
from server.archive.log import Kept
from server.archive.metadata import json_ld
from server.archive.publication import Version
from server.archive.record import Record
from server.archive.templating import environment
from server.guides import Guide
from server.wording import Reader

_SIGNALS = ("slow_down", "unclear", "who", "repeat")


class History(msgspec.Struct, frozen=True):
    """What a meeting's page says of its versions."""

    number: int = 0  # of the version on this page; 0 for the open draft
    versions: tuple[Version, ...] = ()
    stones: tuple[Tombstone, ...] = ()


class Pages:
    """Renders the pages; all that comes from outside is escaped."""

    def __init__(self) -> None:
        """Load the templates."""
        self._templates = environment()

    def index(self, meetings: Sequence[Kept], reader: Reader) -> str:
        """Render the page at `/`: live meetings first."""
        live = [kept for kept in meetings if kept.state is MeetingState.LIVE]
        ended = [kept for kept in meetings if kept.state is not MeetingState.LIVE]
        return self._templates.get_template("index.html").render(live=live, ended=ended, reader=reader)

    def meeting(
        self, record: Record, address: str = "", history: History | None = None, reader: Reader | None = None
    ) -> str:
        """Render a meeting's transcript with downloads, versions, what was struck; `address` is the archive's."""
        tracks = [(track, read(record, track)) for track in record.tracks]
        formats = [(made.ending, made.name) for made in FORMATS.values()]
        live = record.state is MeetingState.LIVE
        template = self._templates.get_template("meeting.html")
        return template.render(
            record=record,
            meeting=record.meeting,
            tracks=tracks,
            formats=formats,
            live=live,
            address=address,
            linked=json_ld(record, address),
            history=history or History(),
            reader=reader or Reader(),
        )

    def trial(self, views: Sequence[str], reader: Reader) -> str:
        """Render the page that leads to the views with a recorded meeting."""
        return self._templates.get_template("try.html").render(views=views, reader=reader)

    def tell_host(self, meeting: str, told: str, reader: Reader) -> str:
        """Render the page with which a reader without JavaScript tells the host something.

        `told` is the answer: "told", "too_often", "not_live", "unknown" or "".
        """
        template = self._templates.get_template("signal.html")
        return template.render(meeting=meeting, told=told, signals=_SIGNALS, reader=reader)

    def guides(self, guides: Sequence[Guide], reader: Reader) -> str:
        """Render the list of the readers' guides."""
        return self._templates.get_template("guides.html").render(guides=guides, reader=reader)

    def guide(self, guide: Guide, reader: Reader) -> str:
        """Render one of them."""
        return self._templates.get_template("guide.html").render(guide=guide, reader=reader)

    def plain(
        self,
        meeting: Meeting,
        tracks: Sequence[tuple[Track, Sequence[tuple[int, CueUpdate | Gap, bool]]]],
        facts: Mapping[str, object],
        reader: Reader,
    ) -> str:
        """Render the live page that needs no JavaScript: cues, each with whether it is a correction, and gaps."""
        template = self._templates.get_template("plain.html")
        return template.render(meeting=meeting, tracks=tracks, reader=reader, **facts)

    def passcode(self, meeting: str, wrong: str, reader: Reader) -> str:
        """Render the form that asks for a meeting's passcode; `wrong`: "empty", "wrong", "too_many" or ""."""
        return self._templates.get_template("passcode.html").render(meeting=meeting, wrong=wrong, reader=reader)

    def problem(self, title: str, advice: str, reader: Reader | None = None) -> str:
        """Render an error with what to do."""
        return self._templates.get_template("problem.html").render(
            title=title, advice=advice, reader=reader or Reader()
        )
