"""Which caption each corrector edits, so that two do not meet at one unawares. In memory only; nobody is locked out."""

from typing import Generic, TypeVar

from captioner.captions import wire

M = TypeVar("M")  # whatever stands for a connection


class Desks(Generic[M]):
    """One meeting's correctors, known to each other by a number."""

    def __init__(self) -> None:
        """Start without any."""
        self._numbers: dict[M, int] = {}
        self._editing: dict[M, tuple[str, str]] = {}
        self._last = 0

    def edit(self, member: M, track: str, cue: str) -> wire.BeingEdited:
        """Take what somebody begins to edit, "" for nothing; return what the others are told."""
        if member not in self._numbers:
            self._last += 1
            self._numbers[member] = self._last
        if cue:
            self._editing[member] = (track, cue)
        else:
            self._editing.pop(member, None)
        return wire.BeingEdited(by=self._numbers[member], track=track, cue=cue)

    def leave(self, member: M) -> wire.BeingEdited | None:
        """Forget somebody; return what the others are told, if anything."""
        number = self._numbers.pop(member, None)
        held = self._editing.pop(member, None)
        return wire.BeingEdited(by=number, track=held[0]) if number is not None and held is not None else None

    @property
    def now(self) -> tuple[wire.BeingEdited, ...]:
        """What is being edited, for a newcomer."""
        return tuple(
            wire.BeingEdited(by=self._numbers[member], track=track, cue=cue)
            for member, (track, cue) in self._editing.items()
        )
