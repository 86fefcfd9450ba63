"""Set-up over HTTP, what a running captioner is told, and who is named."""

import msgspec
import pytest

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.event import CaptionEvent
from captioner.captions.policy import PolicyChange
from server.app import LOG
from server.setup import MAX_BODY

PATH = "/api/meetings/m1/setup"
SETUP = {
    "title": "Committee", "policy": "on_record", "glossary": "DCAD = decad",
    "roster": [{"name": "Canary Ana", "key": "1", "consent": True}, {"name": "Canary Bo"}],
    "agenda": [{"title": "Canary point", "at_ms": 0}],
}  # fmt: skip


def bearer(world):
    return {"Authorization": f"Bearer {world.token}"}


async def put(world, setup, status=200):
    answer = await world.client.put(PATH, json=setup, headers=bearer(world))
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_only_the_host_sets_up(world):
    for method in (world.client.get, world.client.put):
        assert (await method(PATH)).status == 401
    assert (await world.client.get(PATH, headers=bearer(world))).status == 200
    assert (await world.client.put(PATH, json=SETUP, headers=bearer(world) | {"Origin": "https://e.org"})).status == 403


async def test_a_set_up_comes_back_and_outlives_the_server(start):
    async with start() as world:
        await put(world, SETUP)
    async with start() as world:
        kept = await (await world.client.get(PATH, headers=bearer(world))).json()
        assert kept["roster"][0]["name"] == "Canary Ana"
        assert (kept["title"], kept["retention_days"]) == ("Committee", None)


async def test_errors_name_their_fields(world):
    answer = await put(world, SETUP | {"title": "", "licence": "x"}, 422)
    assert {error["field"] for error in answer["errors"]} == {"title", "licence"}
    big = await world.client.put(PATH, data=b"x" * (MAX_BODY + 1), headers=bearer(world))
    assert big.status == 422
    (error,) = (await big.json())["errors"]
    assert (error["fault"], error["values"]) == ("size", {"most": 256})


@pytest.mark.parametrize("policy", ["chatham", "off_record"])
async def test_names_that_may_not_be_kept_are_in_memory_only(start, config, policy):
    async with start() as world:
        await put(world, SETUP | {"policy": policy})
        kept = await (await world.client.get(PATH, headers=bearer(world))).json()
        assert kept["roster"][0]["name"] == "Canary Ana"
    for file in config.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"Canary" not in content, file
            assert b"decad" not in content, file
    async with start() as world:
        kept = await (await world.client.get(PATH, headers=bearer(world))).json()
        assert (kept["roster"], kept["policy"], kept["title"]) == ([], policy, "Committee")


async def test_a_meeting_that_leaves_the_record_forgets_its_names(world):
    await put(world, SETUP)
    await world.joined()
    host = await world.connect()
    await host.send(wire.Hello(role=wire.Role.HOST, meeting="m1", token=world.token))
    await host.get(wire.Status)
    await host.send(wire.SetPolicy(change=PolicyChange(10, RecordPolicy.CHATHAM)))
    await host.get(wire.Status, policy=RecordPolicy.CHATHAM)
    await host.send(wire.Ping())
    await host.get(wire.Pong)
    (row,) = await world.client.app[LOG].write(lambda log: log.rows("SELECT json FROM setup"))
    assert b"Canary" not in row[0]
    await put(world, SETUP)
    (row,) = await world.client.app[LOG].write(lambda log: log.rows("SELECT json FROM setup"))
    assert b"Canary" not in row[0]


async def test_a_meeting_opens_with_the_stricter_policy_and_the_laid_down_title(world):
    await put(world, SETUP | {"policy": "chatham"})
    publisher = await world.publisher(policy=RecordPolicy.ON_RECORD, title="Meeting")
    welcome = await publisher.get(wire.Welcome)
    assert (welcome.policy, welcome.meeting.title) == (RecordPolicy.CHATHAM, "Committee")


async def test_a_running_captioner_gets_the_glossary_and_its_changes(world):
    publisher = await world.publisher()
    assert (await publisher.get(wire.Settings)) == wire.Settings()
    await put(world, SETUP)
    told = await publisher.get(wire.Settings)
    assert told.glossary.splitlines() == ["DCAD = decad", "Canary Ana", "Canary Bo"]
    host = await world.connect()
    await host.send(wire.Hello(role=wire.Role.HOST, meeting="m1", token=world.token))
    await host.get(wire.Status)
    await host.send(wire.Control(action=wire.Action.PAUSE))
    assert (await publisher.get(wire.Settings, paused=True)).glossary == told.glossary
    await host.send(wire.Control(action=wire.Action.RESUME))
    await publisher.get(wire.Settings, paused=False)


