"""The other views of a meeting's captions, trying them on a recorded meeting, and what installs them on a phone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from server.routes.viewer import shell, viewer_file
from server.web import CONFIG, PAGES, csp, page, reader_of


@dataclass(frozen=True, slots=True)
class _View:
    """A page of the viewer for a meeting."""

    path: str
    file: str
    policy: dict[str, str] = field(default_factory=dict)  # directives of its own


_FRAMES = {"frame_src": "'self'"}
_VIEWS = (
    _View("/read/{meeting}", "read.html"),
    _View("/simple/{meeting}", "simple.html"),
    _View("/pin/{meeting}", "pin.html"),
    _View("/screen/{meeting}", "screen.html"),
    _View("/screen/{meeting}/set-up", "screen-setup.html", _FRAMES),
    _View("/embed/{meeting}", "embed.html", {"frame_ancestors": "*"}),  # the only page that others may frame
    _View("/embed/{meeting}/code", "embed-code.html", _FRAMES),
)
_TRY = ("live", "read", "simple", "pin", "beside", "screen")


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        *(web.get(view.path, _handler(view)) for view in _VIEWS),
        web.get("/try", _try),
        web.get("/try/{view}", _try_view),
        web.get("/manifest.webmanifest", _manifest),
        web.get("/sw.js", _worker),
    ]


def _handler(view: _View) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = shell(request, view.file)  # also of a meeting that has not begun: the page waits for it
        if view.policy:
            response.headers["Content-Security-Policy"] = csp(**view.policy)
        return response

    return handle


async def _try(request: web.Request) -> web.Response:
    return page(request.app[PAGES].trial(_TRY, reader_of(request)))


async def _try_view(request: web.Request) -> web.Response:
    """Answer with a view whose script replays a recorded meeting instead of connecting."""
    view = request.match_info["view"]
    path = request.app[CONFIG].viewer / f"{view}.html"
    if view not in _TRY or not path.is_file():
        raise web.HTTPNotFound
    html = path.read_text(encoding="utf-8")
    return page(html.replace(f'src="/viewer/{view}.js"', 'src="/viewer/try.js"'))


async def _manifest(request: web.Request) -> web.StreamResponse:
    return viewer_file(request, "manifest.webmanifest")


async def _worker(request: web.Request) -> web.StreamResponse:
    """Answer with the service worker, at the root so that it may serve all pages."""
    response = viewer_file(request, "sw.js")
    response.headers["Service-Worker-Allowed"] = "/"
    return response
