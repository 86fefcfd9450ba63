"""What readers tell the host stays with the record where the set-up says so: nameless, nothing off the record, erasable."""

import dataclasses

import pytest

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.policy import PolicyChange
from server.app import LOG
from server.archive.erasure import Tombstone, strike
from server.archive.signals import signals_of
from server.errors import StorageFull
from server.setup import MeetingSetup
from tests.server.test_absence import Clock

CANARIES = ("Canaryname", "Canaryquestion-off")


@pytest.fixture
def config(config):
    return dataclasses.replace(config, timing=dataclasses.replace(config.timing, silent_s=100.0))


def every_byte(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def begun(world, *, keep=True):
    await world.hub.set_up("m1", MeetingSetup("A meeting", policy=RecordPolicy.ON_RECORD, keep_signals=keep))
    clock, machine = Clock(world.hub), await world.joined()
    return clock, machine


async def told(world, clock, kind, text="", readers=1):
    """Readers signal at once, a while after the last signal."""
    clock.pass_(20)
    for number in range(readers):
        signal = wire.Signal(signal=kind, text=text, name="Canaryname")
        assert world.hub.signal("m1", (kind, text, number, clock.seconds), signal)
    await world.hub.tick()


async def switched(machine, at, policy):
    await machine.send(wire.SetPolicy(change=PolicyChange(at, policy)))
    await machine.send(wire.Ping())
    await machine.get(wire.Pong)


async def kept(world):
    found = await world.client.app[LOG].write(lambda log: signals_of(log, "m1"))
    return [(one.at // 1000, one.kind.value, one.text, one.count) for one in found]


async def test_they_stand_as_an_annex_without_names(world, config):
    clock, machine = await begun(world)
    await told(world, clock, wire.SignalKind.SLOW_DOWN, readers=3)
    await told(world, clock, wire.SignalKind.QUESTION, "Who <pays>?")
    await switched(machine, 50_000, RecordPolicy.CHATHAM)
    await told(world, clock, wire.SignalKind.UNCLEAR)
    await switched(machine, 70_000, RecordPolicy.OFF_RECORD)
    await told(world, clock, wire.SignalKind.QUESTION, "Canaryquestion-off?")
    await switched(machine, 90_000, RecordPolicy.ON_RECORD)
    await world.publish(machine, world.final("c1"))
    expected = [(20, "slow_down", "", 3), (40, "question", "Who <pays>?", 1), (60, "unclear", "", 1)]
    assert await kept(world) == expected
    await machine.send(wire.End())
    await machine.get(wire.Ended)
    lines = ("00:00:20 Please slow down (3 readers)", "00:00:40 A question: Who", "00:01:00 This was unclear")
    names = {path.name for path in config.data.rglob("floor.*")}
    assert {"floor.txt", "floor.html", "floor.json"} <= names
    for ending in ("txt", "html"):
        text = next(config.data.rglob(f"floor.{ending}")).read_text(encoding="utf-8")
        assert all(line in text for line in lines), ending
        assert "<pays>" not in text or ending == "txt"
    assert "Please slow down" in next(config.data.rglob("floor.json")).read_text(encoding="utf-8")
    for canary in CANARIES:
        assert canary.encode() not in every_byte(config.data)


async def test_nothing_is_kept_unless_it_was_asked_for(world, config):
    clock, _ = await begun(world, keep=False)
    await told(world, clock, wire.SignalKind.QUESTION, "Canaryquestion-not-kept")
    assert await kept(world) == []
    assert b"Canaryquestion-not-kept" not in every_byte(config.data)


async def test_a_policy_that_reaches_back_and_erasing_a_part_reach_them(world, config):
    clock, machine = await begun(world)
    for number in range(4):
        await told(world, clock, wire.SignalKind.QUESTION, f"Canaryquestion{number}")
    await switched(machine, 70_000, RecordPolicy.OFF_RECORD)
    assert [text for _, _, text, _ in await kept(world)] == [f"Canaryquestion{number}" for number in range(3)]
    assert b"Canaryquestion3" not in every_byte(config.data)
    stone = Tombstone("m1", "asked by the speaker", 99, 30_000, 50_000)
    await world.hub.rewrite("m1", lambda log: strike(log, stone, RecordPolicy.OFF_RECORD), erasing=True)
    assert [text for _, _, text, _ in await kept(world)] == ["Canaryquestion0", "Canaryquestion2"]
    assert b"Canaryquestion1" not in every_byte(config.data)
    await world.hub.erase(Tombstone("m1", "all of it", 99))
    assert await kept(world) == []
    assert b"Canaryquestion" not in every_byte(config.data)


async def test_a_full_disk_keeps_them_for_later(world, monkeypatch):
    clock, _ = await begun(world)
    with monkeypatch.context() as patched:

        def full(*_):
            raise StorageFull

        patched.setattr("server.hub.store_signals", full)
        await told(world, clock, wire.SignalKind.WHO)
        assert await kept(world) == []
    await world.hub.tick()
    assert await kept(world) == [(20, "who", "", 1)]
