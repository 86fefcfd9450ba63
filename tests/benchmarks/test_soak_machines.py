import shutil

import pytest

from benchmarks.soak_machines import _CELLS, Machines, growth, run, section


def samples(count, **grows):
    return tuple({cell: 10.0 + grows.get(cell, 0.0) * number for cell in _CELLS} for number in range(count))


def test_growth_is_that_of_the_second_half():
    first, second = samples(10, edge_mb=5.0), samples(10, redis_kb=0.5)
    found = growth(first + second)
    assert (found["edge_mb"], found["redis_kb"], found["connections"]) == (0.0, 50.0, 0.0)


def test_the_report_says_what_grows_and_thins_a_long_table():
    seen = samples(300, origin_mb=0.01)
    text = section(Machines(5, 600, seen, growth(seen)))
    assert "origin's memory +1.00 MiB" in text
    assert "connections +0.00" in text
    assert "| 288 | 12.9 |" in text
    assert text.count("| 10.0 |") < 40
    assert "`python -m benchmarks.server_soak --machines --meetings 300 --minutes 5`" in text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here: apt install redis-server")
def test_meetings_with_an_edge_and_a_redis_leave_no_task_and_no_connection():
    found = run(3, 1)
    tasks = [(one["origin_tasks"], one["edge_tasks"], one["connections"]) for one in found.samples]
    assert len(set(tasks)) == 1
    assert [one["listed"] for one in found.samples] == [1, 2, 3]
