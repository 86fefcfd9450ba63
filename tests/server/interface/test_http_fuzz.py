"""Whatever is asked of any address, by whom it may be: an answer that the OpenAPI document foretells, and no fault.

A few requests for each address here; `make fuzz EXAMPLES=500` asks for longer.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import requests
import schemathesis
import structlog
from aiohttp import web
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import viewer
from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from server.access import DOORS
from server.app import make_app
from server.config import ServerConfig, Timing
from server.interface.addresses import OPERATIONS
from server.interface.openapi import document
from server.roles import Grant
from server.setup import MeetingSetup, Person
from server.web import HUB, TOKEN

EXAMPLES = int(os.environ.get("HTTP_EXAMPLES", "3"))
CHECKS = [
    status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance,
]  # fmt: skip
STREAMS = {"/live/{meeting}/events", "/live/{meeting}/text"}  # they do not end: only how they begin is looked at
SCHEMA = schemathesis.openapi.from_dict(document(OPERATIONS))


@schemathesis.serializer("audio/mpeg")
def sound(ctx, value):
    return value.content if hasattr(value, "content") else str(value).encode()


WORDS = ["Good morning everybody.", "Ana has the floor."]


@dataclass
class House:
    """A server on a thread of its own, as others see it, and a way into its loop."""

    url: str
    app: web.Application
    loop: asyncio.AbstractEventLoop
    tokens: dict | None = None

    def wait(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(300)

    def furnished(self, *, afresh=False):
        """Meetings, with tokens and invitations by role: one runs, one has ended, one wants a passcode."""
        if afresh or self.tokens is None:
            self.tokens = self.wait(self._furnish(secrets.token_hex(4)))
        return self.tokens

    async def _furnish(self, mark):
        hub, doors = self.app[HUB], self.app[DOORS]
        live, ended, locked = (f"{name}-{mark}" for name in ("live", "ended", "locked"))
        tokens = {}
        for meeting in (live, ended, locked):
            roster = (Person("Ana", "House", consent=True),)
            await hub.set_up(meeting, MeetingSetup(title="Talks", roster=roster, policy=RecordPolicy.ON_RECORD))
            await self._caption(meeting, end=meeting == ended)
            for grant in set(Grant) - {Grant.STRANGER}:
                invitation, token = await doors.invite(meeting, grant, 1.0, "")
                tokens.setdefault(meeting, {})[grant] = (token, invitation.id)
        await doors.set_passcode(locked, "passcode of the meeting")
        return tokens

    async def _caption(self, meeting, *, end):
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{self.url}/ws", protocols=["captions.v1"]) as ws:
            hello = wire.Hello(
                role=wire.Role.PUBLISHER, meeting=meeting, token=self.app[TOKEN], publisher="p", title="Talks",
                track=Track("floor", "en"), policy=RecordPolicy.ON_RECORD,
            )  # fmt: skip
            await ws.send_str(wire.encode(hello))
            for number, text in enumerate(WORDS, 1):
                cue = Cue(f"c{number}", number * 2000, number * 2000 + 1500, text, "en", "Ana")
                await ws.send_str(wire.encode(wire.Update(update=CueUpdate(cue, 1, CueStatus.FINAL))))
            if end:
                await ws.send_str(wire.encode(wire.End()))
            last = wire.Ended if end else wire.Ack
            left = 1 if end else len(WORDS)
            async with asyncio.timeout(300):
                while left:
                    left -= isinstance(wire.decode_from_server(await ws.receive_str()), last)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    loop, ready = asyncio.new_event_loop(), threading.Event()
    found = []

    async def serve():
        timing = Timing(ping_s=0.2, close_s=0.2, finish_s=0.2)  # time enough for a hello on a slow machine
        config = ServerConfig(tmp_path_factory.mktemp("data"), Path(viewer.__file__).parent, timing=timing)
        app = make_app(config, structlog.wrap_logger(structlog.ReturnLogger()))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        found.extend((app, runner.addresses[0][1], asyncio.Event()))
        ready.set()
        await found[2].wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(60)
    app, port, stop = found
    yield House(f"http://127.0.0.1:{port}", app, loop)
    loop.call_soon_threadsafe(stop.set)
    thread.join(300)
    loop.close()


@pytest.fixture(autouse=True)
def faults():
    """What aiohttp logs of handlers that fail; a test that leaves something here has found a fault."""
    records = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = records.append
    logger = logging.getLogger("aiohttp.server")
    logger.addHandler(handler)
    yield records
    logger.removeHandler(handler)
    assert not [record.getMessage() for record in records]


def knowing(case, meeting, invitation):
    """Put things that are there in the place of made-up ones."""
    there = {"meeting": meeting, "track": "floor", "cue": "c1", "file": "floor.vtt", "id": invitation, "number": 1}
    for key in set(case.path_parameters or ()) & set(there):
        case.path_parameters[key] = there[key]
    if "event" in (case.query or ()):
        case.query["event"] = meeting
    known = {"track": "floor", "cue": "c1", "first": "c1", "last": "c2", "base": 1, "seq": 3}
    waiting = [case.body]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            part.update({key: value for key, value in known.items() if key in part})
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS), ids=str)
def test_an_address(house, method, path):
    operation, tokens = SCHEMA[path][method], house.furnished(afresh=method != "GET")
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE) | operation.as_strategy(
        generation_mode=GenerationMode.NEGATIVE
    )

    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        phases=[Phase.generate, Phase.shrink], derandomize="HTTP_EXAMPLES" not in os.environ,
    )  # fmt: skip
    @given(cases, st.sampled_from(sorted(tokens)), st.sampled_from([None, *sorted(Grant)]), st.booleans())
    def asked(case, meeting, grant, known):
        token, invitation = tokens[meeting].get(grant, ("", "none"))
        if grant == Grant.HOST:
            token = house.app[TOKEN]
        if known:
            knowing(case, meeting, invitation)
        if token:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        if path in STREAMS:
            begun(case, house.url)
            return
        response = case.call(base_url=house.url, allow_redirects=False, timeout=60)
        assert response.status_code < 500 or (response.status_code == 503 and ".brf" in str(case.path_parameters))
        case.validate_response(response, checks=CHECKS)

    asked()


def begun(case, url):
    """Look at the head of an answer that goes on, and let go of it."""
    with requests.Session() as session:
        request = session.prepare_request(requests.Request(**sendable(case.as_transport_kwargs(base_url=url))))
        with contextlib.closing(session.send(request, stream=True, timeout=60)) as answer:
            documented = document(OPERATIONS)["paths"][case.path]["get"]["responses"]
            assert answer.status_code < 500
            assert str(answer.status_code) in documented


def sendable(kwargs):
    wanted = {"method", "url", "headers", "params", "cookies", "data", "json", "files"}
    return {key: value for key, value in kwargs.items() if key in wanted}


def test_every_meeting_of_a_furnished_house_is_as_it_says(house):
    tokens = house.furnished(afresh=True)
    states = {each["id"]: each["state"] for each in requests.get(f"{house.url}/api/meetings", timeout=60).json()}
    found = {meeting: states[meeting] for meeting in tokens}
    assert sorted(found.values()) == ["ended", "live", "live"]
    (locked,) = (meeting for meeting in tokens if meeting.startswith("locked"))
    assert requests.get(f"{house.url}/archive/{locked}/", timeout=60).status_code == 401
