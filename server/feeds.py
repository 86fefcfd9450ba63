"""All feeds of a server: finds or opens the one that a post is for, types into it, and ends what is idle."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator

from aiohttp import web

from captioner.captions import wire
from captioner.captions.cue import CueUpdate, MeetingState
from server.hub import Hub
from server.ingest import IDLE_S, Feed, human_track
from server.invitations import Claim
from server.typed import TypedText
from server.web import HUB

_TICK_S = 0.5


class NotStarted(Exception):
    """The meeting does not run, or its track is another person's; the message says which."""


class Feeds:
    """The feeds, by meeting and track."""

    def __init__(self, hub: Hub) -> None:
        """Take the meetings."""
        self._hub = hub
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._lock = asyncio.Lock()  # two first posts at once open one feed

    def last(self, meeting: str, track: str) -> int:
        """Return the last number that was taken; 0 before the first."""
        feed = self._feeds.get((meeting, track))
        return feed.sequence.last if feed is not None else 0

    async def take(self, meeting: str, track: str, language: str, claim: Claim, seq: int | None, text: str) -> bool:
        """Type a post's text; False when it was known already. NotStarted; StorageError when nothing can be opened."""
        now = self._hub.clock.steady()
        feed = await self._feed(meeting, track, language, claim)
        if not feed.sequence.take(seq, now):
            return False
        room = self._hub.room_of(feed)
        at = 0 if room is None else room.now(now)
        await self._show(feed, feed.typed.take(text, at))
        return True

    async def tick(self) -> None:
        """Finish sentences after a pause, try again what was not stored, and let idle tracks go."""
        now = self._hub.clock.steady()
        for key, feed in list(self._feeds.items()):
            room = self._hub.room_of(feed)
            if feed.closed or feed.refusal is not None or room is None:
                self._drop(key, feed)
                continue
            room.heard(feed, now)
            idle = now - feed.sequence.heard > IDLE_S
            at = room.now(now)
            await self._show(feed, feed.typed.close(at) if idle else feed.typed.tick(at))
            for update in feed.unstored(now):
                await room.update(feed, update, now)
            if idle:
                room.hand_back(feed, now)
                self._drop(key, feed)

    async def _show(self, feed: Feed, updates: list[CueUpdate]) -> None:
        room, now = self._hub.room_of(feed), self._hub.clock.steady()
        for update in feed.keep(updates):
            if room is not None:
                await room.update(feed, update, now)

    async def _feed(self, meeting: str, track: str, language: str, claim: Claim) -> Feed:
        async with self._lock:
            known = self._feeds.get((meeting, track))
            if known is not None and not known.closed and known.refusal is None and self._runs(meeting):
                return known
            if known is not None:
                self._drop((meeting, track), known)
            return await self._open(meeting, track, language, claim)

    async def _open(self, meeting: str, track: str, language: str, claim: Claim) -> Feed:
        hub = self._hub
        if hub.setups.find(meeting) is None and not await self._live(meeting):
            msg = "the meeting has not started: its host or its captioner opens it"
            raise NotStarted(msg)
        feed = Feed(human_track(track, language), TypedText(language, f"h-{secrets.token_hex(4)}"))
        hub.enter(feed)
        hello = wire.Hello(role=wire.Role.PUBLISHER, meeting=meeting, publisher=secrets.token_hex(8), track=feed.track)
        if await hub.join(feed, hello) is None:
            hub.leave(feed)
            msg = "another person captions this track: ask them to hand back, or write to another track"
            raise NotStarted(msg)
        hub.claimed(feed, claim)
        self._feeds[meeting, track] = feed
        return feed

    async def _live(self, meeting: str) -> bool:
        kept = await self._hub.find(meeting)
        return kept is not None and kept.state is MeetingState.LIVE

    def _runs(self, meeting: str) -> bool:
        room = self._hub.room(meeting)
        return room is not None and room.transcript.state is MeetingState.LIVE

    def _drop(self, key: tuple[str, str], feed: Feed) -> None:
        self._hub.leave(feed)
        self._feeds.pop(key, None)


FEEDS = web.AppKey("feeds", Feeds)


async def life(app: web.Application) -> AsyncIterator[None]:
    """Let the feeds' clock run with the application."""
    feeds, hub = app[FEEDS], app[HUB]

    async def ticking() -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            try:
                await feeds.tick()
            except Exception:  # a task's top: the next tick may do better
                hub.logger.exception("feeds failed")

    task = asyncio.create_task(ticking())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
