"""The OpenAPI 3.1 document of an application's addresses, from its routes, `addresses` and the types of its bodies."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from server.interface.addresses import OPERATIONS
from server.interface.kinds import PARTS
from server.interface.notes import as_json, noted
from server.interface.operation import HTML, JSON, TEXT, Answer, Operation
from server.roles import Grant, Verb, allowed
from server.routes.answers import Problem

Json = dict[str, Any]
VERSION = "1"
_READER = frozenset({Verb.READ, Verb.SIGNAL})
_SAFE = frozenset({"GET", "HEAD"})
_SCHEMES: Json = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The host's token, from the file host.token of the data folder, or an invitation's.",
    },
    "passcode": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Passcode",
        "description": "Of a meeting with a passcode. The form at /live/MEETING/passcode leaves a cookie instead.",
    },
    "signature": {
        "type": "apiKey",
        "in": "query",
        "name": "signature",
        "description": "An invitation as captioner, for software that takes nothing but an address.",
    },
}


def routes_of(app: web.Application) -> Iterator[tuple[str, str]]:
    """Yield method and address of every route; HEAD goes without saying."""
    for route in app.router.routes():
        if route.method != "HEAD" and route.resource is not None:
            yield route.method, route.resource.canonical


def document(routes: Iterable[tuple[str, str]]) -> Json:
    """Return the document; KeyError for a route that is not described."""
    found = [(method, path, OPERATIONS[method, path]) for method, path in routes]
    kinds = [kind for _, _, each in found for kind in _kinds(each)]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    by_kind = {repr(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    paths: dict[str, Json] = {}
    for method, path, operation in found:
        paths.setdefault(path, {})[method.lower()] = _operation(method, path, operation, by_kind)
    made = {
        "openapi": "3.1.0",
        "info": {
            "title": "Captioner",
            "version": VERSION,
            "summary": "Live captions for meetings, and their open archive.",
            "description": "Errors of /api/ are JSON, others pages or text. A request that changes something is "
            "refused when a browser says that it comes from another site.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(each.tag for _, _, each in found)],
        "paths": paths,
        "components": {"schemas": noted(components, kinds), "securitySchemes": _SCHEMES},
    }
    return as_json(made)


def _kinds(operation: Operation) -> Iterator[object]:
    """Yield the types of an operation's bodies."""
    yield Problem
    for content in (operation.body, *(answer.content for answer in operation.answers.values())):
        for kind in content.values():
            if not isinstance(kind, Mapping):
                yield from kind if isinstance(kind, tuple) else (kind,)


def _operation(method: str, path: str, operation: Operation, schemas: Mapping[str, Json]) -> Json:
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    made: Json = {"summary": operation.about, "operationId": _identifier(method, path), "tags": [operation.tag]}
    parameters = [_part(name) for name in names]
    parameters += [
        {"name": each.name, "in": each.where, "description": each.about, "required": each.required}
        | {"schema": each.schema}
        for each in operation.parameters
    ]
    if parameters:
        made["parameters"] = parameters
    if operation.body:
        made["requestBody"] = {"required": True, "content": _content(operation.body, schemas)}
    made["security"] = [{name: []} if name else {} for name in _security(operation)]
    if operation.verb is not None:
        made["x-roles"] = [grant.value for grant in Grant if allowed(grant, operation.verb)]
    answers = _merged(operation.answers, _implied(method, path, operation))
    made["responses"] = {str(status): _answer(answer, schemas) for status, answer in sorted(answers.items())}
    return made


def _security(operation: Operation) -> tuple[str, ...]:
    if operation.verb is None:
        return operation.security or ("",)
    return ("", "token", "passcode") if operation.verb in _READER else ("token",)


def _implied(method: str, path: str, operation: Operation) -> Iterator[tuple[int, Answer]]:
    """Yield the answers that follow from what an operation is."""
    problem = {JSON: Problem}
    missing = problem if path.startswith("/api/") else {HTML: TEXT}
    if "{meeting}" in path:
        yield HTTPStatus.NOT_FOUND, Answer("There is no such meeting.", missing)
    if method not in _SAFE:
        yield HTTPStatus.FORBIDDEN, Answer("It was asked from another site's page.", problem)
    if operation.verb is not None or operation.security:
        refused = Answer("Nothing was shown that opens this.", problem, headers=("WWW-Authenticate",))
        yield HTTPStatus.UNAUTHORIZED, refused
        yield HTTPStatus.FORBIDDEN, Answer("The role may not do this.", problem)
    if operation.verb in _READER or "passcode" in operation.security:
        yield HTTPStatus.TOO_MANY_REQUESTS, Answer("Too many passcodes were wrong.", problem, headers=("Retry-After",))
    if JSON in operation.body:
        yield HTTPStatus.BAD_REQUEST, Answer("The body is not what is wanted.", problem)
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Answer("The body is too large.", problem)
    if operation.stores:
        yield HTTPStatus.SERVICE_UNAVAILABLE, Answer("The data folder cannot be used now.", missing)


def _merged(said: Mapping[int, Answer], implied: Iterable[tuple[int, Answer]]) -> dict[int, Answer]:
    found = {int(status): answer for status, answer in said.items()}
    for status, answer in implied:
        known = found.get(int(status))
        found[int(status)] = (
            answer
            if known is None
            else Answer(
                known.about, {**answer.content, **known.content}, tuple(dict.fromkeys(known.headers + answer.headers))
            )
        )
    return found


def _answer(answer: Answer, schemas: Mapping[str, Json]) -> Json:
    made: Json = {"description": answer.about}
    if answer.headers:
        made["headers"] = {name: {"schema": TEXT} for name in answer.headers}
    if answer.content:
        made["content"] = _content(answer.content, schemas)
    return made


def _content(content: Mapping[str, object], schemas: Mapping[str, Json]) -> Json:
    return {media: {"schema": _schema(kind, schemas)} for media, kind in content.items()}


def _schema(kind: object, schemas: Mapping[str, Json]) -> object:
    if isinstance(kind, Mapping):
        return kind
    return {"anyOf": [schemas[repr(each)] for each in kind]} if isinstance(kind, tuple) else schemas[repr(kind)]


def _part(name: str) -> Json:
    about, schema = PARTS[name]
    return {"name": name, "in": "path", "description": about, "required": True, "schema": schema}


def _identifier(method: str, path: str) -> str:
    words = "".join(char if char.isalnum() else " " for char in path).split()
    return "_".join([method.lower(), *words]) or method.lower()
