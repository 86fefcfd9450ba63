from captioner.captions import wire
from server.app import LOG
from server.signals import KEEP, MAX_SIGNAL_TEXT, Signals

SLOW = wire.Signal(signal=wire.SignalKind.SLOW_DOWN)


def take(signals, reader, now, signal=SLOW, *, named=True):
    return signals.take(reader, signal, now, round(now * 1000), named=named)


def test_equal_signals_close_together_are_one():
    signals = Signals()
    first, second, late = take(signals, "a", 0), take(signals, "b", 9.9), take(signals, "c", 10)
    assert (first.id, first.count, first.at_ms) == (1, 1, 0)
    assert (second.id, second.count, second.at_ms) == (1, 2, 0)
    assert (late.id, late.count) == (2, 1)
    assert [each.count for each in signals.recent] == [2, 1]


def test_other_signals_and_questions_are_apart():
    signals = Signals()
    ask = [wire.Signal(signal=wire.SignalKind.QUESTION, text=text) for text in ("Why?", "How?")]
    assert [take(signals, n, 0, s).id for n, s in enumerate([SLOW, *ask, ask[0]])] == [1, 2, 3, 2]


def test_a_reader_who_drums_is_heard_once_a_second():
    signals = Signals()
    assert [take(signals, "a", t / 4) is not None for t in range(8)] == [True, False, False, False] * 2
    signals.forget("a")
    assert take(signals, "a", 1.8) is not None


def test_what_is_written_is_clean_and_short_and_names_stay_out_where_they_must():
    signals = Signals()
    signal = wire.Signal(signal=wire.SignalKind.QUESTION, text="a\u202eb\n" + "x" * 900, name="A\x1bda")
    got = take(signals, "a", 0, signal)
    assert got.text.startswith("ab xx")
    assert len(got.text) == MAX_SIGNAL_TEXT
    assert got.name == "Ada"
    assert take(signals, "b", 20, signal, named=False).name == ""
    assert [each.name for each in signals.recent] == ["Ada", ""]
    signals.without_names()
    assert [each.name for each in signals.recent] == ["", ""]


def test_several_who_say_the_same_have_no_single_name():
    signals = Signals()
    take(signals, "a", 0, wire.Signal(signal=wire.SignalKind.WHO, name="Ada"))
    assert take(signals, "b", 1, wire.Signal(signal=wire.SignalKind.WHO, name="Bob")).name == ""


def test_only_the_newest_are_kept():
    signals = Signals()
    for number in range(KEEP + 5):
        take(signals, number, number * 20)
    assert len(signals.recent) == KEEP
    assert signals.recent[-1].id == KEEP + 5


def test_what_one_host_did_all_know_and_an_answered_signal_that_comes_again_is_new():
    signals = Signals()
    take(signals, "a", 0)
    seen, answered = wire.SignalState.SEEN, wire.SignalState.ANSWERED
    assert signals.mark(1, seen).state is seen
    assert signals.mark(1, seen) is None  # two hosts at once: told once
    assert take(signals, "b", 2).state is seen  # more of the same
    assert signals.mark(1, answered).count == 2
    assert [each.state for each in signals.recent] == [answered]  # for a host who comes later
    assert take(signals, "c", 4).state is wire.SignalState.NEW
    assert signals.mark(7, seen) is None


async def as_role(world, role):
    peer = await world.connect()
    await peer.send(wire.Hello(role=role, meeting="m1", token=world.token))
    await peer.get(wire.Presence)
    return peer


async def test_what_a_host_did_about_a_signal_is_shared(world):
    await world.joined()
    viewer = await world.viewer()
    await viewer.get(wire.Status)
    host, second, desk = [await as_role(world, role) for role in (wire.Role.HOST, wire.Role.HOST, wire.Role.CORRECTOR)]
    await viewer.send(wire.Signal(signal=wire.SignalKind.WHO))
    number = (await host.get(wire.Signalled)).id
    await viewer.send(wire.Mark(id=number, state=wire.SignalState.ANSWERED))  # not a reader's to say
    assert (await viewer.get(wire.Error)).code is wire.ErrorCode.UNAUTHORISED
    await host.send(wire.Mark(id=number, state=wire.SignalState.SEEN))
    for peer in (second, desk):
        assert (await peer.get(wire.Signalled, state=wire.SignalState.SEEN)).id == number
    await second.send(wire.Mark(id=number, state=wire.SignalState.ANSWERED))
    await host.get(wire.Signalled, state=wire.SignalState.ANSWERED)
    late = await as_role(world, wire.Role.HOST)
    assert [each.state for each in late.seen if isinstance(each, wire.Signalled)] == [wire.SignalState.ANSWERED]
    assert "answered" not in str(await world.client.app[LOG].read("m1"))
