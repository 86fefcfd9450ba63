"""The pages that work without JavaScript: the index, the archive's list and a page per meeting."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import jinja2

from captioner.captions.cue import CueUpdate, Meeting, MeetingState, Track, right_to_left
from captioner.captions.webvtt import format_time
from server.archive.log import Kept
from server.archive.record import Record, paragraphs
from server.archive.writer import FORMATS
from server.guides import Guide

_FORMAT_NAMES = {"vtt": "WebVTT captions", "txt": "Plain text", "json": "JSON with word times"}
_VIEW_NAMES = {
    "live": "The live page, with all reading settings",
    "read": "The reading view, step by step, for Braille",
    "simple": "The simple page",
    "pin": "The small window",
    "beside": "Captions beside a picture",
    "screen": "The big screen",
}
_SIGNALS = {
    "slow_down": "Please slow down",
    "unclear": "Captions are unclear",
    "who": "Who is speaking?",
    "repeat": "Please repeat",
}


class Pages:
    """Renders the pages; all that comes from outside is escaped."""

    def __init__(self) -> None:
        """Load the templates."""
        loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        filters = {"clock": _clock, "duration": _duration, "direction": _direction, "day": _day, "machine": _machine}
        self._templates.filters.update(filters)

    def index(self, meetings: Sequence[Kept]) -> str:
        """Render the page at `/`: live meetings first."""
        live = [kept for kept in meetings if kept.state is MeetingState.LIVE]
        ended = [kept for kept in meetings if kept.state is not MeetingState.LIVE]
        return self._templates.get_template("index.html").render(live=live, ended=ended)

    def archive(self, meetings: Sequence[Kept]) -> str:
        """Render the list of all transcripts."""
        return self._templates.get_template("archive.html").render(meetings=meetings)

    def meeting(self, record: Record) -> str:
        """Render a meeting's transcript with its downloads."""
        tracks = [(track, paragraphs(track.cues)) for track in record.tracks]
        formats = [(ending, _FORMAT_NAMES[ending]) for ending in FORMATS]
        live = record.state is MeetingState.LIVE
        template = self._templates.get_template("meeting.html")
        return template.render(record=record, meeting=record.meeting, tracks=tracks, formats=formats, live=live)

    def trial(self, views: Sequence[str]) -> str:
        """Render the page that leads to the views with a recorded meeting."""
        return self._templates.get_template("try.html").render(views=views, names=_VIEW_NAMES)

    def tell_host(self, meeting: str, told: str = "") -> str:
        """Render the page with which a reader without JavaScript tells the host something; `told` is the answer."""
        return self._templates.get_template("signal.html").render(meeting=meeting, told=told, signals=_SIGNALS)

    def guides(self, guides: Sequence[Guide]) -> str:
        """Render the list of the readers' guides."""
        return self._templates.get_template("guides.html").render(guides=guides)

    def guide(self, guide: Guide) -> str:
        """Render one of them."""
        return self._templates.get_template("guide.html").render(guide=guide)

    def plain(
        self,
        meeting: Meeting,
        tracks: Sequence[tuple[Track, Sequence[tuple[CueUpdate, bool]]]],
        facts: Mapping[str, object],
    ) -> str:
        """Render the live page that needs no JavaScript; each cue with whether it is a correction."""
        return self._templates.get_template("plain.html").render(meeting=meeting, tracks=tracks, **facts)

    def passcode(self, meeting: str, wrong: str) -> str:
        """Render the form that asks for a meeting's passcode; `wrong` says what was wrong before."""
        return self._templates.get_template("passcode.html").render(meeting=meeting, wrong=wrong)

    def problem(self, title: str, advice: str) -> str:
        """Render an error with what to do."""
        return self._templates.get_template("problem.html").render(title=title, advice=advice)


def _clock(ms: int) -> str:
    return format_time(ms)[:-4]


def _duration(ms: int) -> str:
    """The form that <time datetime> wants, as PT1H2M3.004S."""
    hours, minutes, seconds = ms // 3_600_000, ms // 60_000 % 60, ms % 60_000 / 1000
    return f"PT{hours}H{minutes}M{seconds:.3f}S"


def _direction(language: str) -> str:
    return "rtl" if right_to_left(language) else "ltr"


def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _machine(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
