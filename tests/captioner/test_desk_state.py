from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Origin, RecordPolicy
from captioner.captions.event import CaptionEvent, StateEvent
from captioner.captions.transcript import Snapshot, TrackUpdate
from captioner.desk_commands import HELP, order
from captioner.desk_state import DeskState, clock


def update(text, status=CueStatus.FINAL, speaker=""):
    return CueUpdate(Cue("c1", 62_000, 63_000, text, "en", speaker), 1, status)


def state():
    made = DeskState()
    meeting = Meeting("m1", "Committee", 0)
    made.take(wire.Welcome(meeting=meeting, epoch="e", seq=4, policy=RecordPolicy.ON_RECORD))
    return made


def test_captions_signals_and_changes_are_said_once():
    desk = state()
    assert desk.take(wire.Live(shown=TrackUpdate("floor", update("An op", CueStatus.PARTIAL)))) == []
    assert desk.open == "An op"
    event = CaptionEvent(epoch="e", seq=5, track="floor", update=update("An open door.", speaker="Ana"))
    assert desk.take(wire.EventMessage(event=event)) == ["0:01:02 Ana: An open door."]
    assert (desk.open, desk.cursor) == ("", ("e", 5))
    signal = wire.Signalled(id=1, signal=wire.SignalKind.QUESTION, text="Why?", name="Bo")
    assert desk.take(signal) == ["Question from Bo: Why?"]
    assert desk.take(wire.Signalled(id=1, signal=wire.SignalKind.QUESTION, text="Why?", count=3)) == []
    assert desk.said(desk.waiting()[0]) == "Question: Why? (3 readers)"
    live = wire.TrackHealth("floor", wire.Health.LIVE, 2000)
    assert desk.take(wire.Status(captioners=(live,), policy=RecordPolicy.ON_RECORD)) == ["floor: automatic, live."]
    human = wire.TrackHealth("floor", wire.Health.LIVE, origin=Origin.HUMAN)
    paused = wire.Status(captioners=(human,), policy=RecordPolicy.ON_RECORD, paused=True)
    assert desk.take(paused) == ["Paused.", "floor: human, live."]
    assert desk.take(paused) == []
    desk.take(wire.Vitals(track="floor", level_db=-20, cpu=40))
    desk.take(wire.Presence(viewers=1))
    assert desk.tracks() == ["floor: human, live, level -20 dB, processor 40 %"]
    assert desk.summary() == "Paused, on the record, 1 reader"


def test_the_end_and_a_refusal():
    desk = state()
    assert desk.take(wire.EventMessage(event=StateEvent(epoch="e", seq=5, state=MeetingState.ENDED))) == [
        "The meeting has ended."
    ]
    assert desk.take(wire.Error(code=wire.ErrorCode.UNAUTHORISED, message="no")) == ["no"]
    assert desk.summary() == "no"
    late = DeskState()
    late.take(wire.SnapshotMessage(snapshot=Snapshot("e", 9, cues=(TrackUpdate("floor", update("Before.")),))))
    assert list(late.captions) == ["0:01:02 Before."]
    assert clock(3_723_000) == "1:02:03"


def ordered(line, desk=None):
    return order(line, desk or state(), {"1": "Ana"}, 5000, "floor")


def test_commands():
    assert ordered("pause").question
    assert ordered("pause").messages == (wire.Control(action=wire.Action.PAUSE),)
    assert ordered("resume\n").messages == (wire.Control(action=wire.Action.RESUME),)
    assert ordered("END").question
    change = ordered("record chatham").messages[0].change
    assert (change.at, change.policy) == (5000, RecordPolicy.CHATHAM)
    assert ordered("record maybe").messages == ()
    assert ordered("1").messages == (wire.Speaker(track="floor", name="Ana"),)
    assert ordered("0").messages == (wire.Speaker(track="floor"),)
    assert ordered("2").messages == ()
    assert ordered("say Bo Li").messages == (wire.Speaker(track="floor", name="Bo Li"),)
    assert ordered("quit").leave
    assert ordered("nonsense").told == HELP


def test_signals_that_any_host_has_seen_wait_no_more():
    desk = state()
    for number in (1, 2):
        desk.take(wire.Signalled(id=number, signal=wire.SignalKind.WHO))
    asked = ordered("seen", desk)
    assert asked.told == "2 signals seen."
    assert [(mark.id, mark.state.value) for mark in asked.messages] == [(1, "seen"), (2, "seen")]
    assert len(desk.waiting()) == 2  # until the server has told everybody
    assert desk.take(wire.Signalled(id=1, signal=wire.SignalKind.WHO, state=wire.SignalState.SEEN)) == []
    assert desk.take(wire.Signalled(id=2, signal=wire.SignalKind.WHO, state=wire.SignalState.ANSWERED)) == []
    assert desk.waiting() == []
    again = wire.Signalled(id=2, signal=wire.SignalKind.WHO, count=2)
    assert desk.take(again) == ["Who is speaking? (2 readers)"]
    assert desk.waiting() == [again]
