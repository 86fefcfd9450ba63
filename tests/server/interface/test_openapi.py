"""The OpenAPI document is valid, complete, and says no more than there is."""

import jsonschema
import pytest
import structlog
from openapi_spec_validator import validate

from server.app import make_app
from server.interface.addresses import OPERATIONS
from server.interface.openapi import document, routes_of
from server.roles import Grant, Verb, allowed


@pytest.fixture
def routes(config):
    return list(routes_of(make_app(config, structlog.get_logger())))


def test_every_route_is_described_and_nothing_else(routes):
    assert len(set(routes)) == len(routes)
    assert set(routes) == set(OPERATIONS)


def test_the_document_is_openapi(routes):
    made = document(routes)
    validate(made)
    assert {(method.upper(), path) for path, each in made["paths"].items() for method in each} == set(routes)
    operations = [each for path in made["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(routes)
    assert len({each["summary"] for each in operations}) == len(routes), "each address says what it alone does"


def test_a_route_without_a_description_has_no_document(routes):
    with pytest.raises(KeyError, match="/new"):
        document([*routes, ("GET", "/new")])


def test_roles_and_refusals_are_those_of_the_table(routes):
    made = document(routes)["paths"]
    for (method, path), operation in OPERATIONS.items():
        said = made[path][method.lower()]
        if operation.verb is None:
            assert "x-roles" not in said
            continue
        assert said["x-roles"] == [grant.value for grant in Grant if allowed(grant, operation.verb)]
        assert {"401", "403"} <= set(said["responses"])
        open_to_readers = operation.verb in {Verb.READ, Verb.SIGNAL}
        assert ({} in said["security"]) is open_to_readers
    changes = [each for path in made.values() for method, each in path.items() if method != "get"]
    assert all("403" in each["responses"] for each in changes), "a foreign page may change nothing"


def test_bodies_are_those_of_the_types(routes):
    made = document(routes)
    schema = made["components"]["schemas"]["MeetingSetup"]
    assert schema["properties"]["retention_days"]["description"] == "None: for good"
    whole = schema | {"components": made["components"]}
    jsonschema.validate({"title": "Talks", "agenda": [{"title": "Welcome"}]}, whole)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": 5}, whole)


async def test_the_server_gives_its_own_document(world):
    answer = await world.client.get("/api/openapi.json")
    assert answer.status == 200
    assert await answer.json() == document(routes_of(world.client.app))
