"""Telling the host without JavaScript: a page with forms, and what takes them.

Another site's page cannot post here: the browser names its Origin, and only our own is taken (server.web.secure).
"""

from http import HTTPStatus

from aiohttp import web

from captioner.captions import wire
from server.access import require
from server.roles import Verb
from server.web import HUB, PAGES, address, csp, meeting_id, page, reader_of

# Forms of this page may be sent, and the browser may say that they come from here: with "no-referrer" it says "null".
_HEADERS = {"Content-Security-Policy": csp(form_action="'self'"), "Referrer-Policy": "same-origin"}


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/live/{meeting}/signal", _form), web.post("/live/{meeting}/signal", _take)]


async def _form(request: web.Request) -> web.Response:
    return _answer(request, "", HTTPStatus.OK)


async def _take(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.SIGNAL)
    fields = await request.post()
    text, name = (value.strip() if isinstance(value := fields.get(key, ""), str) else "" for key in ("text", "name"))
    try:
        kind = wire.SignalKind(str(fields.get("signal", "")))
    except ValueError:
        return _answer(request, "unknown", HTTPStatus.BAD_REQUEST)
    question = kind is wire.SignalKind.QUESTION
    if question and not text:
        return _answer(request, "unknown", HTTPStatus.BAD_REQUEST)
    signal = wire.Signal(signal=kind, text=text if question else "", name=name)
    try:
        told = request.app[HUB].signal(meeting, ("address", address(request)), signal)
    except LookupError:
        return _answer(request, "not_live", HTTPStatus.CONFLICT)
    return _answer(request, "told" if told else "too_often", HTTPStatus.OK if told else HTTPStatus.TOO_MANY_REQUESTS)


def _answer(request: web.Request, told: str, status: HTTPStatus) -> web.Response:
    response = page(request.app[PAGES].tell_host(meeting_id(request), told, reader_of(request)), status)
    response.headers.update(_HEADERS)
    return response
