"""From a page for speaking to written captions: a real browser, server, captioner and model.

A microphone is Chromium's fake device, which plays a recording; a tab is another tab of the browser that plays one.
"""

import shutil
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from benchmarks.unplug import speech
from server.tokens import host_token
from tests.browser.conftest import ARGUMENTS
from tests.browser.meeting import until

pytestmark = pytest.mark.slow
PLAYING = "A tab that plays speech"


@pytest.fixture
def recording(tmp_path):
    speech(tmp_path / "speech.wav", 15)
    return tmp_path / "speech.wav"


@pytest.fixture
def player(recording):
    """The address of a foreign page that plays the recording again and again."""
    page = f"<!doctype html><title>{PLAYING}</title><audio src=/speech.wav autoplay loop></audio>".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            sound = self.path == "/speech.wav"
            body = recording.read_bytes() if sound else page
            self.send_response(200)
            self.send_header("Content-Type", "audio/wav" if sound else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture
def browser(recording, source):
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed (apt: chromium)")
    from playwright.sync_api import sync_playwright

    media = {
        "microphone": [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={recording}",
        ],
        # no fake device here: nothing else can be heard than the other tab
        "tab": [
            f"--auto-select-tab-capture-source-by-title={PLAYING}",
            "--autoplay-policy=no-user-gesture-required",
        ],
    }[source]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, *media], ignore_default_args=["--mute-audio"]
        )
        yield browser
        browser.close()


@pytest.mark.parametrize("source", ["microphone", "tab"])
def test_what_a_page_hears_becomes_captions(tmp_path, program, model, browser, player, source):
    run = program("live", "--source", "relay:m1", "--data", tmp_path, "--port", 0, "--json", "--meeting", "m1")
    url = run.until(lambda m: m["event"] == "serving", 60)["url"].split("/live/")[0]
    run.until(lambda m: m["event"] == "started", 120)
    reader = browser.new_page()
    reader.goto(f"{url}/live/m1")
    if source == "tab":
        browser.new_page().goto(player)
    page = browser.new_page()
    page.goto(f"{url}/speak/m1#token={host_token(tmp_path)}")
    page.check(f"input[value={source}]")
    page.focus("#start")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('state').textContent === 'You are captioned.'", 30_000)
    until(page, "document.getElementById('level').value > -40", 30_000)
    heard = [m["text"] for m in run.captions(2)]
    assert "committee" in " ".join(heard).lower()
    until(reader, "document.querySelectorAll('#log p').length >= 2", 30_000)
    assert "committee" in reader.text_content("#log").lower()
    page.focus("#stop")
    page.keyboard.press("Enter")
    run.interrupt()
    assert run.end(120) == 0
    assert "committee" in (tmp_path / "archive" / "m1" / "floor.vtt").read_text(encoding="utf-8").lower()
    assert "Traceback" not in run.errors
