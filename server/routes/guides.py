"""Help for readers: the guides as pages."""

from aiohttp import web

from server.guides import folder, load
from server.web import PAGES, page


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    guides = load(folder())

    async def index(request: web.Request) -> web.Response:
        return page(request.app[PAGES].guides(list(guides.values())))

    async def guide(request: web.Request) -> web.Response:
        found = guides.get(request.match_info["guide"])
        if found is None:
            raise web.HTTPNotFound
        return page(request.app[PAGES].guide(found))

    return [web.get("/help/", index), web.get("/help/{guide}", guide)]
