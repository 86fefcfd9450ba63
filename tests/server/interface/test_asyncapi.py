"""The AsyncAPI document is valid and has every message of the sockets."""

import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate
from server.interface.asyncapi import document
from server.session import VERBS

SCHEMA = Path(__file__).parents[3] / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"


def names(operation, channel):
    assert operation["channel"] == {"$ref": f"#/channels/{channel}"}
    return {each["$ref"].rpartition("/")[2] for each in operation["messages"]}


@pytest.mark.skipif(not SCHEMA.is_file(), reason="npm ci was not run")
def test_the_document_is_asyncapi():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(document())


def test_every_wire_message_is_there_both_ways():
    made = document()
    for channel, address in (("captions", "/ws"), ("staff", "/staff/ws")):
        assert made["channels"][channel]["address"] == address
        received = names(made["operations"][f"receive_{channel}"], channel)
        sent = names(made["operations"][f"send_{channel}"], channel)
        assert received == {kind.__name__ for kind in get_args(wire.FromClient)}
        assert sent == {kind.__name__ for kind in get_args(wire.FromServer)}
        assert received | sent == set(made["channels"][channel]["messages"])
    assert {each.rpartition("/")[2] for each in references(made)} >= set(made["components"]["messages"])


def test_every_reference_leads_somewhere():
    made = document()
    for reference in references(made):
        found = made
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def references(part):
    if isinstance(part, dict):
        for key, each in part.items():
            if key == "$ref":
                yield each
            else:
                yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def test_roles_are_those_of_the_table():
    messages = document()["components"]["messages"]
    assert {name for name, each in messages.items() if "x-roles" in each} == {kind.__name__ for kind in VERBS}
    assert messages["SetPolicy"]["x-roles"] == ["host"]
    assert messages["Correct"]["x-roles"] == ["corrector", "host"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Update", wire.Update(update=CueUpdate(Cue("c1", 0, 9, "Hello", "en"), 1, CueStatus.FINAL))),
        ("Rename", wire.Rename(track="floor", old="Ana", new="Anna")),
        ("Bye", wire.Bye()),
        ("SoundHello", {"role": "speaker"}),
    ],
)
def test_what_is_sent_fits_its_schema(name, message):
    made = document()
    schema = made["components"]["schemas"][name] | {"components": made["components"]}
    sent = message if isinstance(message, dict) else json.loads(wire.encode(message))
    jsonschema.validate(sent, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(sent | {"type": 5, "role": 5}, schema)


async def test_the_server_gives_it(world):
    answer = await world.client.get("/api/asyncapi.json")
    assert await answer.json() == document()
