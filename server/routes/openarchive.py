"""The open archive: lists, series, speakers, search, feeds, sitemap, OAI-PMH, persistent addresses."""

from urllib.parse import quote

from aiohttp import web

from captioner.captions.cue import check_identifier
from captioner.captions.errors import InvalidCue
from server.archive import feeds, oai
from server.archive.catalogue import Catalogue
from server.archive.folding import MAX_QUERY
from server.archive.open_pages import HITS, PAGE, OpenPages
from server.archive.searching import search
from server.archive.templating import day
from server.opening import OPEN, address
from server.web import compress, csp, meeting_id, page, problem, reader_of

_MAX_PAGE = 10_000
OPEN_PAGES = web.AppKey("open_pages", OpenPages)


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/archive/", _archive),
        web.get("/series/", _series),
        web.get("/series/{key}/", _one_series),
        web.get("/speakers/", _speakers),
        web.get("/speakers/{key}/", _speaker),
        web.get("/search", _search),
        web.get(r"/archive/feed.{kind:atom|rss}", _feed),
        web.get(r"/series/{key}/feed.{kind:atom|rss}", _feed),
        web.get("/sitemap.xml", _sitemap),
        web.get("/robots.txt", _robots),
        web.get("/opensearch.xml", _opensearch),
        web.get("/oai", _oai),
        web.post("/oai", _oai),
        web.get("/id/{meeting}", _resolve),
        web.get("/id/{meeting}/{part}", _resolve),
    ]


async def _archive(request: web.Request) -> web.Response:
    number, language = _page(request), request.query.get("language", "")[:40]
    wanted = (PAGE, (number - 1) * PAGE, "", language)
    entries, total, languages = await request.app[OPEN].read(lambda c: (*c.entries(*wanted), c.languages()))
    _check_page(number, total, PAGE)
    return _form(
        request, request.app[OPEN_PAGES].entries(entries, total, number, languages, language, reader=reader_of(request))
    )


async def _series(request: web.Request) -> web.Response:
    found = await request.app[OPEN].read(Catalogue.series)
    return _form(request, request.app[OPEN_PAGES].series(found, reader=reader_of(request)))


async def _one_series(request: web.Request) -> web.Response:
    number, key = _page(request), request.match_info["key"][:64]
    entries, total = await request.app[OPEN].read(lambda c: c.entries(PAGE, (number - 1) * PAGE, key))
    _check_page(number, total, PAGE)
    if not entries:
        raise web.HTTPNotFound
    series = (key, entries[0].series)
    return _form(
        request, request.app[OPEN_PAGES].entries(entries, total, number, (), "", series, reader=reader_of(request))
    )


async def _speakers(request: web.Request) -> web.Response:
    number = _page(request)
    speakers, total = await request.app[OPEN].read(lambda c: c.speakers(PAGE, (number - 1) * PAGE))
    _check_page(number, total, PAGE)
    return _form(request, request.app[OPEN_PAGES].speakers(speakers, total, number, reader=reader_of(request)))


async def _speaker(request: web.Request) -> web.Response:
    number, key = _page(request), request.match_info["key"][:64]
    who, spoken = await request.app[OPEN].read(lambda c: c.speaker(key, PAGE, (number - 1) * PAGE))
    if who is None:
        raise web.HTTPNotFound
    _check_page(number, who.meetings, PAGE)
    return _form(request, request.app[OPEN_PAGES].speaker(who, spoken, number, reader=reader_of(request)))


async def _search(request: web.Request) -> web.Response:
    number, language = _page(request), request.query.get("language", "")[:40]
    query = request.query.get("q", "")[:MAX_QUERY].strip()
    wanted = (query, HITS, (number - 1) * HITS, language)
    found, languages = await request.app[OPEN].read(lambda c: (search(c, *wanted), c.languages()))
    return _form(
        request, request.app[OPEN_PAGES].search(query, found, number, languages, language, reader=reader_of(request))
    )


