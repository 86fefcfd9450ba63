"""What a request may do: the one place where routes ask. Answers without the right say what to do."""

from http import HTTPStatus

import msgspec
from aiohttp import web

from server.doors import WANTS_PASSCODE, WRONG_TOKEN, Doors, Shut, cookie_name
from server.invitations import NotValid
from server.roles import Grant, Verb, allowed
from server.web import address

DOORS = web.AppKey("doors", Doors)


async def grant_of(request: web.Request, meeting: str) -> Grant:
    """Return what the request has shown for this meeting: by token, passcode or cookie, else by the open door.

    A token that gives nothing leaves what an open meeting gives to everybody; STRANGER where it gives nothing.
    """
    doors = request.app[DOORS]
    token = bearer(request)
    if token:
        try:
            return doors.claim(token, meeting).grant
        except NotValid:
            pass
    if not doors.locked(meeting) or doors.has_pass(meeting, request.cookies.get(cookie_name(meeting), "")):
        return Grant.VIEWER
    passcode = request.headers.get("X-Passcode", "")
    if passcode:
        try:
            await doors.guess(meeting, passcode, address(request))
        except Shut as shut:
            if shut.limited:
                raise _refused(web.HTTPTooManyRequests, str(shut)) from None
            return Grant.STRANGER
        return Grant.VIEWER
    return Grant.STRANGER


async def require(request: web.Request, meeting: str, verb: Verb) -> Grant:
    """Return the request's grant when it may do `verb` in this meeting; else an answer 401 or 403 with the remedy."""
    grant = await grant_of(request, meeting)
    if allowed(grant, verb):
        return grant
    token = bearer(request)
    if token:
        try:
            request.app[DOORS].claim(token, meeting)
        except NotValid as error:
            raise _refused(web.HTTPUnauthorized, str(error)) from None
        problem = f"the role {grant} may not do this: ask the host for an invitation with another role"
        raise _refused(web.HTTPForbidden, problem)
    if verb in {Verb.READ, Verb.SIGNAL}:
        raise _refused(web.HTTPUnauthorized, WANTS_PASSCODE)
    raise _refused(web.HTTPUnauthorized, f"{WRONG_TOKEN}; send it as 'Authorization: Bearer ...'")


def bearer(request: web.Request) -> str:
    """Return the token of the Authorization header, "" without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _refused(kind: type[web.HTTPError], problem: str) -> web.HTTPError:
    headers = {"WWW-Authenticate": "Bearer"} if kind.status_code == HTTPStatus.UNAUTHORIZED else {}
    if kind.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = "600"
    body = msgspec.json.encode({"error": problem}).decode()
    return kind(text=body, content_type="application/json", headers=headers)
