import asyncio

from server.laggards import Laggards


class Laggard:
    def __init__(self, times):
        self.left = times

    def flush(self):
        self.left -= 1
        return self.left > 0


async def test_each_is_looked_after_until_nothing_waits(monkeypatch):
    monkeypatch.setattr("server.laggards.EVERY_S", 0.001)
    laggards, slow, slower, gone = Laggards(), Laggard(2), Laggard(5), Laggard(10**9)
    for each in (slow, slower, gone):
        laggards.add(each)
    laggards.add(slow)
    assert len(laggards) == 3
    async with asyncio.timeout(30):
        while slower.left:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.001)
        laggards.forget(gone)
        while laggards._timer is not None:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.001)
    assert (slow.left, slower.left, len(laggards)) == (0, 0, 0)
