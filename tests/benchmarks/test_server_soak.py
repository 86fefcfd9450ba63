from benchmarks.heap import Heap
from benchmarks.server_soak import Sample, Soak, growth, report, soak


def sample(hours, memory, handed_out, sqlite, objects=100):
    return Sample(hours, Heap(memory, handed_out, sqlite, 7, objects), 0)


async def test_meetings_leave_nobody_and_no_room_behind(tmp_path):
    found = await soak(4, 1, tmp_path)
    assert [one.captions for one in found.samples] == [15, 30, 45, 60]
    assert found.readers == 4 * (15 + 2)
    objects = [one.heap.objects for one in found.samples]
    assert objects[3] - objects[2] < 1_000, "a meeting of 15 captions has left something behind"
    assert found.samples[3].hours == 0.07
    assert "# The server's memory over days of meetings" in report(found)


def test_growth_tells_the_pages_of_sqlite_from_what_the_program_keeps():
    found = growth([sample(0.5, 70.0, 1_000, 100), sample(1.0, 71.0, 1_600, 600), sample(1.5, 72.0, 2_200, 1_100)])
    assert (found.memory_kb, found.sqlite_kb, found.handed_out_kb, found.objects) == (2_048.0, 1_000.0, 200.0, 0.0)


def test_what_a_machine_cannot_tell_is_said_to_be_unknown():
    samples = tuple(sample(hours, 70.0, None, None) for hours in (1, 2, 3))
    found = growth(samples)
    assert (found.handed_out_kb, found.sqlite_kb) == (None, None)
    assert "| second half | 0.0 KiB | unknown | unknown | 0.0 | 0.0 |" in report(Soak(samples, found, found, 9, 1))


def test_a_long_table_is_thinned():
    samples = tuple(sample(hours, 70.0, 1.0, 1.0) for hours in range(1, 121))
    found = growth(samples)
    text = report(Soak(samples, found, found, 9, 1))
    assert text.count("| 70.0 |") < 30
    assert "| 120 | 70.0 |" in text
