"""Invitations and passcodes as their users meet them: HTTP to make them, the socket and the pages to use them."""

import re

import pytest

from captioner.captions import wire
from captioner.captions.cue import Track
from server.access import DOORS
from server.passcodes import PER_ADDRESS
from server.roles import Grant
from server.session import CloseCode


@pytest.fixture
def host(world):
    return {"Authorization": f"Bearer {world.token}"}


async def invited(world, host, role, meeting="m1", **options):
    answer = await world.client.post(
        f"/api/meetings/{meeting}/invitations", json={"role": role} | options, headers=host
    )
    assert answer.status == 201
    return await answer.json()


async def corrector(world, token, role=wire.Role.CORRECTOR, meeting="m1"):
    peer = await world.connect()
    await peer.send(wire.Hello(role=role, meeting=meeting, token=token))
    return peer


async def test_an_invitation_from_the_order_to_its_revocation(world, host):
    await world.joined()
    made = await invited(world, host, "corrector", hours=2, label="second desk")
    assert re.fullmatch(r"/correct/m1#token=\S+", made["path"])
    peer = await corrector(world, made["token"])
    await peer.get(wire.Presence, viewers=0)
    listed = await (await world.client.get("/api/meetings/m1/invitations", headers=host)).json()
    assert [(each["id"], each["label"], each["revoked"]) for each in listed] == [(made["id"], "second desk", False)]
    assert made["token"] not in str(listed)
    gone = await world.client.delete(f"/api/meetings/m1/invitations/{made['id']}", headers=host)
    assert gone.status == 204
    error = await peer.get(wire.Error)
    assert (error.code, error.fatal) == (wire.ErrorCode.UNAUTHORISED, True)
    assert await peer.closed() == CloseCode.POLICY_VIOLATION
    again = await corrector(world, made["token"])
    assert "revoked" in (await again.get(wire.Error)).message
    missing = await world.client.delete("/api/meetings/m1/invitations/none", headers=host)
    assert missing.status == 404


async def test_an_invitation_that_expires_ends_the_connection(world, host):
    await world.joined()
    made = await invited(world, host, "viewer", hours=0.0003)  # about a second
    peer = await corrector(world, made["token"], wire.Role.VIEWER)
    await peer.get(wire.Welcome)
    assert "expired" in (await peer.get(wire.Error)).message
    assert await peer.closed() == CloseCode.POLICY_VIOLATION


@pytest.mark.parametrize("role", sorted(set(Grant) - {Grant.STRANGER, Grant.HOST}))
async def test_only_the_host_invites(world, host, role):
    made = await invited(world, host, role)
    theirs = {"Authorization": f"Bearer {made['token']}"}
    for method, path in (
        ("get", "/api/meetings/m1/invitations"),
        ("post", "/api/meetings/m1/invitations"),
        ("delete", f"/api/meetings/m1/invitations/{made['id']}"),
        ("post", "/api/meetings/m1/passcode"),
    ):
        answer = await getattr(world.client, method)(path, headers=theirs)
        assert answer.status == 403
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        nobody = await getattr(world.client, method)(path)
        assert nobody.status == 401
        assert nobody.headers["WWW-Authenticate"] == "Bearer"


async def test_a_host_s_invitation_is_for_its_meeting_alone(world, host):
    made = await invited(world, host, "host")
    theirs = {"Authorization": f"Bearer {made['token']}"}
    assert (await world.client.get("/api/meetings/m1/invitations", headers=theirs)).status == 200
    assert (await world.client.get("/api/meetings/m2/invitations", headers=theirs)).status == 401


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"role":"king"}', '{"role":"stranger"}', '{"role":"viewer","hours":-1}']
)
async def test_an_order_that_is_none(world, host, body):
    answer = await world.client.post("/api/meetings/m1/invitations", data=body, headers=host)
    assert answer.status == 400
    assert "king" not in (await answer.json())["error"]


async def test_a_foreign_page_may_not_ask(world, host):
    foreign = host | {"Origin": "http://evil.example"}
    answer = await world.client.post("/api/meetings/m1/invitations", json={"role": "host"}, headers=foreign)
    assert answer.status == 403


async def passcode(world, host, code):
    return await world.client.post("/api/meetings/m1/passcode", json={"passcode": code}, headers=host)


async def reader(world, code):
    peer = await world.connect()
    await peer.send(wire.Hello(role=wire.Role.VIEWER, meeting="m1", passcode=code))
    return peer


async def test_a_meeting_with_a_passcode(world, host):
    publisher = await world.joined()
    await world.publish(publisher, world.final(text="Secret words."))
    assert (await passcode(world, host, "short")).status == 400
    assert (await passcode(world, host, "open sesame")).status == 200
    for wrong in ("", "open sesam"):
        peer = await reader(world, wrong)
        error = await peer.get(wire.Error)
        assert (error.code, error.fatal) == (wire.ErrorCode.PASSCODE, True)
        await peer.closed()
        assert "Secret" not in str(peer.seen)
        for path in ("/archive/m1/", "/archive/m1/floor.vtt"):
            answer = await world.client.get(path, headers={"X-Passcode": wrong})
            assert answer.status == 401
            assert "Secret" not in await answer.text()
    for _ in range(2):
        assert "Secret" in str(await (await reader(world, "open sesame")).get(wire.SnapshotMessage))
    right = await world.client.get("/archive/m1/floor.vtt", headers={"X-Passcode": "open sesame"})
    assert "Secret" in await right.text()
    made = await invited(world, host, "viewer")
    invited_reader = await corrector(world, made["token"], wire.Role.VIEWER)
    await invited_reader.get(wire.SnapshotMessage)
    assert (await passcode(world, host, "")).status == 200
    await (await reader(world, "")).get(wire.SnapshotMessage)


async def test_wrong_passcodes_are_limited_for_right_ones_too(world, host):
    await world.joined()
    await passcode(world, host, "open sesame")
    for _ in range(PER_ADDRESS):
        assert (await world.client.get("/archive/m1/", headers={"X-Passcode": "nonsense"})).status == 401
    limited = await world.client.get("/archive/m1/", headers={"X-Passcode": "open sesame"})
    assert (limited.status, limited.headers["Retry-After"]) == (429, "600")
    error = await (await reader(world, "open sesame")).get(wire.Error)
    assert error.code is wire.ErrorCode.TOO_MANY


async def test_invitations_and_passcodes_outlive_a_restart(start, config):
    async with start() as world:
        host = {"Authorization": f"Bearer {world.token}"}
        made = await invited(world, host, "corrector")
        gone = await invited(world, host, "corrector")
        await world.client.delete(f"/api/meetings/m1/invitations/{gone['id']}", headers=host)
        await passcode(world, host, "open sesame")
    async with start() as world:
        await world.joined()
        assert world.client.app[DOORS].locked("m1")
        await (await corrector(world, made["token"])).get(wire.Welcome)
        assert "revoked" in (await (await corrector(world, gone["token"])).get(wire.Error)).message


async def test_an_invited_captioner_captions_and_nothing_else(world, host):
    await world.joined()
    made = await invited(world, host, "captioner")
    peer = await world.publisher(token=made["token"], identity="p2", track=Track("fr", "fr"))
    await peer.get(wire.Welcome)
    await world.publish(peer, world.final())
    await peer.send(wire.End())
    assert (await peer.get(wire.Error)).code is wire.ErrorCode.UNAUTHORISED
