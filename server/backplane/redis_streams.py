"""Redis (or Valkey) as the backplane of several machines.

Events stand in one stream a meeting and log, under the id `<seq>-0`: the engine itself refuses what is older, and a
script refuses what would leave a gap. Each event is also told on a channel, which is what makes it quick; whoever
misses it there, as while the connection was lost, reads it from the stream. Frames that must not be kept pass on the
channel alone. One subscribing connection a meeting and process, never one a reader.
"""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncGenerator, Callable
from typing import Any

import msgspec
import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as LostConnection
from redis.exceptions import RedisError

from captioner.captions.event import Event
from server.backplane.base import BackplaneDown, Behind, Listing, Shown

_PREFIX = "captions:"
_DIRECTORY = f"{_PREFIX}meetings"
_GONE = f"{_PREFIX}gone"
_UP = f"{_PREFIX}signals"
_MARK = f"{_PREFIX}mark"
_ANSWER_S = 5.0  # without a time-out, a lost connection would be a silent one for hours
_LOOK_S = 2.0  # between two looks into the stream, for what the channel lost
_PAUSE_S = 0.25  # before the first new attempt to reach Redis; doubles up to _LONGEST_S
_LONGEST_S = 5.0
_KEEP_S = 7 * 24 * 3600  # streams of meetings that nobody publishes any more; the log has them
_BATCH = 500  # events read at once

