"""A copy of the running server's log, for its host."""

import asyncio
import secrets

from aiohttp import web

from server.access import bearer
from server.archive.log import FILE, EventLog
from server.tokens import same_token
from server.web import CONFIG, LOG, TOKEN, json

_CHUNK = 256 * 1024


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.post("/api/backup", _backup)]


async def _backup(request: web.Request) -> web.StreamResponse:
    """Copy the log in one moment between two captions, then send the copy; captions go on while it is sent."""
    if not same_token(request.app[TOKEN], bearer(request)):
        return json({"error": "a backup is for the host: send the host's token as 'Authorization: Bearer ...'"}, 403)
    copy = request.app[CONFIG].data / f"{FILE}.backup-{secrets.token_hex(8)}"

    def make(log: EventLog) -> None:
        log.backup(copy)

    try:
        await request.app[LOG].write(make)
        response = web.StreamResponse(headers={"Content-Type": "application/vnd.sqlite3"})
        response.content_length = (await asyncio.to_thread(copy.stat)).st_size
        await response.prepare(request)
        with await asyncio.to_thread(copy.open, "rb") as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                await response.write(chunk)
        await response.write_eof()
        return response
    finally:
        await asyncio.to_thread(copy.unlink, missing_ok=True)
