import asyncio
import contextlib

from server.tasks import end


async def test_a_task_that_swallows_one_cancellation_ends_all_the_same():
    swallowed = []

    async def stubborn():
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(1)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end(task)
    assert task.cancelled()
    assert swallowed


async def test_a_task_that_failed_does_not_fail_the_end():
    async def fails():
        raise ValueError

    task = asyncio.create_task(fails())
    with contextlib.suppress(ValueError):
        await task
    await end(task)
