"""Renews the pictures of the pages in docs: `python -m scripts.pictures [NAME ...]`; needs Chromium and ffmpeg.

A captioner captions the demo's recording, and a host, a corrector, a human captioner and readers open their pages.
"""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from server.tokens import host_token

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SPEAK = ROOT / "docs" / "hosts" / "speak.png"
TITLE = "Committee on accessible meetings"
SETUP = {
    "title": TITLE,
    "policy": "on_record",
    "glossary": "DCAD = decad, D-card\nBraille = braille",
    "roster": [
        {"name": "Maria", "role": "Chair", "key": "1", "consent": True},
        {"name": "David", "key": "2", "consent": True},
        {"name": "Chidi Okafor", "key": "3"},
    ],
}
CAPTIONS, TAIL = 4, 6  # captions and letters behind them that make a good picture
SPEECH_DB = -25  # a level between words makes no good picture
FFMPEG = shutil.which("ffmpeg") or "ffmpeg"
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
SIGNAL = """(signal) => { const socket = new WebSocket(`ws://${location.host}/ws`, "captions.v1");
  socket.onopen = () => { socket.send(JSON.stringify({type: "hello", role: "viewer", meeting: "m1"}));
    socket.send(JSON.stringify({type: "signal", ...signal})); }; }"""


class Meeting:
    """The demo's recording, captioned now."""

    def __init__(self, data: Path) -> None:
        """Start the captioner with a server of its own."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data, self.url = data, f"http://127.0.0.1:{self.port}"
        options = ["--meeting", "m1", "--port", str(self.port), "--data", str(data), "--keep", "--refine", "off"]
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [Path(sys.executable).with_name("captioner"), "file", str(ROOT / "demo" / "meeting.opus"), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: (data / "host.token").exists() and self.ask("/setup", "PUT", SETUP) is not None)

    def ask(self, path: str, method: str = "GET", body: object = None) -> Any:
        """Ask as the host; None while nobody answers."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}/api/meetings/m1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {host_token(self.data)}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own server
                return json.loads(answer.read() or b"null")
        except OSError:
            return None

    def link(self, path: str, role: str) -> str:
        """Return the address of a role's page."""
        token = host_token(self.data) if role == "host" else self.ask("/invitations", "POST", {"role": role})["token"]
        return f"{self.url}{path}#token={token}"


def until(true: Callable[[], object], seconds: float = 90) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            msg = "this never came about"
            raise TimeoutError(msg)
        time.sleep(0.2)


def opened(browser: Browser, address: str, width: int, height: int) -> Page:
    """Return a page in a context of its own."""
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(address)
    return page


def kept(page: Page, path: Path, *, whole: bool = True) -> None:
    """Take the picture, with few colours: the pages have few."""
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.png"
        page.screenshot(path=full, full_page=whole)
        few = "split[a][b];[a]palettegen=max_colors=96:reserve_transparent=0[p];[b][p]paletteuse=dither=none"
        subprocess.run([FFMPEG, "-v", "error", "-y", "-i", full, "-vf", few, "-frames:v", "1", path], check=True)  # noqa: S603 - ffmpeg
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def captioned(page: Page) -> None:
    """Wait until captions stand there, and words that may still change."""
    until(lambda: page.locator("#log p").count() >= CAPTIONS and len(page.text_content("#tail") or "") >= TAIL)


def console(browser: Browser, meeting: Meeting) -> None:
    """Take the host's page with what readers say and who speaks."""
    page = opened(browser, meeting.link("/host/m1", "host"), 1280, 900)
    page.wait_for_selector("#speakers button:has-text('Maria')")
    page.click("#speakers button:has-text('Maria')")
    readers = [opened(browser, f"{meeting.url}/live/m1", 800, 600) for _ in range(3)]
    readers[0].evaluate(SIGNAL, {"signal": "slow_down"})
    readers[1].evaluate(SIGNAL, {"signal": "question", "text": "Is the text minuted?"})
    captioned(page)
    until(lambda: page.locator("#signals li").count() > 1)
    kept(page, IMAGES / "console.png")


def live(browser: Browser, meeting: Meeting) -> None:
    """Take the live page at a desk and on a phone, and the reading view."""
    for path, name, width, height in (("/live/m1", "live", 1280, 800), ("/live/m1", "live-phone", 390, 780)):
        page = opened(browser, meeting.url + path, width, height)
        captioned(page)
        kept(page, IMAGES / f"{name}.png", whole=False)
    page = opened(browser, f"{meeting.url}/read/m1", 900, 640)
    page.wait_for_timeout(2_000)
    kept(page, IMAGES / "read.png", whole=False)


def correct(browser: Browser, meeting: Meeting) -> None:
    """Take the corrector's page with a caption being edited."""
    page = opened(browser, meeting.link("/correct/m1", "corrector"), 1280, 800)
    until(lambda: page.locator("#cues li:has-text('14 people')").count() > 0)
    page.wait_for_timeout(1_000)  # the glossary is there
    page.click("#cues li:has-text('14 people')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#editor:not([hidden])")
    page.wait_for_timeout(1_000)
    kept(page, IMAGES / "correct.png")


def cart(browser: Browser, meeting: Meeting) -> None:
    """Take the human captioner's page while a person types."""
    page = opened(browser, meeting.link("/cart/m1", "captioner"), 1280, 800)
    captioned(page)
    page.click("#take")
    page.wait_for_selector("#typed:not([disabled])")
    page.fill("#speaker", "David")
    page.focus("#typed")
    page.keyboard.type("Now we come to the next item. We hear the DCAD on Braille dis", delay=20)
    page.wait_for_timeout(700)
    kept(page, IMAGES / "cart.png")
    page.click("#back")


def speak(browser: Browser, meeting: Meeting) -> None:
    """Take the page for speaking while somebody speaks."""
    page = opened(browser, meeting.link("/speak/m1", "host"), 900, 620)
    page.wait_for_function("document.title.startsWith('Committee')")
    page.click("#start")
    until(lambda: "good" in (page.text_content("#level-words") or ""))
    until(lambda: page.evaluate("document.getElementById('level').value") > SPEECH_DB)
    kept(page, SPEAK, whole=False)


PICTURES: dict[str, Callable[[Browser, Meeting], None]] = {
    "console": console,
    "live": live,  # and live-phone, read
    "correct": correct,
    "cart": cart,
    "speak": speak,
}


def main(names: list[str]) -> None:
    """Renew these pictures, or all."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or ""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        meeting = Meeting(Path(folder) / "data")
        speech = Path(folder) / "speech.wav"
        subprocess.run(  # noqa: S603 - ffmpeg
            [FFMPEG, "-v", "error", "-i", ROOT / "demo" / "meeting.opus", "-t", "20", "-ar", "48000", speech],
            check=True,
        )
        arguments = ["--no-sandbox", "--disable-gpu", *MICROPHONE, f"--use-file-for-fake-audio-capture={speech}"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            for name in names or PICTURES:
                PICTURES[name](browser, meeting)
        finally:
            browser.close()
            meeting.process.terminate()
            meeting.process.wait(30)


if __name__ == "__main__":
    main(sys.argv[1:])
