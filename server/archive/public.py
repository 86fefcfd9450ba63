"""What is known of a meeting beside its words, read from the log; blocks, for the log's thread."""

from captioner.captions import wire
from server.archive.laid_down import storable_of
from server.archive.log import EventLog
from server.archive.metadata import identifier
from server.archive.record import About, Point, Remark, SignalNote
from server.archive.recording import NAME, attached
from server.archive.review import Statement, statements_of, versions_of
from server.archive.settings import ArchiveSettings
from server.archive.signals import signals_of
from server.archive.templating import day
from server.setup import MeetingSetup

_SAID = {
    wire.SignalKind.SLOW_DOWN: "Please slow down",
    wire.SignalKind.UNCLEAR: "This was unclear",
    wire.SignalKind.WHO: "Who is speaking?",
    wire.SignalKind.REPEAT: "Please repeat",
    wire.SignalKind.QUESTION: "A question",
}


def about_of(
    log: EventLog, meeting: str, settings: ArchiveSettings, setup: MeetingSetup, number: int | None = None
) -> About:
    """Return it for version `number`, or the newest."""
    shown = [one for one in versions_of(log, meeting) if number is None or one.number == number]
    newest = shown[-1] if shown else None
    return About(
        series=setup.series,
        licence=setup.licence or settings.licence,
        agenda=tuple(Point(item.at_ms, item.title) for item in storable_of(log, meeting, setup).agenda),
        remarks=tuple(map(_remark, statements_of(log, meeting))),
        reviewed=newest is not None,
        version=newest.number if newest else 0,
        corrected=f"{day(newest.at)}: {newest.note}" if newest and newest.number > 1 else "",
        signals=tuple(SignalNote(one.at, _SAID[one.kind], one.text, one.count) for one in signals_of(log, meeting)),
        address=identifier(settings.address, meeting) if settings.address else "",
        audio=_audio(log, meeting, settings),
    )


def _audio(log: EventLog, meeting: str, settings: ArchiveSettings) -> str:
    """Return where the recording is: beside the page, or on the server that has an address."""
    if attached(log, meeting) is None:
        return ""
    return f"{settings.address}/archive/{meeting}/{NAME}" if settings.address else NAME


def _remark(made: Statement) -> Remark:
    return Remark(made.track, made.first, made.last, made.author, made.text, day(made.at))
