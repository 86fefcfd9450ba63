"""The review page in a real Chromium, against the real server: with the keyboard only, by two people, found well by axe."""

import json
import subprocess
import sys
import time
import urllib.request

import msgspec
import pytest

from captioner import messages
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track, Word
from captioner.config import ServerSettings
from captioner.publish.server import ServerSink, Target
from captioner.publish.sink import Emitted
from server.tokens import host_token

pytestmark = pytest.mark.browser


class Server:
    def __init__(self, data):
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-m", "captioner.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.process.stdin.write(msgspec.json.encode(ServerSettings("127.0.0.1", 0, str(data))) + b"\n")
        self.process.stdin.flush()
        self.url = messages.read(self.process.stdout.readline()).url.rstrip("/")

    def ask(self, path, body=None, token=None):
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token or host_token(self.data)}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def invite(self):
        return self.ask("/api/meetings/m1/invitations", {"role": "archivist"})["token"]

    def hold(self, policy, texts):
        ws = self.url.replace("http", "ws", 1) + "/ws"
        sink = ServerSink(Target(ws, host_token(self.data), "m1", "A meeting", Track("floor", "en"), policy, "p"))
        sink.start(20)
        for number, (text, speaker) in enumerate(texts):
            start = number * 3000
            words = tuple(
                Word(start + i * 100, start + i * 100 + 90, " " + w, 0.3 if w == "decad" else 0.9)
                for i, w in enumerate(text.split())
            )
            cue = Cue(f"c{number}", start, start + 2900, text, "en", speaker, words)
            sink.push(Emitted(CueUpdate(cue, 1, CueStatus.FINAL, len(words)), 0, 0))
        sink.close(end=True, timeout=20)


TEXTS = [
    ("Good morning everybody.", "Ann Lee"),
    ("The decad report is ready.", "Ann Lee"),
    ("Thank you, Ingrid Halvorsen, for it.", ""),
    ("We meet again on Monday and on Tuesday.", ""),
]


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    yield server
    server.process.kill()
    server.process.wait()


def until(page, expression):
    deadline = time.monotonic() + 20
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"never true: {expression}; {page.text_content('#problem')}"
        page.wait_for_timeout(30)


def says(page, text):
    until(page, f"document.getElementById('status').textContent.includes({text!r})")


def opened(page, server, token):
    page.goto(f"{server.url}/review/m1#token={token}")
    until(page, "!document.getElementById('main').hidden")


def texts(page):
    return page.evaluate("[...document.querySelectorAll('#list textarea')].map((t) => t.value)")


def tab_to(page, wanted, limit=60):
    """Press Tab until the element with this id has the focus."""
    for _ in range(limit):
        if page.evaluate("document.activeElement.id") == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} was not reached, but {page.evaluate('document.activeElement.id')}")


@pytest.mark.parametrize("viewport", [(1280, 900), (320, 500)])
def test_axe_finds_nothing_and_nothing_is_cut_off(page, server, viewport):
    from axe_playwright_python.sync_playwright import Axe

    server.hold(RecordPolicy.ON_RECORD, TEXTS)
    page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    opened(page, server, server.invite())
    page.focus("#text-c1")
    page.fill("#wanted", "decad")
    until(page, "document.querySelectorAll('#preview li').length === 1")
    page.click("#propose")
    until(page, "!document.getElementById('card').hidden")
    results = Axe().run(page)
    assert results.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_token_leaves_the_address_and_a_wrong_one_is_asked_for_again(page, server):
    server.hold(RecordPolicy.ON_RECORD, TEXTS)
    token = server.invite()
    page.goto(f"{server.url}/review/m1#token=wrong")
    until(page, "!document.getElementById('token-form').hidden")
    assert "token" in page.text_content("#problem")
    page.problems.clear()  # the browser's own line on the refused request
    page.fill("#token", token)
    page.keyboard.press("Enter")
    until(page, "!document.getElementById('main').hidden")
    assert "token" not in page.url
    page.reload()
    until(page, "!document.getElementById('main').hidden")


