"""Is the server well?"""

from aiohttp import web

from server.web import HUB


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/healthz", _healthz)]


async def _healthz(request: web.Request) -> web.Response:
    await request.app[HUB].find("healthz")  # the log answers
    return web.Response(text="ok\n")
