"""The sign-language video beside the captions: the page for it, and the address that the host laid down."""

import msgspec
from aiohttp import web

from server.access import require
from server.roles import Verb
from server.routes.viewer import shell
from server.setup import origin
from server.web import HUB, csp, json, meeting_id


class SignVideo(msgspec.Struct, frozen=True):
    """Where the video is."""

    address: str  # https, or ""


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/beside/{meeting}", _beside), web.get("/live/{meeting}/sign", _sign)]


async def _beside(request: web.Request) -> web.Response:
    """Answer with the page; it may frame the host's video, and nothing else."""
    response = shell(request, "beside.html")
    allowed = origin(request.app[HUB].setups.of(meeting_id(request)).sign_video)
    if allowed:
        response.headers["Content-Security-Policy"] = csp(frame_src=allowed)
    return response


async def _sign(request: web.Request) -> web.Response:
    """Return the video's address to who may read, "" where there is none."""
    meeting = meeting_id(request)
    await require(request, meeting, Verb.READ)
    address = request.app[HUB].setups.of(meeting).sign_video
    return json(SignVideo(address if origin(address) else ""))
