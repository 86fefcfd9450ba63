"""Who captions a track now: a machine, or a person who took it over. Pure; times are seconds that never jump.

One machine and one person may be on a track. While the person has it, what the machine sends is acknowledged and
dropped; it needs to know nothing. The person has it until it is handed back, or the person is gone for `GONE_S`.
A publisher that comes again under its own identity replaces its dead connection; any other of its kind is refused.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from captioner.captions import wire
from captioner.captions.cue import Origin, Track

OWED_S = 10.0  # a publisher sends what was refused again every few seconds

M = TypeVar("M")  # whatever stands for a connection


@dataclass(slots=True, eq=False)
class Holder(Generic[M]):
    """A publisher of a track."""

    member: M
    identity: str
    origin: Origin
    heard: float
    health: wire.Health = wire.Health.LIVE
    behind_ms: int = 0
    silent: bool = False
    owed: "OrderedDict[tuple[str, int], None]" = field(default_factory=OrderedDict)
    """Cues and revisions that were refused for want of room, in order: what was said after them waits for them."""
    owed_until: float = 0.0

    def waits(self, cue: str, revision: int, now: float) -> bool:
        """Tell whether this final must wait for one that was refused before; not for ever, were that one given up."""
        if self.owed and now >= self.owed_until:
            self.owed.clear()
        if not self.owed or next(iter(self.owed)) == (cue, revision):
            return False
        self.owed[cue, revision] = None
        return True

    def settled(self, cue: str, revision: int, now: float, *, kept: bool) -> None:
        """Take what became of a final that did not wait."""
        if kept:
            self.owed.pop((cue, revision), None)
        else:
            self.owed[cue, revision] = None
        self.owed_until = now + OWED_S


@dataclass(slots=True)
class Lease(Generic[M]):
    """One track's publishers."""

    gone_s: float
    machine: Holder[M] | None = None
    person: Holder[M] | None = None
    _reserved_from: float | None = field(default=None)  # since when the person is gone

    def join(self, new: Holder[M]) -> Holder[M] | None:
        """Let a publisher on the track; return the dead connection of its own that it replaces. Taken when refused."""
        known = self.person if new.origin is Origin.HUMAN else self.machine
        if known is not None and not (new.identity and known.identity == new.identity):
            raise Taken
        if new.origin is Origin.HUMAN:
            self.person, self._reserved_from = new, None
        else:
            self.machine = new
        return known

    def leave(self, member: M, now: float) -> bool:
        """Forget a connection; False when it was not here. A person's lease is kept for them a while."""
        if self.machine is not None and self.machine.member is member:
            self.machine = None
            return True
        if self.person is not None and self.person.member is member:
            self.person, self._reserved_from = None, now
            return True
        return False

    def hand_back(self, member: M) -> bool:
        """Give the track back to the machine; False when this is not the person who has it."""
        if self.person is None or self.person.member is not member:
            return False
        self.person, self._reserved_from = None, None
        return True

    def of(self, member: M) -> Holder[M] | None:
        """Return the member's place on this track."""
        return next((holder for holder in self.holders if holder.member is member), None)

    def may_show(self, holder: Holder[M], now: float) -> bool:
        """Tell whether what this publisher sends counts now."""
        return holder.origin is Origin.HUMAN or not self.held_by_person(now)

    def held_by_person(self, now: float) -> bool:
        """Tell whether a person has the track."""
        since = self._reserved_from if self.person is None else self.person.heard
        return since is not None and now - since < self.gone_s

    def origin(self, track: Track, now: float) -> Origin:
        """Say who makes the captions now."""
        if self.held_by_person(now):
            return Origin.HUMAN
        if self.machine is not None:
            return Origin.AUTOMATIC
        return Origin.HUMAN if self.person is not None else track.origin

    def health(self, track: Track, now: float) -> wire.TrackHealth:
        """Say how the captioner who has the track is."""
        origin = self.origin(track, now)
        holder = self.person if origin is Origin.HUMAN else self.machine
        if holder is None or holder.silent:
            return wire.TrackHealth(track.id, wire.Health.ABSENT, origin=origin)
        return wire.TrackHealth(track.id, holder.health, holder.behind_ms, origin)

    @property
    def holders(self) -> tuple[Holder[M], ...]:
        """All publishers on the track."""
        return tuple(holder for holder in (self.machine, self.person) if holder is not None)


class Taken(Exception):
    """Another publisher of the same kind has the track."""
