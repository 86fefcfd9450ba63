"""Invitations: signed tokens that give one role in one meeting for some hours, and can be revoked.

A token is never kept and never logged; the table `invitation` holds what it gives. A token counts only while its row
is there and not revoked, so that a forged, foreign or forgotten one gives nothing.
"""

import hashlib
import hmac
import secrets

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from captioner.captions.cue import MAX_NAME, check_identifier, clean_text
from captioner.captions.errors import InvalidCue
from server.archive.log import EventLog
from server.backplane.base import Pass
from server.roles import Grant

MAX_HOURS = 24 * 366  # an invitation that is good for longer is better made anew
_SALT = "captioner.invitation.v1"
_TOKEN_MAX = 1_000  # characters; ours have about 200

INVITABLE = (Grant.VIEWER, Grant.CORRECTOR, Grant.CAPTIONER, Grant.ARCHIVIST, Grant.HOST)


class Invitation(msgspec.Struct, frozen=True):
    """What an invitation gives. Times are Unix time in ms."""

    id: str
    meeting: str
    role: Grant
    created: int
    expires: int
    label: str = ""  # for whom, in the host's words
    revoked: bool = False
    in_room: bool = False  # for somebody who sits in the room: under the Chatham House Rule, sees who speaks

    def withdrawn(self) -> "Invitation":
        """Return it revoked."""
        return msgspec.structs.replace(self, revoked=True)


class Claim(msgspec.Struct, frozen=True):
    """What a token has shown: a role, and for an invitation its id and its end."""

    grant: Grant
    invitation: str = ""
    expires: int | None = None  # Unix time in ms
    in_room: bool = False


class NotValid(Exception):
    """A token that gives nothing here; the message says why and what to do."""


class _Claims(msgspec.Struct, frozen=True):
    i: str
    m: str
    r: Grant
    e: int
    k: str


class Invitations:
    """All invitations of one server, in memory."""

    def __init__(self, secret: str, known: list[Invitation]) -> None:
        """Derive the signing key from the host's secret: a new host token voids all invitations."""
        key = hmac.new(secret.encode(), _SALT.encode(), hashlib.sha256).digest()
        self._key_id = hashlib.sha256(b"id" + key).hexdigest()[:8]
        self._serializer = URLSafeSerializer(key, salt=_SALT, signer_kwargs={"digest_method": hashlib.sha256})
        self._known = {invitation.id: invitation for invitation in known}

    def make(
        self, meeting: str, role: Grant, hours: float, now: int, label: str = "", *, in_room: bool = False
    ) -> tuple[Invitation, str]:
        """Return a new invitation and its token; NotValid with the remedy. It counts once it was added."""
        try:
            check_identifier(meeting, "meeting id")
        except InvalidCue as error:
            raise NotValid(str(error)) from error
        if role not in INVITABLE:
            msg = f"nobody can be invited as {role}: choose {', '.join(INVITABLE)}"
            raise NotValid(msg)
        if not 0 < hours <= MAX_HOURS:
            msg = f"an invitation holds for more than 0 and at most {MAX_HOURS} hours"
            raise NotValid(msg)
        expires = now + round(hours * 3_600_000)
        made = Invitation(
            secrets.token_hex(8), meeting, role, now, expires, clean_text(label)[:MAX_NAME], in_room=in_room
        )
        return made, self.token(made)

    def token(self, invitation: Invitation) -> str:
        """Return the token of an invitation."""
        claims = _Claims(invitation.id, invitation.meeting, invitation.role, invitation.expires, self._key_id)
        return str(self._serializer.dumps(msgspec.to_builtins(claims)))

    def add(self, invitation: Invitation) -> None:
        """Let an invitation count, or replace what was known of it."""
        self._known[invitation.id] = invitation

    def of(self, meeting: str) -> list[Invitation]:
        """Return a meeting's invitations, the newest first."""
        mine = (each for each in self._known.values() if each.meeting == meeting)
        return sorted(mine, key=lambda each: each.created, reverse=True)

    def passes(self, meeting: str, now: int) -> tuple[Pass, ...]:
        """Return the invitations of a meeting that hold, by id, for edges, which cannot check a signature."""
        holding = (each for each in self.of(meeting) if not each.revoked and now < each.expires)
        made = (Pass(each.id, digest(self.token(each)), each.expires) for each in holding)
        return tuple(sorted(made, key=lambda each: each.id))

    def check(self, token: str, meeting: str, now: int) -> Claim:
        """Return what a token gives in this meeting; NotValid when nothing."""
        try:
            claims = msgspec.convert(self._serializer.loads(token[:_TOKEN_MAX]), _Claims)
        except (BadSignature, msgspec.ValidationError, UnicodeError, ValueError):
            msg = "this invitation is not one of this server, or was made with an older key: ask the host for a new one"
            raise NotValid(msg) from None
        known = self._known.get(claims.i)
        if claims.m != meeting:
            msg = "this invitation is for another meeting: use the link that the host sent for this one"
            raise NotValid(msg)
        if known is None or known.revoked or claims.k != self._key_id:
            msg = "this invitation was revoked: ask the host for a new one"
            raise NotValid(msg)
        if now >= claims.e:
            msg = "this invitation has expired: ask the host for a new one"
            raise NotValid(msg)
        return Claim(claims.r, claims.i, claims.e, known.in_room)


def digest(token: str) -> str:
    """Return what a token is recognised by where it cannot be checked."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def load(log: EventLog) -> list[Invitation]:
    """Read the table."""
    rows = log.rows("SELECT id, meeting, role, created, expires, label, revoked, in_room FROM invitation")
    return [Invitation(r[0], r[1], Grant(r[2]), r[3], r[4], r[5], bool(r[6]), bool(r[7])) for r in rows]


def store(log: EventLog, invitation: Invitation) -> None:
    """Keep an invitation, or what changed of it; StorageFull when there is no room."""
    row = (
        invitation.id,
        invitation.meeting,
        invitation.role.value,
        invitation.created,
        invitation.expires,
        invitation.label,
        int(invitation.revoked),
        int(invitation.in_room),
    )
    log.write("INSERT OR REPLACE INTO invitation VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
