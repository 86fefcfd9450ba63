"""Readers tell the host, in a real Chromium, against the real server, with a real host's connection."""

import json

import pytest

from tests.browser.meeting import count, until

pytestmark = pytest.mark.browser


@pytest.fixture
def host(server, publisher):
    """A host's connection; returns what readers signalled next."""
    from websockets.sync.client import connect

    from server.tokens import host_token

    publisher.say("A sentence to read.")
    publisher.settle()
    with connect(server.url.replace("http", "ws", 1) + "/ws", subprotocols=["captions.v1"]) as socket:
        socket.send(json.dumps({"type": "hello", "role": "host", "meeting": "m1", "token": host_token(server.data)}))

        def signalled():
            while True:
                message = json.loads(socket.recv(timeout=20))
                if message["type"] == "signalled":
                    return message

        yield signalled


@pytest.mark.parametrize("path", ["/live/m1", "/simple/m1", "/pin/m1"])
def test_one_press_tells_the_host_and_the_reader_learns_it(page, server, host, path):
    from axe_playwright_python.sync_playwright import Axe

    page.goto(server.url + path)
    count(page, 1)
    if path != "/live/m1":
        page.click("#tell-box > summary")
    button = page.get_by_role("button", name="Please slow down")
    button.wait_for()
    assert button.bounding_box()["height"] >= 44
    button.focus()
    page.keyboard.press("Enter")
    until(page, "document.getElementById('told-host').textContent === 'The host has been told.'")
    assert page.get_attribute("#told-host", "role") == "status"
    got = host()
    assert (got["signal"], got.get("name", ""), got.get("text", "")) == ("slow_down", "", "")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('told-host').textContent === 'You have just told the host.'")
    assert page.evaluate("document.activeElement.textContent") == "Please slow down"
    assert Axe().run(page).response["violations"] == []
    assert len(page.locator("#log p").all()) == 1


def test_a_question_reaches_the_host_with_the_name_that_was_given(page, server, host):
    page.goto(f"{server.url}/simple/m1")
    count(page, 1)
    page.click("#tell-box > summary")
    page.click("#tell summary")
    page.fill("#tell textarea", "Which <item> is this?")
    page.fill("#tell input", "Ann")
    page.click("#tell form button")
    until(page, "document.getElementById('told-host').textContent === 'The host has been told.'")
    got = host()
    assert (got["signal"], got["text"], got["name"]) == ("question", "Which <item> is this?", "Ann")
    assert page.input_value("#tell textarea") == ""


def test_without_a_connection_the_reader_learns_that_nobody_was_told(page, server, publisher):
    publisher.say("A sentence to read.")
    page.goto(f"{server.url}/simple/m1")
    count(page, 1)
    page.click("#tell-box > summary")
    server.kill()
    until(page, "document.getElementById('status').textContent.startsWith('No connection')")
    page.get_by_role("button", name="Who is speaking?").click()
    until(page, "document.getElementById('told-host').textContent.startsWith('Not sent')")


def test_it_works_without_javascript(chromium, server, host):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/live/m1/signal")
    page.get_by_role("button", name="Please repeat").click()
    page.get_by_text("The host has been told.").wait_for()
    assert host()["signal"] == "repeat"
    context.close()


@pytest.mark.parametrize("path", ["/read/m1", "/simple/m1", "/pin/m1", "/beside/m1", "/embed/m1"])
def test_a_passcode_opens_every_view(page, server, publisher, path):
    import urllib.request

    from server.tokens import host_token

    publisher.say("Behind the door.")
    publisher.settle()
    request = urllib.request.Request(
        f"{server.url}/api/meetings/m1/passcode",
        data=b'{"passcode": "open sesame"}',
        method="POST",
        headers={"Authorization": f"Bearer {host_token(server.data)}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status in {200, 204}
    page.goto(server.url + path)
    page.fill("#passcode", "open sesame")
    page.keyboard.press("Enter")
    until(
        page,
        "(document.querySelector('#text .now') ?? document.getElementById('log')).textContent === 'Behind the door.'",
    )
    assert not page.locator("#door").is_visible()