async def final_of(peer, cue):
    while True:
        event = (await peer.get(wire.EventMessage)).event
        if isinstance(event, CaptionEvent) and event.update.cue.id == cue:
            return event.update.cue


async def test_who_has_not_agreed_is_named_by_no_way(world):
    await put(world, SETUP)
    machine = await world.joined()
    desk = await world.connect()
    await desk.send(wire.Hello(role=wire.Role.CORRECTOR, meeting="m1", token=world.token))
    await desk.get(wire.Presence)
    await desk.send(wire.Speaker(track="floor", name="canary bo"))
    await desk.send(wire.Ping())
    await desk.get(wire.Pong)
    await world.publish(machine, world.final("c1"), world.final("c2", start=2000, speaker="Canary Bo"))
    assert (await final_of(desk, "c1")).speaker == ""
    assert (await final_of(desk, "c2")).speaker == ""
    await desk.send(wire.Speaker(track="floor", name="Canary Ana"))
    await desk.send(wire.Ping())
    await desk.get(wire.Pong)
    await world.publish(machine, world.final("c3", start=4000))
    assert (await final_of(desk, "c3")).speaker == "Canary Ana"
    await desk.send(wire.Rename(track="floor", old="Canary Ana", new="Canary Bo"))
    assert (await final_of(desk, "c3")).speaker == ""
    update = world.final("c1", "Hello.", speaker="Canary Bo")
    await desk.send(wire.Correct(track="floor", update=update, base=1))
    assert (await final_of(desk, "c1")).speaker == ""
    assert "Canary Bo" not in str(await world.client.app[LOG].read("m1"))


async def test_correctors_and_captioners_get_terms_and_names_that_may_be_told(world):
    await put(world, SETUP)
    assert (await world.client.get("/api/meetings/m1/terms")).status == 401
    answer = await world.client.get("/api/meetings/m1/terms", headers=bearer(world))
    told = {"glossary": "DCAD = decad", "roster": [{"name": "Canary Ana"}], "title": "Committee"}
    assert await answer.json() == told
    assert (await (await world.client.get("/api/meetings/m2/terms", headers=bearer(world))).json())["title"] == ""
    await world.joined(meeting="m2", title="As its captioner says")
    answer = await world.client.get("/api/meetings/m2/terms", headers=bearer(world))
    assert (await answer.json())["title"] == "As its captioner says"


async def test_a_file_is_read_for_the_form_and_nothing_is_kept(world):
    plan = {"name": "plan.toml", "text": 'title = "From a plan"\nrecord = "chatham"'}
    answer = await world.client.post(f"{PATH}/read", json=plan, headers=bearer(world))
    assert (await answer.json())["title"] == "From a plan"
    wrong = await world.client.post(f"{PATH}/read", json={"name": "a.ics", "text": "no"}, headers=bearer(world))
    assert wrong.status == 422
    kept = await (await world.client.get(PATH, headers=bearer(world))).json()
    assert kept["title"] == ""


@pytest.mark.parametrize("path", ["/host/m1", "/host/m1/setup", "/correct/m1", "/cart/m1"])
async def test_the_pages_are_there(start, config, path):
    import dataclasses
    from pathlib import Path

    import viewer

    real = dataclasses.replace(config, viewer=Path(viewer.__file__).parent)
    async with start(real) as world:
        answer = await world.client.get(path)
        assert answer.status == 200
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "style=" not in await answer.text()


async def test_vitals_and_outputs_reach_the_host_and_no_reader(world):
    machine, viewer = await world.joined(), await world.viewer()
    host = await world.connect()
    await host.send(wire.Hello(role=wire.Role.HOST, meeting="m1", token=world.token))
    await host.get(wire.Presence)
    await machine.send(wire.Report(health=wire.Health.LIVE, level_db=-400, cpu=31, source="USB\nmicrophone"))
    vitals = await host.get(wire.Vitals)
    assert (vitals.track, vitals.level_db, vitals.cpu, vitals.source) == ("floor", -120, 31, "USB microphone")
    output = wire.Output(name="Zoom", kind="zoom", state=wire.OutputState.RETRYING, sent=3, errors=1, last_ok_ms=1)
    await machine.send(wire.OutputHealth(outputs=(output,)))
    await machine.send(wire.Ping())
    await machine.get(wire.Pong)
    (shown,) = await (await world.client.get("/api/meetings/m1/outputs", headers=bearer(world))).json()
    assert {
        "name": "Zoom",
        "kind": "zoom",
        "state": "retrying",
        "sent": 3,
        "errors": 1,
        "last_ok_ms": 1,
    }.items() <= shown.items()
    assert (await world.client.get("/api/meetings/m1/outputs")).status == 401
    await viewer.get(wire.Ping)
    assert not any(isinstance(each, wire.Vitals) for each in viewer.seen)