async def _feed(request: web.Request) -> web.Response:
    key, kind = request.match_info.get("key", ""), request.match_info["kind"]
    entries, _ = await request.app[OPEN].read(lambda c: c.entries(feeds.NEWEST, 0, key))
    if key and not entries:
        raise web.HTTPNotFound
    settings = request.app[OPEN].settings
    title = entries[0].series if key else settings.name
    made = feeds.feed(entries, settings, address(request), request.path, title)
    content = made.atom_str(pretty=True) if kind == "atom" else made.rss_str(pretty=True)
    return _xml(request, content, f"application/{kind}+xml")


async def _sitemap(request: web.Request) -> web.Response:
    def pages(catalogue: Catalogue) -> list[tuple[str, int | None]]:
        entries, _ = catalogue.entries(feeds.MAX_ADDRESSES)
        found: list[tuple[str, int | None]] = [("/archive/", max((e.updated for e in entries), default=None))]
        found += [(f"/series/{key}/", None) for key, _, _ in catalogue.series()]
        return found + [(f"/archive/{entry.id}/", entry.updated) for entry in entries]

    found = await request.app[OPEN].read(pages)
    return _xml(request, feeds.sitemap(found, address(request)), "application/xml")


async def _robots(request: web.Request) -> web.Response:
    return web.Response(text=f"User-agent: *\nDisallow: /api/\nSitemap: {address(request)}/sitemap.xml\n")


async def _opensearch(request: web.Request) -> web.Response:
    content = feeds.opensearch(request.app[OPEN].settings, address(request))
    return _xml(request, content, "application/opensearchdescription+xml")


async def _oai(request: web.Request) -> web.Response:
    fields = request.query if request.method == "GET" else await request.post()
    arguments = {name: str(value) for name, value in fields.items()}
    where, settings = address(request), request.app[OPEN].settings
    content = await request.app[OPEN].read(lambda c: oai.answer(c, settings, where, arguments))
    return _xml(request, content, "text/xml")


async def _resolve(request: web.Request) -> web.Response:
    """Lead a persistent address to where the record, its version or its cue is now."""
    meeting, part = meeting_id(request), request.match_info.get("part", "")
    entry = await request.app[OPEN].read(lambda c: c.entry(meeting))
    if entry is not None and entry.deleted:
        why = f" Reason: {entry.reason}." if entry.reason else ""
        return problem(request, 410, "Taken away", f"This transcript was taken away on {day(entry.updated)}.{why}")
    where = _place(meeting, part)
    raise web.HTTPFound(where)


def _place(meeting: str, part: str) -> str:
    """Return where a part of a persistent address is: "", "v2" or "track:cue"; HTTPNotFound for anything else."""
    if not part:
        return f"/archive/{meeting}/"
    if part.startswith("v") and part[1:].isdecimal():
        return f"/archive/{meeting}/v/{int(part[1:])}/"
    track, _, cue = part.partition(":")
    try:
        check_identifier(track, "track")
        check_identifier(cue, "cue")
    except InvalidCue:
        raise web.HTTPNotFound from None
    return f"/archive/{meeting}/#{quote(track)}:{quote(cue)}"


def _page(request: web.Request) -> int:
    value = request.query.get("page", "1") or "1"
    if not value.isdecimal() or not 1 <= int(value[:6]) <= _MAX_PAGE:
        raise web.HTTPNotFound
    return int(value)


def _check_page(number: int, total: int, size: int) -> None:
    if number > 1 and (number - 1) * size >= total:
        raise web.HTTPNotFound


def _form(request: web.Request, html: str) -> web.Response:
    """Return a page whose search form may be sent."""
    response = page(html)
    response.headers["Content-Security-Policy"] = csp(form_action="'self'")
    compress(request, response)
    return response


def _xml(request: web.Request, content: bytes, kind: str) -> web.Response:
    response = web.Response(body=content, headers={"Content-Type": f"{kind}; charset=utf-8"})
    compress(request, response)
    return response
