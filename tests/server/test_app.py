import shutil

import msgspec
import pytest

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.policy import PolicyChange
from server.app import make_app
from server.errors import LogInUse, StorageFull


async def test_headers_of_every_answer(world):
    for path in ("/", "/archive/", "/live/m1", "/viewer/viewer.css", "/api/meetings", "/nothing/here", "/healthz"):
        answer = await world.client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Cache-Control" in answer.headers
        assert answer.headers["Server"] == "captioner"


async def test_pages_and_what_is_not_there(world):
    assert (await world.client.get("/")).status == 200
    assert "No meeting is live" in await (await world.client.get("/")).text()
    missing = await world.client.get("/archive/no-such/")
    assert missing.status == 404
    assert "The list of meetings leads on" in await missing.text()
    assert (await world.client.get("/favicon.ico")).status == 204
    assert await (await world.client.get("/healthz")).text() == "ok\n"


@pytest.mark.parametrize(
    "path",
    [
        "/viewer/secret.py", "/viewer/..%2f..%2fcaptions.sqlite3", "/viewer/%2e%2e/data/host.token", "/viewer/.hidden.js",
        "/viewer/none.js", "/live/a%20b", "/archive/..%2f/", "/archive/m1/..%2f..%2fhost.token",
        "/archive/m1/floor.exe", "/archive/m1/other.vtt",
    ],
)  # fmt: skip
async def test_nothing_but_what_is_published_is_served(world, path):
    publisher = await world.joined()
    await world.publish(publisher, world.final())
    assert (await world.client.get(path)).status == 404


@pytest.mark.parametrize(
    ("name", "kind"), [("live.html", "text/html"), ("viewer.css", "text/css"), ("main.js", "text/javascript")]
)
async def test_the_viewer_s_files_have_their_types(world, name, kind):
    answer = await world.client.get(f"/viewer/{name}")
    assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_a_live_page_waits_for_a_meeting_that_has_not_begun(world):
    assert (await world.client.get("/live/tomorrow")).status == 200


async def test_the_list_of_meetings_as_json(world):
    await world.joined(title="One & two")
    (meeting,) = msgspec.json.decode(await (await world.client.get("/api/meetings")).read())
    assert (meeting["id"], meeting["title"], meeting["state"]) == ("m1", "One & two", "live")
    assert (meeting["live"], meeting["transcript"]) == ("/live/m1", "/archive/m1/")


async def test_downloads_have_their_types_and_are_never_older_than_the_page(world):
    publisher = await world.joined()
    kinds = {"vtt": "text/vtt", "txt": "text/plain", "json": "application/json", "large.html": "text/html"}
    for number in range(2):
        await world.publish(publisher, world.final(f"c{number}", f"Sentence {number}.", start=number * 2000))
        for ending, kind in kinds.items():
            answer = await world.client.get(f"/archive/m1/floor.{ending}")
            assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
            assert f"Sentence {number}." in await answer.text()
    page = await (await world.client.get("/archive/m1/")).text()
    assert "Sentence 1." in page
    assert 'href="/live/m1"' in page


async def test_export_on_demand_needs_the_host_s_token(world, config):
    publisher = await world.joined()
    await world.publish(publisher, world.final())
    assert (await world.client.post("/api/meetings/m1/export")).status == 401
    wrong = await world.client.post("/api/meetings/m1/export", headers={"Authorization": "Bearer wrong"})
    assert wrong.status == 401
    assert "token" in (await wrong.json())["error"]
    right = {"Authorization": f"Bearer {world.token}"}
    answer = await world.client.post("/api/meetings/m1/export", headers=right)
    assert (await answer.json())["files"][0] == "/archive/m1/floor.vtt"
    assert "Good morning." in (config.data / "archive" / "m1" / "floor.vtt").read_text(encoding="utf-8")
    assert (await world.client.post("/api/meetings/none/export", headers=right)).status == 404


async def test_a_big_body_is_refused(world):
    answer = await world.client.post("/api/meetings/m1/export", data=b"x" * 100_000)
    assert answer.status in {401, 413}


async def test_markup_in_titles_and_captions_is_text(world):
    publisher = await world.joined(title="<script>alert(1)</script>")
    await world.publish(publisher, world.final(text="<img src=x> & more", speaker="<b>Eve</b>"))
    for path in ("/", "/archive/", "/archive/m1/"):
        page = await (await world.client.get(path)).text()
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<b>Eve" not in page
    assert "&lt;img src=x&gt; &amp; more" in page


async def test_a_disk_that_fails_is_told_with_advice(world, monkeypatch):
    async def broken():
        raise StorageFull("no room")

    monkeypatch.setattr(world.hub, "meetings", broken)
    answer = await world.client.get("/")
    assert answer.status == 503
    assert "cannot read or write its data folder" in await answer.text()


async def test_after_a_crash_the_archive_is_written_at_the_next_start(start, config):
    async with start() as world:
        publisher = await world.joined()
        await world.publish(publisher, world.final())
    path = config.data / "archive" / "m1" / "floor.vtt"
    shutil.rmtree(path.parent)
    async with start():
        assert "Good morning." in path.read_text(encoding="utf-8")


async def test_a_second_server_on_the_same_folder_is_refused(start, config):
    async with start() as world:
        with pytest.raises(LogInUse):
            make_app(config, world.hub.logger)


async def test_the_log_of_the_server_holds_no_words_names_or_tokens(config, capfd):
    from aiohttp.test_utils import TestClient, TestServer

    from server.main import make_logger
    from tests.server.conftest import World

    app = make_app(config, make_logger())
    async with TestClient(TestServer(app)) as client:
        from server.app import HUB, TOKEN

        world = World(client, app[TOKEN], app[HUB])
        publisher = await world.joined()
        await world.publish(publisher, world.final(text="Canary words", speaker="Canary name"))
        await publisher.send(wire.SetPolicy(change=PolicyChange(9, RecordPolicy.CHATHAM)))
        await publisher.send(wire.End())
        await publisher.get(wire.Ended)
        for peer in world.peers:
            await peer.close()
    err = capfd.readouterr().err
    assert '"event": "meeting ended"' in err or '"event":"meeting ended"' in err
    assert "Canary" not in err
    assert world.token not in err


async def test_programs_get_json_and_people_pages_when_something_is_refused(world):
    host = {"Authorization": f"Bearer {world.token}"}
    missing = await world.client.get("/api/meetings/-/setup", headers=host)
    assert (missing.status, missing.content_type) == (404, "application/json")
    nothing = await world.client.get("/api/nothing")
    assert (nothing.status, nothing.content_type) == (404, "application/json")
    large = await world.client.post("/api/meetings/m1/passcode", data=b"x" * 5000, headers=host)
    assert (large.status, large.content_type) == (413, "application/json")
    method = await world.client.delete("/api/meetings")
    assert (method.status, method.headers["Allow"]) == (405, "GET,HEAD")
    assert await method.json() == {"error": "this address takes only GET, HEAD"}
    assert (await world.client.get("/nothing")).content_type == "text/html"
    assert (await world.client.post("/archive/")).content_type == "text/plain"
