"""The documents for programs: OpenAPI of the addresses, AsyncAPI of the sockets. Each is made once."""

import functools

import msgspec
from aiohttp import web

from server.interface import asyncapi, openapi
from server.interface.addresses import OPERATIONS
from server.web import compress


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/api/openapi.json", _openapi), web.get("/api/asyncapi.json", _asyncapi)]


async def _openapi(request: web.Request) -> web.Response:
    described = tuple(route for route in openapi.routes_of(request.app) if route in OPERATIONS)  # a test wants all
    return _answer(request, _addresses(described))


async def _asyncapi(request: web.Request) -> web.Response:
    return _answer(request, _messages())


@functools.cache
def _addresses(routes: tuple[tuple[str, str], ...]) -> bytes:
    return msgspec.json.encode(openapi.document(routes))


@functools.cache
def _messages() -> bytes:
    return msgspec.json.encode(asyncapi.document())


def _answer(request: web.Request, document: bytes) -> web.Response:
    response = web.Response(body=document, content_type="application/json")
    compress(request, response)
    return response
