"""A short campaign with processes; the long one is `python -m benchmarks.faults_machines`."""

import asyncio
import logging
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here (apt: redis-server)")
def test_killed_and_stopped_processes_lose_double_and_reorder_nothing(caplog):
    from benchmarks.faults_machines import campaign

    caplog.set_level(logging.CRITICAL)
    with ThreadPoolExecutor(1) as apart:  # a browser test of the same run may have left its loop running in this thread
        found = apart.submit(lambda: asyncio.run(campaign(5_000, 8))).result()
    assert found.meetings == 8
    assert sum(found.faults.values()) >= 16
    assert found.violations == {}
