from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Origin, RecordPolicy
from captioner.captions.event import CaptionEvent, StateEvent
from captioner.captions.transcript import Snapshot, TrackUpdate
from captioner.desk_commands import HELP, KEYS, KEYS_EXPLAINED, order
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
    late.take(
        wire.Live(shown=TrackUpdate("floor", CueUpdate(Cue("c2", 70_000, 71_000, "Since.", "en"), 3, CueStatus.FINAL)))
    )
    assert late.captions[1:] == ["0:01:10 Since."]  # it was revised before anybody saw it here
    assert clock(3_723_000) == "1:02:03"


def test_a_corrected_caption_stays_in_its_place_and_a_withdrawn_one_goes():
    desk = DeskState()

    def show(cue, text, revision=1, status=CueStatus.FINAL):
        update = CueUpdate(Cue(cue, 1000, 2000, text, "en"), revision, status)
        return desk.take(wire.Live(shown=TrackUpdate("floor", update)))

    for number in range(9):
        show(f"c{number}", f"Number {number}.")
    assert len(desk.captions) == 8
    assert show("c5", "Number five.", 2) == ["Corrected: 0:00:01 Number five."]
    assert show("c0", "Number nought.", 2) == ["Corrected: 0:00:01 Number nought."]  # out of sight
    assert desk.captions[4] == "0:00:01 Number five."
    assert show("c5", "", 3, CueStatus.RETRACTED) == ["Withdrawn: 0:00:01 Number five."]
    assert [line[-2] for line in desk.captions] == list("1234678")


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
    assert ordered("captions").told == "Nothing has been said yet."
    spoken = state()
    spoken.take(wire.Live(shown=TrackUpdate("floor", update("One."))))
    assert ordered("captions", spoken).told == "0:01:02 One."
    assert ordered("rename Speaker 1 = Ana").messages == (wire.Rename(track="floor", old="Speaker 1", new="Ana"),)
    for half in ("rename", "rename Speaker 1", "rename = Ana"):
        assert ordered(half).messages == ()
        assert "both names" in ordered(half).told
    assert ordered("nonsense").told == HELP
    assert ordered(KEYS["?"]).told == KEYS_EXPLAINED


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