_PUBLISH = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local seq = 0
if #last > 0 then seq = tonumber(string.match(last[1][1], '^(%d+)')) end
local mine = tonumber(ARGV[1])
if mine <= seq then return 0 end
if mine ~= seq + 1 then return -1 - seq end
redis.call('XADD', KEYS[1], ARGV[1] .. '-0', 'e', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', KEYS[2], 'E' .. ARGV[2])
return 1
"""

_UNLIST = """
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
"""

_event: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_listing = msgspec.json.Decoder(Listing)


def _stream(meeting: str, epoch: str) -> str:
    return f"{_PREFIX}{{{meeting}}}:{epoch}"  # the braces keep a meeting's keys on one node of a cluster


def _channel(meeting: str) -> str:
    return f"{_PREFIX}{{{meeting}}}:now"


class RedisBackplane:
    """See Backplane. `url` as redis://host:6379/0; it may hold a password and is never logged."""

    def __init__(self, url: str) -> None:
        """Prepare; connections are made when they are needed."""
        # redis-py's types promise either a value or an awaitable of each answer: Any says what is meant.
        self._redis: Any = redis.Redis.from_url(
            url,
            socket_timeout=_ANSWER_S,
            socket_connect_timeout=_ANSWER_S,
            health_check_interval=10,
            retry=Retry(ExponentialBackoff(cap=1, base=0.05), 3),  # what is asked twice is done once: see _PUBLISH
            retry_on_error=[LostConnection],
        )
        self._publish = self._redis.register_script(_PUBLISH)
        self._unlist = self._redis.register_script(_UNLIST)

    async def list(self, listing: Listing) -> None:
        """See Backplane."""
        value = msgspec.json.encode(listing)
        await self._ask(lambda: self._redis.hset(_DIRECTORY, listing.meeting.id, value))
        await self._ask(lambda: self._redis.srem(_GONE, listing.meeting.id))

    async def find(self, meeting: str) -> Listing | None:
        """See Backplane."""
        found = await self._ask(lambda: self._redis.hget(_DIRECTORY, meeting))
        return None if found is None else _listing.decode(found)

    async def meetings(self) -> tuple[Listing, ...]:
        """See Backplane."""
        found = await self._ask(lambda: self._redis.hvals(_DIRECTORY))
        return tuple(_listing.decode(each) for each in found)

    async def unlist(self, listing: Listing) -> None:
        """See Backplane."""
        arguments: list[str | bytes] = [listing.meeting.id, msgspec.json.encode(listing)]
        await self._ask(lambda: self._unlist(keys=[_DIRECTORY], args=arguments))

    async def last(self, meeting: str, epoch: str) -> int:
        """See Backplane."""
        rows = await self._ask(lambda: self._redis.xrevrange(_stream(meeting, epoch), count=1))
        return _seq(rows[0][0]) if rows else 0

    async def mark(self) -> str:
        """See Backplane. A Redis that was emptied lacks the key; one that was started again has another run."""
        about = await self._ask(lambda: self._redis.info("server"))
        await self._ask(lambda: self._redis.set(_MARK, secrets.token_hex(8), nx=True))
        return f"{about['run_id']} {await self._ask(lambda: self._redis.get(_MARK))}"

    async def publish(self, meeting: str, event: Event) -> bool:
        """See Backplane."""
        keys = [_stream(meeting, event.epoch), _channel(meeting)]
        arguments: list[int | bytes] = [event.seq, msgspec.json.encode(event), _KEEP_S]
        answer = int(await self._ask(lambda: self._publish(keys=keys, args=arguments)))
        if answer < 0:
            raise Behind(-1 - answer)
        return answer == 1

    async def show(self, meeting: str, frame: bytes) -> None:
        """See Backplane."""
        await self._ask(lambda: self._redis.publish(_channel(meeting), b"S" + frame))

    async def subscribe(self, meeting: str, epoch: str, after: int) -> AsyncGenerator[Event | Shown, None]:
        """See Backplane."""
        seq, failures = after, 0
        while True:
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(_channel(meeting))  # first, so that nothing falls between
                    look = True
                    while True:
                        if look:
                            async for event in self._stored(meeting, epoch, seq):
                                seq = event.seq
                                yield event
                        failures = 0
                        message = await channel.get_message(ignore_subscribe_messages=True, timeout=_LOOK_S)
                        data = message["data"] if message else b""
                        look = not data
                        if data[:1] == b"S":
                            yield Shown(data[1:])
                        elif data[:1] == b"E":
                            event = _event.decode(data[1:])
                            if event.epoch == epoch and event.seq == seq + 1:
                                seq = event.seq
                                yield event
                            else:
                                look = event.epoch == epoch and event.seq > seq
            await asyncio.sleep(random.uniform(0.5, 1) * min(_LONGEST_S, _PAUSE_S * 2**failures))  # noqa: S311
            failures = min(failures + 1, 10)

    async def drop(self, meeting: str) -> None:
        """See Backplane."""
        await self._ask(lambda: self._redis.sadd(_GONE, meeting))
        listing = await self.find(meeting)
        if listing is not None:
            await self._ask(lambda: self._redis.delete(_stream(meeting, listing.epoch)))
        await self._ask(lambda: self._redis.hdel(_DIRECTORY, meeting))

    async def gone(self) -> frozenset[str]:
        """See Backplane."""
        return frozenset(each.decode() for each in await self._ask(lambda: self._redis.smembers(_GONE)))

    async def signal(self, meeting: str, frame: bytes) -> None:
        """See Backplane."""
        await self._ask(lambda: self._redis.publish(_UP, meeting.encode() + b"\n" + frame))

    async def signals(self) -> AsyncGenerator[tuple[str, bytes], None]:
        """See Backplane."""
        while True:
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(_UP)
                    while True:
                        message = await channel.get_message(ignore_subscribe_messages=True, timeout=_LOOK_S)
                        if message:
                            meeting, _, frame = message["data"].partition(b"\n")
                            yield meeting.decode(), frame
            await asyncio.sleep(_PAUSE_S)

    async def close(self) -> None:
        """See Backplane."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()

    async def _stored(self, meeting: str, epoch: str, after: int) -> AsyncGenerator[Event, None]:
        """Yield what the stream has after `after`, as far as it is without a gap."""
        while True:
            rows = await self._redis.xrange(_stream(meeting, epoch), min=f"({after}-0", count=_BATCH)
            for _, fields in rows:
                event = _event.decode(fields[b"e"])
                if event.seq != after + 1:
                    return  # a stream that is being filled again
                after = event.seq
                yield event
            if len(rows) < _BATCH:
                return

    async def _ask(self, question: Callable[[], Any]) -> Any:
        try:
            return await question()
        except (RedisError, OSError, TimeoutError) as error:
            raise BackplaneDown(type(error).__name__) from error  # its text may hold the address


def _seq(identity: bytes) -> int:
    return int(identity.split(b"-", 1)[0])
