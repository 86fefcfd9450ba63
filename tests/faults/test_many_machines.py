"""An origin, four edges and a real Redis that is emptied and killed in mid-meeting."""

import shutil

import pytest

pytestmark = pytest.mark.slow


async def test_nothing_is_lost_doubled_or_reordered_on_any_edge():
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not here: apt install redis-server")
    from benchmarks.machines import measure

    found = await measure(4, 60, harm=True)
    assert (found.redis_killed, found.redis_emptied) == (1, 1)
    assert found.identical_logs == 4
    assert (found.lost, found.doubled, found.out_of_order) == (0, 0, 0)
