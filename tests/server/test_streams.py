from captioner.captions import wire
from captioner.captions.cue import CueStatus, RecordPolicy
from captioner.captions.event import CaptionEvent, GapEvent, GapReason, PolicyEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Snapshot, TrackUpdate
from server.frames import frame_of
from server.streams import Lines, chunk, server_sent
from tests.server.conftest import final, partial


def event(update, seq=4, track="floor"):
    return frame_of(wire.EventMessage(event=CaptionEvent(epoch="e", seq=seq, track=track, update=update)))


def test_chunks():
    assert chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"


def test_an_event_has_its_cursor_and_is_one_line_of_data():
    sent = server_sent(event(final(text="One\u2028two"))).decode()
    assert sent.startswith("id: e:4\ndata: {")
    assert sent.endswith("}\n\n")
    assert sent.count("\n") == 3
    assert server_sent(frame_of(wire.Ping())) == b'data: {"type":"ping"}\n\n'
    assert server_sent(frame_of(wire.Bye(retry_after_ms=700))).startswith(b"retry: 700\n")
    assert server_sent(frame_of(wire.SnapshotMessage(snapshot=Snapshot("e", 9)))).startswith(b"id: e:9\n")


def test_a_line_is_said_once_and_changes_are_said():
    lines = Lines()
    assert lines(event(final())) == b"00:00:00 Good morning.\n"
    assert lines(event(final(revision=2))) == b""
    assert lines(event(final(text="Hello.", revision=3))) == b"[00:00:00 corrected: Hello.]\n"
    assert lines(event(final(text="", revision=4, status=CueStatus.RETRACTED))) == b"[00:00:00 withdrawn: Hello.]\n"
    assert lines(event(final(text="", revision=5, status=CueStatus.RETRACTED))) == b""


def test_what_is_not_for_readers_of_text_is_no_line():
    lines = Lines("floor")
    live = wire.Live(shown=TrackUpdate("floor", partial()))
    for message in (
        wire.Ping(),
        live,
        wire.Status(captioners=(), policy=RecordPolicy.ON_RECORD),
        wire.Presence(viewers=1),
    ):
        assert lines(frame_of(message)) == b""
    assert lines(event(final(), track="fr")) == b""
    assert lines(frame_of(wire.Live(shown=TrackUpdate("floor", final())))) == b"00:00:00 Good morning.\n"


def test_what_happens_to_the_meeting_is_said():
    lines = Lines(numbered=True)
    policy = PolicyEvent(epoch="e", seq=7, change=PolicyChange(0, RecordPolicy.CHATHAM))
    assert lines(frame_of(wire.EventMessage(event=policy))) == b"7\t[Chatham House Rule: no names are kept.]\n"
    for end, said in ((1000, b""), (61_000, b"8\t[From 00:00:01 to 00:01:01 nothing was captioned.]\n")):
        gap = GapEvent(epoch="e", seq=8, start=1000, end=end, reason=GapReason.PAUSED)
        assert lines(frame_of(wire.EventMessage(event=gap))) == said


def test_a_snapshot_is_in_the_order_of_speech_and_says_that_it_begins_again():
    cues = tuple(TrackUpdate("floor", final(f"c{n}", f"S{n}.", start=1000 * n)) for n in (2, 1))
    text = Lines()(frame_of(wire.SnapshotMessage(snapshot=Snapshot("e", 9, cues=cues), gap=True))).decode()
    assert text.splitlines()[1:] == ["00:00:01 S1.", "00:00:02 S2."]
    assert "From the beginning" in text
