from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from server.opening import OPEN, refresh
from server.setup import Item, MeetingSetup

SETUP = MeetingSetup(
    title="A meeting",
    series="IGF",
    licence="https://example.org/l",
    agenda=(Item("Opening", 0),),
    policy=RecordPolicy.ON_RECORD,
)


async def ended(world):
    publisher = await world.joined()
    await world.publish(publisher, world.final(text="The captions are open."))
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)


def lay_down(world, setup):
    world.hub.setups.put("m1", setup)


async def test_series_licence_and_agenda_of_the_set_up_reach_lists_and_files(world, config):
    lay_down(world, SETUP)
    await ended(world)
    entry = await world.client.app[OPEN].read(lambda catalogue: catalogue.entry("m1"))
    assert (entry.series, entry.licence) == ("IGF", "https://example.org/l")
    text = (config.data / "archive" / "m1" / "floor.txt").read_text(encoding="utf-8")
    assert "Licence: https://example.org/l" in text
    assert "OPENING" in text
    assert "IGF" in await (await world.client.get("/series/")).text()


async def test_where_two_people_must_release_nothing_is_open_before(world):
    import msgspec

    lay_down(world, msgspec.structs.replace(SETUP, two_person_release=True))
    await ended(world)
    assert await world.client.app[OPEN].read(lambda catalogue: catalogue.entry("m1")) is None
    await refresh(world.client.app, "m1")
    assert "captions are open" not in await (await world.client.get("/search?q=captions")).text()