def test_a_whole_review_with_the_keyboard_only(page, server):
    server.hold(RecordPolicy.ON_RECORD, TEXTS)
    opened(page, server, server.invite())
    tab_to(page, "text-c0")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Welcome.")
    page.keyboard.press("Control+Enter")
    says(page, "Saved.")
    assert page.evaluate("document.activeElement.id") == "text-c1"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "speaker"
    page.keyboard.press("Control+A")
    page.keyboard.type("Bo Chan")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('head-c1').textContent.includes('Bo Chan')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    until(page, "document.activeElement.id === 'text-c3'")
    page.keyboard.press("Control+Home")
    for _ in range(len("We meet again on Monday")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+Shift+S")
    says(page, "Split.")
    assert texts(page)[-2:] == ["We meet again on Monday", "and on Tuesday."]
    page.keyboard.press("Alt+Shift+M")
    says(page, "Merged.")
    assert texts(page)[-1] == "We meet again on Monday and on Tuesday."
    page.keyboard.press("Alt+Shift+Z")
    says(page, "Undone.")
    assert texts(page)[-2:] == ["We meet again on Monday", "and on Tuesday."]
    page.keyboard.press("Alt+Shift+Y")
    says(page, "Done again.")
    tab_to(page, "wanted", 40)
    page.keyboard.type("decad")
    tab_to(page, "instead")
    page.keyboard.type("DCAD")
    until(page, "document.getElementById('count').textContent.startsWith('Found 1 times')")
    assert "The DCAD report" in page.text_content("#preview ins")
    tab_to(page, "replace-all")
    page.keyboard.press("Enter")
    says(page, "1 caption changed.")
    page.focus("#release")
    tab_to(page, "mark-reviewed")
    page.keyboard.press("Enter")
    says(page, "Marked as reviewed.")
    tab_to(page, "publish")
    page.keyboard.press("Enter")
    says(page, "Published as version 1.")
    page.goto(f"{server.url}/archive/m1/")
    said = page.text_content("main")
    assert "Good morning everybody. Welcome." in said
    assert "The DCAD report is ready." in said
    assert "Bo Chan" in said


def test_names_go_one_by_one_with_single_keys(page, server):
    server.hold(RecordPolicy.CHATHAM, TEXTS)
    opened(page, server, server.invite())
    assert page.is_visible("#quarantine")
    page.focus("#propose")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'card-head'")
    assert page.text_content("#card mark") == "Ingrid Halvorsen"
    page.keyboard.press("r")
    says(page, "Removed.")
    until(page, "document.getElementById('card-head').textContent.includes('no more proposals')")
    assert "Thank you, [name removed], for it." in texts(page)
    assert page.evaluate("document.activeElement.id") == "card-head"


def test_two_people_and_a_conflict(chromium, page, server):
    server.hold(RecordPolicy.ON_RECORD, TEXTS)
    opened(page, server, server.invite())
    context = chromium.new_context()
    other = context.new_page()
    opened(other, server, server.invite())
    page.fill("#text-c0", "Hers.")
    page.keyboard.press("Control+Enter")
    says(page, "Saved.")
    other.fill("#text-c0", "His.")
    other.keyboard.press("Control+Enter")
    until(other, "document.getElementById('problem').textContent.includes('His.')")
    assert texts(other)[0] == "Hers."
    context.close()


def test_a_part_is_struck_after_a_question(page, server):
    server.hold(RecordPolicy.ON_RECORD, TEXTS)
    opened(page, server, server.invite())
    page.fill("#from", "0:00:03")
    page.fill("#to", "0:00:05")
    page.fill("#reason", "Asked for by the speaker.")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('sure').open")
    assert page.evaluate("document.activeElement.value") == "no"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    says(page, "Struck.")
    assert [text for text in texts(page) if "decad" in text] == []
    assert "Asked for by the speaker." in page.text_content("#stones")


@pytest.mark.parametrize(
    ("language", "saved"),
    [("ar", "حُفظ."), ("zh", "已保存。"), ("fr", "Enregistré."), ("ru", "Сохранено."), ("es", "Guardado.")],
)
def test_it_speaks_the_reviewer_s_language(chromium, server, language, saved):
    from axe_playwright_python.sync_playwright import Axe

    server.hold(RecordPolicy.CHATHAM, TEXTS)
    context = chromium.new_context(locale=language, viewport={"width": 320, "height": 600})
    page = context.new_page()
    opened(page, server, server.invite())
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        language, "rtl" if language == "ar" else "ltr",
    ]  # fmt: skip
    page.fill("#text-c0", "Good evening.")
    page.keyboard.press("Control+Enter")
    says(page, saved)
    page.click("#propose")
    until(page, "!document.getElementById('card').hidden")
    catalogue = page.evaluate("import('/viewer/review/locales/en.js').then((each) => Object.values(each.default))")
    own = page.evaluate(f"import('/viewer/review/locales/{language}.js').then((each) => Object.values(each.default))")
    english = {text for text in catalogue if " " in text and "{" not in text} - set(own)
    said = page.evaluate(
        "[...document.querySelectorAll('main *, header *')].filter((n) => !n.childElementCount).map((n) => n.textContent.trim())"
    )
    assert english.intersection(said) == set()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert Axe().run(page).response["violations"] == []
    context.close()


def test_a_recording_of_this_computer_plays_beside_the_captions_and_is_sent_nowhere(page, server, tmp_path):
    import wave

    path = tmp_path / "recording.wav"
    with wave.open(str(path), "wb") as made:
        made.setparams((1, 2, 8_000, 0, "NONE", ""))
        made.writeframes(b"\x10\x20" * 8_000 * 12)
    server.hold(RecordPolicy.ON_RECORD, TEXTS)
    opened(page, server, server.invite())
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    page.click("#recording summary")
    page.set_input_files("#file", path)
    page.fill("#offset", "0:00:01")
    until(page, "document.getElementById('audio').duration > 11")
    page.focus("#text-c1")  # from 3.0 s to 5.9 s of the meeting: 2.0 s to 4.9 s of the recording
    until(page, "!document.getElementById('play').hidden")
    page.keyboard.press("Alt+Shift+P")
    until(page, "!document.getElementById('audio').paused && document.getElementById('audio').currentTime > 2")
    until(page, "document.getElementById('audio').paused")
    assert 4.8 <= page.evaluate("document.getElementById('audio').currentTime") < 6
    page.keyboard.press("Alt+Shift+P")
    until(page, "!document.getElementById('audio').paused")
    page.keyboard.press("Alt+Shift+P")
    until(page, "document.getElementById('audio').paused")
    assert sent == []
