import pytest

from captioner.captions import wire


@pytest.fixture
async def host(world):
    await world.joined()
    peer = await world.connect()
    await peer.send(wire.Hello(role=wire.Role.HOST, meeting="m1", token=world.token))
    await peer.get(wire.Welcome)
    return peer


async def post(world, fields, **headers):
    return await world.client.post("/live/m1/signal", data=fields, headers=headers)


async def test_the_page_has_a_button_for_each_signal_and_may_post_to_itself_only(world):
    answer = await world.client.get("/live/m1/signal")
    html = await answer.text()
    for signal in wire.SignalKind:
        assert f'value="{signal}"' in html
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"  # else the browser's Origin is "null"


async def test_a_press_reaches_the_host_and_is_anonymous(world, host):
    answer = await post(world, {"signal": "slow_down"})
    assert answer.status == 200
    assert "The host has been told." in await answer.text()
    got = await host.get(wire.Signalled)
    assert (got.signal, got.text, got.name, got.count) == (wire.SignalKind.SLOW_DOWN, "", "", 1)


async def test_a_question_with_a_name(world, host):
    await post(world, {"signal": "question", "text": " Why <b>? ", "name": "Ann"})
    got = await host.get(wire.Signalled)
    assert (got.text, got.name) == ("Why <b>?", "Ann")


async def test_who_drums_is_told_to_wait(world, host):
    assert (await post(world, {"signal": "who"})).status == 200
    answer = await post(world, {"signal": "repeat"})
    assert answer.status == 429
    assert "wait a second" in await answer.text()


@pytest.mark.parametrize(
    "fields", [{}, {"signal": "shout"}, {"signal": "question"}, {"signal": "question", "text": "  "}]
)
async def test_what_is_no_signal_is_refused_with_what_to_do(world, host, fields):
    answer = await post(world, fields)
    assert answer.status == 400
    assert "choose one of the buttons" in await answer.text()


async def test_without_a_meeting_nobody_was_told(world):
    answer = await post(world, {"signal": "who"})
    assert answer.status == 409
    assert "The host has been told" not in await answer.text()


@pytest.mark.parametrize("origin", ["https://other.example", "null"])
async def test_another_site_s_page_cannot_signal(world, host, origin):
    assert (await post(world, {"signal": "who"}, Origin=origin)).status == 403
