"""Invitations and the passcode of a meeting, for its host."""

import msgspec
from aiohttp import web

from server.access import DOORS, require
from server.invitations import Invitation, NotValid
from server.roles import Grant, Verb
from server.routes.answers import Invited, NewInvitation, PasscodeSet
from server.web import HUB, body, json, meeting_id

_PAGES = {
    Grant.VIEWER: "live",
    Grant.CORRECTOR: "correct",
    Grant.CAPTIONER: "cart",
    Grant.ARCHIVIST: "review",
    Grant.HOST: "host",
}


class Wanted(msgspec.Struct, frozen=True):
    """The body of an order to invite."""

    role: Grant
    hours: float = 12.0
    label: str = ""
    in_room: bool = False


class Passcode(msgspec.Struct, frozen=True):
    """The body of an order to set the passcode; "" removes it."""

    passcode: str = ""


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/api/meetings/{meeting}/invitations", _list),
        web.post("/api/meetings/{meeting}/invitations", _invite),
        web.delete("/api/meetings/{meeting}/invitations/{id}", _revoke),
        web.post("/api/meetings/{meeting}/passcode", _passcode),
    ]


async def _list(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.INVITE)
    return json([_shown(each) for each in request.app[DOORS].invitations.of(meeting)])


async def _invite(request: web.Request) -> web.Response:
    """Make an invitation; the token is in this answer and nowhere else, ever."""
    meeting = meeting_id(request)
    await require(request, meeting, Verb.INVITE)
    wanted = await body(request, Wanted)
    try:
        made, token = await request.app[DOORS].invite(
            meeting, wanted.role, wanted.hours, wanted.label, in_room=wanted.in_room
        )
    except NotValid as error:
        return json({"error": str(error)}, 400)
    path = f"/{_PAGES[made.role]}/{meeting}"
    shown = msgspec.structs.asdict(_shown(made))
    return json(NewInvitation(**shown, token=token, path=f"{path}#token={token}"), 201)


async def _revoke(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.INVITE)
    doors = request.app[DOORS]
    known = next((each for each in doors.invitations.of(meeting) if each.id == request.match_info["id"]), None)
    if known is None:
        return json({"error": "there is no such invitation: look at the list of this meeting's invitations"}, 404)
    await doors.revoke(known)
    request.app[HUB].dismiss(known.id)
    return web.Response(status=204)


async def _passcode(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.INVITE)
    wanted = await body(request, Passcode)
    try:
        await request.app[DOORS].set_passcode(meeting, wanted.passcode)
    except ValueError as error:
        return json({"error": str(error)}, 400)
    return json(PasscodeSet(bool(wanted.passcode)))


def _shown(made: Invitation) -> Invited:
    return Invited(made.id, made.role, made.label, made.created, made.expires, made.revoked, made.in_room)
