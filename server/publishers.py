"""All publishers of a meeting: one lease a track. Pure; times are seconds that never jump."""

from collections.abc import Iterator
from typing import Generic

from captioner.captions import wire
from captioner.captions.cue import Origin, Track
from server.lease import Holder, Lease, M, Taken


class Publishers(Generic[M]):
    """Who publishes which track."""

    def __init__(self, gone_s: float) -> None:
        """Take how long a person's lease holds after the person is gone."""
        self._gone_s = gone_s
        self._leases: dict[str, Lease[M]] = {}

    def __len__(self) -> int:
        """Count the publishers."""
        return sum(1 for _ in self.members)

    @property
    def members(self) -> Iterator[M]:
        """All publishers' connections."""
        return (holder.member for lease in list(self._leases.values()) for holder in lease.holders)

    @property
    def present(self) -> bool:
        """Tell whether any publisher is heard."""
        return any(not holder.silent for lease in self._leases.values() for holder in lease.holders)

    def last_heard(self, now: float) -> float:
        """Return when any publisher who is here was last heard; `now` without one."""
        return max((holder.heard for lease in self._leases.values() for holder in lease.holders), default=now)

    @property
    def machines(self) -> bool:
        """Tell whether any machine is heard."""
        return any(lease.machine is not None and not lease.machine.silent for lease in self._leases.values())

    @property
    def deaf(self) -> bool:
        """Tell whether there are publishers and none of them hears anything."""
        heard = [holder.health for lease in self._leases.values() for holder in lease.holders if not holder.silent]
        return bool(heard) and set(heard) == {wire.Health.AUDIO_LOST}

    def taken(self, track: Track, identity: str) -> bool:
        """Tell whether a publisher of this origin and identity would be refused."""
        lease = self._leases.get(track.id)
        if lease is None:
            return False
        known = lease.person if track.origin is Origin.HUMAN else lease.machine
        return known is not None and not (identity and known.identity == identity)

    def join(self, member: M, track: Track, identity: str, now: float) -> M | None:
        """Let a publisher on its track; return the connection that it replaces. Taken when refused."""
        lease = self._leases.setdefault(track.id, Lease(self._gone_s))
        replaced = lease.join(Holder(member, identity, track.origin, now))
        return None if replaced is None else replaced.member

    def find(self, member: M) -> tuple[str, Holder[M]] | None:
        """Return the member's track and place on it."""
        for track, lease in self._leases.items():
            holder = lease.of(member)
            if holder is not None:
                return track, holder
        return None

    def may_show(self, member: M, now: float) -> bool:
        """Tell whether what this publisher sends counts now."""
        found = self.find(member)
        return found is not None and self._leases[found[0]].may_show(found[1], now)

    def leave(self, member: M, now: float) -> str | None:
        """Forget a connection; return its track."""
        return next((track for track, lease in self._leases.items() if lease.leave(member, now)), None)

    def hand_back(self, member: M) -> str | None:
        """Give the member's track back to the machine; return it."""
        return next((track for track, lease in self._leases.items() if lease.hand_back(member)), None)

    def report(self, member: M, health: wire.Health, behind_ms: int) -> bool:
        """Take how a publisher says it is; tell whether that is new."""
        found = self.find(member)
        if found is None:
            return False
        holder = found[1]
        changed = (holder.health, holder.behind_ms) != (health, behind_ms)
        holder.health, holder.behind_ms = health, behind_ms
        return changed

    def heard(self, member: M, now: float) -> bool:
        """Take a sign of life; tell whether the publisher was taken for absent."""
        found = self.find(member)
        if found is None:
            return False
        holder = found[1]
        was_silent, holder.heard, holder.silent = holder.silent, now, False
        return was_silent

    def check(self, now: float, silent_s: float) -> None:
        """Take publishers for absent that were silent for too long."""
        for lease in self._leases.values():
            for holder in lease.holders:
                holder.silent = holder.silent or now - holder.heard > silent_s

    def health(self, track: Track, now: float) -> wire.TrackHealth:
        """Say how the captioner who has the track is, and who it is."""
        return self._leases.get(track.id, Lease(self._gone_s)).health(track, now)

    def clear(self) -> list[M]:
        """Forget all; return their connections."""
        members = list(self.members)
        self._leases.clear()
        return members


__all__ = ["Publishers", "Taken"]
