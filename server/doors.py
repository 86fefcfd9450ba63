"""The doors of all meetings: what a token, a passcode or a cookie gives. Knows no HTTP and no WebSocket."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from itsdangerous import BadSignature, URLSafeTimedSerializer

from server.archive.thread import LogThread
from server.backplane.base import Listing, Pass
from server.invitations import Claim, Invitation, Invitations, NotValid, digest
from server.invitations import load as load_invitations
from server.invitations import store as store_invitation
from server.passcodes import Guesses, Passcodes
from server.passcodes import load as load_passcodes
from server.passcodes import store as store_passcode
from server.roles import Grant
from server.tokens import same_token

PASS_HOURS = 24  # how long a browser need not ask again
WRONG_TOKEN = (
    "the token is missing or wrong: use the link that the host sent, or the host's token from the file host.token in "  # noqa: S105
    "the server's data folder"
)
WANTS_PASSCODE = "this meeting wants a passcode: ask the host for it, or use the link of an invitation"
WRONG_PASSCODE = "this is not the passcode of the meeting: try again, or ask the host"
TOO_MANY = "too many wrong passcodes were tried: wait ten minutes, or ask the host for an invitation"


async def _nobody(_: str) -> None:
    """Tell nobody."""


class Shut(Exception):
    """The door stays shut; the message says what to do. `limited` for too many guesses."""

    def __init__(self, message: str, *, limited: bool = False) -> None:
        """Keep the words, and whether it is for too many guesses."""
        super().__init__(message)
        self.limited = limited


class Doors:
    """Tokens and passcodes of one server, in memory and in the log's database."""

    def __init__(
        self, host_token: str, log: LogThread, wall_ms: Callable[[], int], steady: Callable[[], float]
    ) -> None:
        """Read what the log's database holds; blocks, before anything listens."""
        self._host_token, self._log, self._wall_ms, self._steady = host_token, log, wall_ms, steady
        self.invitations = Invitations(host_token, log.now(load_invitations))
        self.passcodes = Passcodes(log.now(load_passcodes))
        self._guesses = Guesses()
        self.changed: Callable[[str], Awaitable[None]] = _nobody  # told when another passcode or invitation holds
        self._elsewhere: dict[str, dict[str, Pass]] = {}  # at an edge: the origin's invitations by digest
        secret = hashlib.sha256(b"captioner.pass" + host_token.encode()).digest()
        self._passes = URLSafeTimedSerializer(secret, salt="captioner.pass.v1")

    def claim(self, token: str, meeting: str) -> Claim:
        """Return what a token gives in a meeting; NotValid with the remedy when nothing."""
        if same_token(self._host_token, token):
            return Claim(Grant.HOST)
        known = self._elsewhere.get(meeting, {}).get(digest(token))
        if known is not None and self._wall_ms() < known.expires:
            return Claim(Grant.VIEWER, known.id, known.expires)
        if "." not in token:  # not even the form of an invitation
            raise NotValid(WRONG_TOKEN)
        return self.invitations.check(token, meeting, self._wall_ms())

    def follow(self, listing: Listing) -> tuple[bool, set[str]]:
        """Edge: let the origin's passcode and invitations hold here, for reading alone.

        Return whether the passcode is another than before, and the invitations that hold no more.
        """
        meeting = listing.meeting.id
        changed = self.passcodes.hashed(meeting) != listing.passcode
        self.passcodes.set(meeting, listing.passcode)
        before = {each.id for each in self._elsewhere.pop(meeting, {}).values()}
        if listing.passes:
            self._elsewhere[meeting] = {each.digest: each for each in listing.passes}
        return changed, before - {each.id for each in listing.passes}

    def locked(self, meeting: str) -> bool:
        """Tell whether viewers need a passcode."""
        return self.passcodes.wanted(meeting)

    async def guess(self, meeting: str, passcode: str, address: str) -> None:
        """Return when the passcode is right; Shut when it is wrong or too many were."""
        if not self.locked(meeting):
            return
        if not self._guesses.allowed(address, meeting, self._steady()):
            raise Shut(TOO_MANY, limited=True)
        if not passcode:
            raise Shut(WANTS_PASSCODE)
        if self.passcodes.remembered(meeting, passcode):
            return
        self._guesses.wrong(
            address, meeting, self._steady()
        )  # counted before the slow check: none can be tried beside it
        if not await asyncio.to_thread(self.passcodes.verify, meeting, passcode):
            raise Shut(WRONG_PASSCODE)
        self._guesses.right(address, meeting)

    def issue_pass(self, meeting: str) -> str:
        """Return what a browser may keep in a cookie instead of the passcode."""
        return str(self._passes.dumps([meeting, self.passcodes.mark(meeting)]))

    def has_pass(self, meeting: str, cookie: str) -> bool:
        """Tell whether a cookie opens this meeting; a changed passcode voids it."""
        try:
            return bool(
                self._passes.loads(cookie, max_age=PASS_HOURS * 3600) == [meeting, self.passcodes.mark(meeting)]
            )
        except (BadSignature, UnicodeError, ValueError):
            return False

    async def invite(
        self, meeting: str, role: Grant, hours: float, label: str, *, in_room: bool = False
    ) -> tuple[Invitation, str]:
        """Make and keep an invitation; NotValid, StorageFull."""
        invitation, token = self.invitations.make(meeting, role, hours, self._wall_ms(), label, in_room=in_room)
        await self._log.write(lambda log: store_invitation(log, invitation))
        self.invitations.add(invitation)
        await self.changed(meeting)
        return invitation, token

    async def revoke(self, invitation: Invitation) -> None:
        """Let an invitation give nothing any more, also where the disk is full: then until the next start."""
        gone = invitation.withdrawn()
        self.invitations.add(gone)
        try:
            await self._log.write(lambda log: store_invitation(log, gone))
        finally:
            await self.changed(gone.meeting)

    async def set_passcode(self, meeting: str, passcode: str) -> None:
        """Want this passcode from viewers, none for ""; ValueError when it is too short."""
        hashed = await asyncio.to_thread(self.passcodes.hash, passcode) if passcode else ""
        await self._log.write(lambda log: store_passcode(log, meeting, hashed))
        self.passcodes.set(meeting, hashed)
        await self.changed(meeting)


def cookie_name(meeting: str) -> str:
    """Return the name of the cookie that a right passcode sets; a meeting's id is a valid part of it."""
    return f"pass-{meeting}"
