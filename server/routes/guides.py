"""Help for readers: the guides as pages."""

from aiohttp import web

from server.guides import folder, load
from server.web import PAGES, page, reader_of
from server.wording import NAMES


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    guides = {language: load(folder(language)) for language in NAMES}

    async def index(request: web.Request) -> web.Response:
        who = reader_of(request)
        return page(request.app[PAGES].guides(list(guides[who.language].values()), who))

    async def guide(request: web.Request) -> web.Response:
        who = reader_of(request)
        found = guides[who.language].get(request.match_info["guide"])
        if found is None:
            raise web.HTTPNotFound
        return page(request.app[PAGES].guide(found, who))

    return [web.get("/help/", index), web.get("/help/{guide}", guide)]
