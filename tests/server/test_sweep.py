import asyncio
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from server import sweep as module
from server.outbox import Frame
from server.sweep import SLICE, Sweep


class Reader:
    def __init__(self):
        self.got = []

    def send(self, frame):
        self.got.append(frame)


def final(number, cue="c0"):
    return Frame(b"%d" % number, covers=("partial", "floor", cue))


def partial(number, cue="c0"):
    return Frame(b"p%d" % number, key=("partial", "floor", cue))


async def quiet(sweep):
    async with asyncio.timeout(30):
        while sweep._task is not None or sweep._held:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.001)


async def test_few_get_it_at_once():
    sweep, reader = Sweep(), Reader()
    sweep.add(reader)
    sweep.send(final(1))
    assert reader.got == [final(1)]
    assert sweep.remove(reader)
    assert not sweep.remove(reader)
    sweep.send(final(2))
    assert len(reader.got) == 1


async def test_many_get_it_in_slices_with_the_loop_free_between():
    sweep, readers = Sweep(), [Reader() for _ in range(SLICE * 3)]
    for reader in readers:
        sweep.add(reader)
    sweep.send(final(1))
    assert not readers[0].got
    await asyncio.sleep(0)
    late = Reader()
    sweep.add(late)
    sweep.send(final(2))
    gone = readers[-1]
    sweep.remove(gone)
    await quiet(sweep)
    assert all(reader.got == [final(1), final(2)] for reader in readers[:-1])
    assert late.got == [final(2)]  # what was sent before it came, its replay holds
    assert gone.got == []


async def test_partials_are_paced_and_the_newest_comes_last():
    with patch.object(module, "PARTIAL_S", 0.05):
        sweep, reader = Sweep(), Reader()
        sweep.add(reader)
        for number in range(10):
            sweep.send(partial(number))
        assert [frame.data for frame in reader.got] == [b"p0"]
        await quiet(sweep)
        assert [frame.data for frame in reader.got] == [b"p0", b"p9"]


async def test_a_final_takes_its_waiting_partial_away_and_never_waits_itself():
    with patch.object(module, "PARTIAL_S", 0.05):
        sweep, reader = Sweep(), Reader()
        sweep.add(reader)
        for each in (partial(0), partial(1), final(2)):
            sweep.send(each)
        assert [frame.data for frame in reader.got] == [b"p0", b"2"]
        sweep.send(partial(3, "c1"))
        sweep.drop_partials()
        await quiet(sweep)
        assert [frame.data for frame in reader.got] == [b"p0", b"2"]


moves = st.lists(
    st.one_of(
        st.tuples(st.just("final"), st.integers(0, 2)),
        st.tuples(st.just("partial"), st.integers(0, 2)),
        st.tuples(st.sampled_from(["join", "leave", "yield"]), st.integers(0, 6)),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(moves)
def test_for_any_schedule_a_reader_gets_every_final_sent_while_it_is_there_in_order(schedule):
    async def run():
        sweep, readers, due = Sweep(), [Reader() for _ in range(7)], {}
        for number, (move, value) in enumerate(schedule):
            if move == "final":
                made = final(number, f"c{value}")
                sweep.send(made)
                for reader in sweep:
                    due[reader].append(made)
            elif move == "partial":
                sweep.send(partial(number, f"c{value}"))
            elif move == "join" and readers[value] not in sweep:
                sweep.add(readers[value])
                due[readers[value]] = []
                readers[value].got.clear()
            elif move == "leave" and sweep.remove(readers[value]):
                del due[readers[value]]
            else:
                await asyncio.sleep(0)
        await quiet(sweep)
        for reader, expected in due.items():
            assert [frame for frame in reader.got if not frame.key] == expected
            for index, frame in enumerate(reader.got):  # no partial of a cue comes after its last final
                later = [each.data for each in reader.got[index:] if each.covers == frame.key and frame.key]
                made = [int(each) for each in later]
                assert not made or max(made) > int(frame.data[1:])

    with patch.object(module, "SLICE", 2), patch.object(module, "PARTIAL_S", 0.001):
        asyncio.run(run())
