"""Ending tasks for sure."""

import asyncio
from typing import Any

_AGAIN_S = 0.2


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel the tasks and wait until they have ended.

    Cancelling once is not enough where a library takes a cancellation for its own time-out and goes on: redis-py's
    reading with a time-out does, when both come together.
    """
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=_AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
