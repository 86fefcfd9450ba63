"""Is the server well, and how much does it do? For supervisors, load balancers and Prometheus."""

from aiohttp import web

from server.access import bearer
from server.errors import StorageError
from server.machines import FEED
from server.metrics import CONTENT_TYPE, Metrics, writable
from server.proxies import Header, is_loopback
from server.tokens import same_token
from server.web import CONFIG, HUB, TOKEN

METRICS = web.AppKey("metrics", Metrics)


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/healthz", _healthz), web.get("/readyz", _readyz), web.get("/metrics", _metrics)]


async def _healthz(request: web.Request) -> web.Response:
    """The process lives and its log answers; a supervisor may kill a server that does not say so."""
    await request.app[HUB].find("healthz")
    return web.Response(text="ok\n")


async def _readyz(request: web.Request) -> web.Response:
    """The server can take captions and readers; a load balancer sends nobody to one that cannot."""
    problems = []
    app = request.app
    if app[HUB].draining:
        problems.append("ending")
    try:
        await app[HUB].find("readyz")
    except StorageError:
        problems.append("the log does not answer")
    if not writable(app[CONFIG].data):
        problems.append("no room for captions on the disk")
    if FEED in app and app[FEED].away:
        problems.append("the backplane does not answer")
    if problems:
        return web.Response(status=503, text="".join(f"{problem}\n" for problem in problems))
    return web.Response(text="ready\n")


async def _metrics(request: web.Request) -> web.Response:
    """For this machine, or with the host's token."""
    behind_proxy = any(header in request.headers for header in Header)
    local = is_loopback(request.remote or "") and not behind_proxy
    if not local and not same_token(request.app[TOKEN], bearer(request)):
        return web.Response(status=403, text="metrics are for this machine, or with the host's token\n")
    return web.Response(body=request.app[METRICS].text(), headers={"Content-Type": CONTENT_TYPE})
