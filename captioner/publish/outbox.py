"""What the server has not acknowledged yet. Pure."""

from captioner.captions.cue import CueStatus, CueUpdate

MAX_FINALS = 20_000  # a day of sentences while the server is away; about 60 MB


class OutboxFull(Exception):
    """The server has been away for longer than the outbox can bridge."""


class Outbox:
    """Finals stay until acknowledged, in order; of partials only the latest."""

    def __init__(self) -> None:
        """Start empty."""
        self._finals: dict[tuple[str, int], CueUpdate] = {}
        self._sent: set[tuple[str, int]] = set()
        self._partial: CueUpdate | None = None

    def push(self, update: CueUpdate) -> None:
        """Take an update; OutboxFull when there is no room for another final."""
        if update.status is CueStatus.PARTIAL:
            self._partial = update
            return
        if len(self._finals) >= MAX_FINALS:
            msg = f"{MAX_FINALS} captions wait for the server"
            raise OutboxFull(msg)
        self._finals[update.cue.id, update.revision] = update
        if self._partial is not None and self._partial.cue.id == update.cue.id:
            self._partial = None

    def take(self) -> list[CueUpdate]:
        """Return what to send now: finals not sent on this connection, then the latest partial."""
        updates = [u for key, u in self._finals.items() if key not in self._sent]
        self._sent.update((u.cue.id, u.revision) for u in updates)
        if self._partial is not None:
            updates.append(self._partial)
            self._partial = None
        return updates

    def acknowledge(self, cue: str, revision: int) -> None:
        """The server has it on disk."""
        self._finals.pop((cue, revision), None)
        self._sent.discard((cue, revision))

    def refused(self, cue: str, revision: int) -> None:
        """The server could not store it: send it again later."""
        self._sent.discard((cue, revision))

    def reconnected(self) -> None:
        """A new connection: everything unacknowledged goes again."""
        self._sent.clear()

    @property
    def finals(self) -> tuple[CueUpdate, ...]:
        """What is not acknowledged, in order."""
        return tuple(self._finals.values())

    @property
    def waiting(self) -> int:
        """Finals without acknowledgement."""
        return len(self._finals)
