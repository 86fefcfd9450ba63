"""How a meeting's conference outputs are: who sends captions there reports it with the message `output_health`."""

import msgspec
from aiohttp import web

from server.access import require
from server.roles import Verb
from server.routes.answers import OutputTold
from server.web import HUB, json, meeting_id


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/api/meetings/{meeting}/outputs", _outputs)]


async def _outputs(request: web.Request) -> web.Response:
    """Return `[{name, kind, state, sent, errors, last_ok_ms, ago_ms}]`; `ago_ms` spares the page a second clock."""
    meeting = meeting_id(request)
    await require(request, meeting, Verb.MODERATE)
    hub = request.app[HUB]
    room, now = hub.room(meeting), hub.clock.wall_ms()
    return json(
        [
            OutputTold(
                **msgspec.structs.asdict(output),
                ago_ms=None if output.last_ok_ms is None else max(now - output.last_ok_ms, 0),
            )
            for output in (room.outputs if room is not None else ())
        ]
    )
