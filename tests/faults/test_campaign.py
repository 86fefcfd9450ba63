"""A short fault campaign; the long one is `python -m benchmarks.faults`."""

import logging

import pytest

pytestmark = pytest.mark.slow


async def test_no_schedule_of_faults_loses_doubles_or_reorders_anything(caplog):
    from benchmarks.faults import campaign

    caplog.set_level(logging.CRITICAL)
    found = await campaign(10_000, 60)
    assert found.meetings == 60
    assert set(found.faults) == {
        "disk full",
        "kill server",
        "reset publisher",
        "reset readers",
        "stall publisher",
        "stall readers",
    }
    assert found.reconnects > 60
    assert not found.violations
