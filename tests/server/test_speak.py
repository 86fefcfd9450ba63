import asyncio

import pytest
from aiohttp import WSMsgType

from server.roles import Grant
from server.speech import Place, Places

FRAME = b"\x01\x00" * 1600


async def dial(world, role, token=None, meeting="m1"):
    socket = await world.client.ws_connect(f"/audio/{meeting}", protocols=["audio.v1"])
    await socket.send_json({"role": role, "token": world.token if token is None else token})
    return socket


async def test_sound_passes_from_the_page_to_the_captioner(world):
    speaker = await dial(world, "speaker")
    assert await speaker.receive_json(timeout=20) == {"listening": False}
    listener = await dial(world, "listener")
    assert await speaker.receive_json(timeout=20) == {"listening": True}
    await speaker.send_bytes(FRAME)
    assert await listener.receive_bytes(timeout=20) == FRAME
    await listener.close()
    assert await speaker.receive_json(timeout=20) == {"listening": False}
    await speaker.close()


@pytest.mark.parametrize("role", ["speaker", "listener"])
async def test_each_place_is_taken_once_and_freed(world, role):
    first = await dial(world, role)
    if role == "speaker":
        await first.receive_json(timeout=20)
    else:
        await asyncio.sleep(0.05)
    second = await dial(world, role)
    refusal = await second.receive_json(timeout=20)
    assert "already" in refusal["error"]
    assert refusal["code"] == "track_taken"
    await first.close()
    for _ in range(100):
        third = await dial(world, "speaker" if role == "speaker" else role)
        message = await third.receive(timeout=0.3) if role == "speaker" else None
        if message is None or "listening" in message.data:
            return
    raise AssertionError("the place was not freed")


@pytest.mark.parametrize(
    "hello", [{"role": "speaker", "token": "wrong"}, {"role": "speaker"}, {"role": "king", "token": None}, {}]
)
async def test_strangers_are_refused(world, hello):
    socket = await world.client.ws_connect("/audio/m1", protocols=["audio.v1"])
    await socket.send_json({name: world.token if value is None else value for name, value in hello.items()})
    assert "error" in await socket.receive_json(timeout=20)
    assert (await socket.receive(timeout=20)).type in {WSMsgType.CLOSE, WSMsgType.CLOSED}


@pytest.mark.parametrize(("role", "may"), [(Grant.CAPTIONER, True), (Grant.VIEWER, False), (Grant.CORRECTOR, False)])
async def test_an_invitation_must_be_for_captioning(world, role, may):
    await world.joined()
    reply = await world.client.post(
        "/api/meetings/m1/invitations", json={"role": str(role)}, headers={"Authorization": f"Bearer {world.token}"}
    )
    token = (await reply.json())["token"]
    message = await (await dial(world, "speaker", token)).receive_json(timeout=20)
    assert ("listening" in message) is may


async def test_other_protocols_and_foreign_pages_are_refused(world):
    reply = await world.client.get("/audio/m1", headers={"Connection": "Upgrade", "Upgrade": "websocket"})
    assert reply.status == 400
    reply = await world.client.get(
        "/audio/m1", headers={"Origin": "https://evil.example", "Sec-WebSocket-Protocol": "audio.v1"}
    )
    assert reply.status == 403


async def test_a_slow_captioner_hears_the_newest():
    place = Place()
    assert place.enter("listener", 1)
    for n in range(70):
        place.put(bytes([n]))
    assert place.dropped == 20
    assert await place.get() == bytes([20])


def test_places_are_forgotten_and_without_a_listener_nothing_is_kept():
    places = Places()
    place = places.at("m")
    place.enter("speaker", 1)
    place.put(b"x")
    place.enter("listener", 2)
    assert not place._frames
    place.leave(1)
    places.tidy("m")
    assert places.at("m") is place
    place.leave(2)
    places.tidy("m")
    assert places.at("m") is not place
