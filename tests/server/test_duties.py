import asyncio
import json

import bagit
import pytest

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from server import duties
from server.archive import keeper
from server.archive.erasure import Tombstone
from server.archive.log import EventLog
from server.setup import MeetingSetup
from server.terms import TERMS
from server.web import LOG
from tests.server.conftest import final

ON, CHATHAM = RecordPolicy.ON_RECORD, RecordPolicy.CHATHAM
DAY = 24 * 3_600_000


async def held(world, meeting="m1", policy=ON, text="Canary."):
    publisher = await world.joined(meeting=meeting, policy=policy)
    await world.publish(publisher, final("c1", text), final("c2", "More.", start=5000))
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)


def setup(world, **terms):
    async def lookup(_):
        return MeetingSetup(**terms)

    world.client.app._state[TERMS] = lookup


def every_byte(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def test_public_records_get_a_bag_once(world, config):
    await held(world)
    await held(world, "m2", CHATHAM)
    assert await duties.write_bags(world.client.app) == ["m1"]
    assert bagit.Bag(str(config.data / "bags" / "m1")).is_valid()
    assert not (config.data / "bags" / "m2").exists()
    assert await duties.write_bags(world.client.app) == []


async def test_an_audit_names_a_flipped_byte_in_its_report(world, config):
    await held(world)
    await duties.write_bags(world.client.app)
    assert (await duties.run_audit(world.client.app)).damages == ()
    path = config.data / "bags" / "m1" / "data" / "floor.vtt"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    found = await duties.run_audit(world.client.app)
    assert [damage.path for damage in found.damages] == [str(path)]
    assert json.loads((config.data / "audit.json").read_bytes())["damages"][0]["fault"] == "changed"


async def test_a_meeting_is_erased_when_its_agreed_time_is_over(world, config):
    await held(world)
    setup(world, retention_days=30)
    assert await duties.retain(world.client.app) == []
    wall = world.hub.clock.wall_ms
    object.__setattr__(world.hub.clock, "wall_ms", lambda: wall() + 31 * DAY)
    assert await duties.retain(world.client.app) == ["m1"]
    assert await duties.retain(world.client.app) == []
    assert b"Canary." not in every_byte(config.data)
    answer = await world.client.get("/archive/m1/")
    assert answer.status == 410
    assert "30 days" in await answer.text()


async def test_without_an_agreement_nothing_is_erased(world):
    await held(world)
    wall = world.hub.clock.wall_ms
    object.__setattr__(world.hub.clock, "wall_ms", lambda: wall() + 40_000 * DAY)
    assert await duties.retain(world.client.app) == []


@pytest.mark.parametrize("whole", [True, False])
async def test_an_erasure_reaches_index_bag_and_static_export(world, config, tmp_path, whole):
    await held(world)
    target = tmp_path / "static"
    app = world.client.app

    await duties.write_bags(app)
    await app[LOG].write(lambda log: keeper.static(log, config.data, target, lambda _: MeetingSetup()))
    for folder in (config.data, target):
        assert b"Canary." in every_byte(folder)
    headers = {"Authorization": f"Bearer {world.token}"}
    body = {"reason": "Asked for."} | ({} if whole else {"start": 0, "end": 2000, "policy": "off_record"})
    answer = await world.client.post(f"/api/review/m1/{'erase' if whole else 'strike'}", json=body, headers=headers)
    assert answer.status == 200, await answer.text()
    for folder in (config.data, target):
        assert b"Canary." not in every_byte(folder)
        assert b"canary" not in every_byte(folder)
    assert (config.data / "bags" / "m1").exists() is not whole
    found = await world.client.get("/archive/search?q=canary")
    assert "/archive/m1/" not in await found.text()


async def test_duties_go_on_until_they_are_cancelled(world, config, monkeypatch):
    await held(world)
    monkeypatch.setattr(duties, "FIRST_S", 0)
    task = asyncio.create_task(duties.duties(world.client.app))
    async with asyncio.timeout(20):
        while not (config.data / "audit.json").exists():  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.02)  # the report is a file
    assert (config.data / "bags" / "m1").is_dir()
    task.cancel()


async def test_offline_the_same_things_are_done_on_the_folder(start, config, tmp_path):
    async with start() as world:
        await held(world)
        await held(world, "m2", text="Other.")
    log = EventLog(config.data)
    assert keeper.bag(log, config.data, "m1", MeetingSetup()).is_dir()
    done = keeper.static(log, config.data, tmp_path / "static", lambda _: MeetingSetup())
    assert sorted(done.written) == ["m1", "m2"]
    assert keeper.static(log, config.data, tmp_path / "static", lambda _: MeetingSetup()).kept == 2
    keeper.erase(log, config.data, Tombstone("m1", "Asked for.", 5))
    with pytest.raises(LookupError):
        keeper.erase(log, config.data, Tombstone("m9", "x", 5))
    late = log.find("m2").meeting.started + 11 * DAY
    assert keeper.retain(log, config.data, lambda _: MeetingSetup(retention_days=10), late) == ["m2"]
    log.close()
    for folder in (config.data, tmp_path / "static"):
        assert b"Canary" not in every_byte(folder)
        assert b"Other." not in every_byte(folder)
