"""The pages of people who run, correct and type captions. The pages are public; what they ask for needs a token."""

from aiohttp import web

from server.routes.viewer import viewer_file
from server.web import meeting_id

_PAGES = {
    "/host/{meeting}": "host/console.html",
    "/host/{meeting}/setup": "host/setup.html",
    "/correct/{meeting}": "people/correct.html",
    "/cart/{meeting}": "people/cart.html",
}


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get(path, _page) for path in _PAGES]


async def _page(request: web.Request) -> web.StreamResponse:
    meeting_id(request)  # also a meeting that has not begun: it is set up here
    resource = request.match_info.route.resource
    response = viewer_file(request, _PAGES[resource.canonical if resource is not None else ""])
    response.headers["Cache-Control"] = "no-store"
    return response