async def test_outputs_are_processes_of_their_own_and_do_not_hide_each_other(world):
    machine = await world.joined()
    for name, sent in (("zoom", 1), ("obs", 5), ("zoom", 2)):
        output = wire.Output(name=name, kind=name, state=wire.OutputState.OK, sent=sent)
        await machine.send(wire.OutputHealth(outputs=(output,)))
    await machine.send(wire.Ping())
    await machine.get(wire.Pong)
    shown = await (await world.client.get("/api/meetings/m1/outputs", headers=bearer(world))).json()
    assert [(each["name"], each["sent"]) for each in shown] == [("obs", 5), ("zoom", 2)]


async def test_correctors_see_where_others_edit(world):
    await world.joined()
    desks = []
    for _ in range(2):
        desk = await world.connect()
        await desk.send(wire.Hello(role=wire.Role.CORRECTOR, meeting="m1", token=world.token))
        await desk.get(wire.Presence)
        desks.append(desk)
    await desks[0].send(wire.Editing(track="floor", cue="c1"))
    told = await desks[1].get(wire.BeingEdited)
    assert (told.track, told.cue) == ("floor", "c1")
    late = await world.connect()
    await late.send(wire.Hello(role=wire.Role.CORRECTOR, meeting="m1", token=world.token))
    assert (await late.get(wire.BeingEdited)).cue == "c1"
    await desks[0].close()
    gone = await desks[1].get(wire.BeingEdited)
    assert (gone.by, gone.cue) == (told.by, "")
    assert not any(isinstance(each, wire.BeingEdited) for each in desks[0].seen)


async def test_a_caption_is_split_and_joined(world):
    machine = await world.joined()
    await world.publish(machine, world.final("c1", "One two.", start=1000, end=5000))
    desk = await world.connect()
    await desk.send(wire.Hello(role=wire.Role.CORRECTOR, meeting="m1", token=world.token))
    await desk.get(wire.Presence)
    await desk.send(wire.Correct(track="floor", update=world.final("c1", "One", start=1000, end=3000), base=1))
    await desk.send(wire.Correct(track="floor", update=world.final("c1-b", "two.", start=3000, end=5000), base=-1))
    await desk.get(wire.Ack, cue="c1", revision=2)
    await desk.get(wire.Ack, cue="c1-b", revision=0)
    cues = (await world.hub.transcript("m1")).cues("floor")
    assert [(u.cue.text, u.cue.start, u.cue.end, u.human) for u in cues] == [
        ("One", 1000, 3000, True), ("two.", 3000, 5000, True),
    ]  # fmt: skip
    await desk.send(wire.Correct(track="floor", update=world.final("c1-b", "Again", start=3000, end=5000), base=-1))
    assert (await desk.get(wire.Error)).code is wire.ErrorCode.CONFLICT


async def test_a_correction_moves_no_caption_into_another_policy(world):
    machine = await world.joined(policy=RecordPolicy.CHATHAM)
    host = await world.connect()
    await host.send(wire.Hello(role=wire.Role.HOST, meeting="m1", token=world.token))
    await host.get(wire.Presence)
    await host.send(wire.SetPolicy(change=PolicyChange(6000, RecordPolicy.ON_RECORD)))
    await host.get(wire.Status, policy=RecordPolicy.ON_RECORD)
    await world.publish(machine, world.final("c1", "Said.", start=1000, end=2000))
    named = world.final("c1", "Said.", start=7000, end=8000, speaker="Canary")
    await host.send(wire.Correct(track="floor", update=named, base=1))
    await host.get(wire.Ack, cue="c1", revision=2)
    (update,) = (await world.hub.transcript("m1")).cues("floor")
    assert (update.cue.start, update.cue.speaker) == (1000, "")
    assert msgspec.json.encode(update).find(b"Canary") == -1
