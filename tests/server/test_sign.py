import dataclasses
from pathlib import Path

import pytest

import viewer
from captioner.captions.cue import RecordPolicy
from server.faults import InvalidSetup
from server.setup import MeetingSetup, checked, origin
from server.setup_files import from_toml

ADDRESS = "https://Meet.Example.org:8443/room/sign?lang=isl&x=1#t=3"


@pytest.fixture
def config(config):
    return dataclasses.replace(config, viewer=Path(viewer.__file__).parent)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (ADDRESS, "https://meet.example.org:8443"),
        ("https://meet.example.org", "https://meet.example.org"),
        ("https://meet.example.org?x", "https://meet.example.org"),
        ("", ""),
        ("http://meet.example.org/", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://user:secret@meet.example.org/", ""),
        ("https://meet.example.org; script-src *", ""),
        ("https://meet.example.org/a b", ""),
        ("https://meet.example.org/\n", ""),
        ("https://*.example.org/", ""),
        ("https://meet.example.org/" + "x" * 500, ""),
        ("https://-meet.example.org/", ""),
    ],
)
def test_only_an_https_address_has_an_origin(address, found):
    assert origin(address) == found


def test_the_set_up_takes_it_from_a_plan_and_refuses_others():
    plan = f'title = "M"\nsign_video = "{ADDRESS}"\n'
    assert from_toml(plan).sign_video == ADDRESS
    with pytest.raises(InvalidSetup) as refused:
        checked(MeetingSetup(title="M", sign_video="http://meet.example.org/"))
    assert [error.field for error in refused.value.errors] == ["sign_video"]
    assert "https://" in refused.value.errors[0].problem


async def test_the_page_may_frame_this_video_alone_and_readers_learn_its_address(world):
    before = await world.client.get("/beside/m1")
    assert "frame-src" not in before.headers["Content-Security-Policy"]
    setup = MeetingSetup(title="M", policy=RecordPolicy.ON_RECORD, sign_video=ADDRESS)
    await world.hub.set_up("m1", setup)
    await world.joined()
    policy = (await world.client.get("/beside/m1")).headers["Content-Security-Policy"]
    assert "frame-src https://meet.example.org:8443;" in f"{policy};"
    assert "default-src 'none'" in policy
    for path in ("/live/m1", "/read/m1", "/embed/m1", "/beside/other"):
        assert "frame-src" not in (await world.client.get(path)).headers["Content-Security-Policy"], path
    assert await (await world.client.get("/live/m1/sign")).json() == {"address": ADDRESS}
    assert await (await world.client.get("/live/other/sign")).json() == {"address": ""}


async def test_who_may_not_read_learns_nothing_of_it(world):
    await world.joined()
    await world.hub.set_up("m1", MeetingSetup(title="M", sign_video=ADDRESS))
    answer = await world.client.post(
        "/api/meetings/m1/passcode",
        json={"passcode": "open sesame"},
        headers={"Authorization": f"Bearer {world.token}"},
    )
    assert answer.status == 200
    assert (await world.client.get("/live/m1/sign")).status in {401, 403}
    opened = await world.client.get("/live/m1/sign", headers={"X-Passcode": "open sesame"})
    assert await opened.json() == {"address": ADDRESS}
