import dataclasses
from pathlib import Path

import msgspec
import pytest

import viewer
from scripts import make_try_meeting
from server.web import csp

FOLDER = Path(viewer.__file__).parent


@pytest.fixture
def config(config):
    return dataclasses.replace(config, viewer=FOLDER)


@pytest.mark.parametrize(
    "path",
    [
        "/read/m1",
        "/simple/m1",
        "/pin/m1",
        "/beside/m1",
        "/screen/m1",
        "/screen/m1/set-up",
        "/embed/m1",
        "/embed/m1/code",
    ],
)
async def test_every_view_is_there_also_before_the_meeting(world, path):
    answer = await world.client.get(path)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<main" in await answer.text()


@pytest.mark.parametrize("path", ["/read/a%20b", "/screen/..%2fx", "/embed/%3Cscript%3E"])
async def test_what_cannot_be_a_meeting_is_not_found(world, path):
    assert (await world.client.get(path)).status == 404


async def test_only_the_embedded_view_may_be_framed_by_others(world):
    for path in (
        "/live/m1",
        "/read/m1",
        "/simple/m1",
        "/pin/m1",
        "/beside/m1",
        "/screen/m1",
        "/screen/m1/set-up",
        "/try",
        "/help/",
    ):
        policy = (await world.client.get(path)).headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy, path
    policy = (await world.client.get("/embed/m1")).headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in (await world.client.get("/embed/m1/code")).headers["Content-Security-Policy"]


def test_a_policy_is_changed_by_directive():
    assert "form-action 'none'" in csp()
    changed = csp(form_action="'self'")
    assert "form-action 'self'" in changed
    assert "form-action 'none'" not in changed


async def test_trying_is_the_real_page_with_another_script(world):
    html = await (await world.client.get("/try/live")).text()
    assert "/viewer/try.js" in html
    assert "/viewer/live.js" not in html
    assert html.replace("/viewer/try.js", "/viewer/live.js") == (FOLDER / "live.html").read_text(encoding="utf-8")
    assert (await world.client.get("/try/nothing")).status == 404
    assert "/try/read" in await (await world.client.get("/try")).text()
    assert "/try" in await (await world.client.get("/")).text()


async def test_the_recorded_meeting_is_the_demo_s(world):
    assert msgspec.json.decode((FOLDER / "try" / "meeting.json").read_bytes()) == make_try_meeting.meeting()
    assert (FOLDER / "try" / "meeting.txt").read_text(encoding="utf-8") == make_try_meeting.text()


async def test_it_can_be_installed(world):
    manifest = await world.client.get("/manifest.webmanifest")
    assert manifest.content_type == "application/manifest+json"
    for icon in msgspec.json.decode(await manifest.read())["icons"]:
        assert (await world.client.get(icon["src"])).status == 200
    worker = await world.client.get("/sw.js")
    assert worker.content_type == "text/javascript"
    assert worker.headers["Service-Worker-Allowed"] == "/"
