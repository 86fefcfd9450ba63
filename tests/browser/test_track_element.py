"""What our writer writes, read by Chromium through a <track>."""

import contextlib
import http.server
import json
import threading

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Track, clean_text
from captioner.captions.webvtt import write
from server.archive.export.chapters import chapters
from server.archive.export.text import text
from server.archive.record import About, Point, Record, TrackRecord
from tests.captions.vtt_documents import collect

pytestmark = pytest.mark.browser

READ = """async (count) => {
  const all = [];
  for (let n = 0; n < count; n++) {
    const video = document.createElement("video"), track = document.createElement("track");
    track.src = `/${n}.vtt`; track.kind = "captions"; track.srclang = "en";
    const loaded = new Promise((done, fail) => { track.onload = done; track.onerror = () => fail(new Error(`${n}.vtt`)); });
    video.append(track); document.body.append(video); track.track.mode = "hidden";
    await loaded;
    all.push([...track.track.cues].map((c) => [c.id, Math.round(c.startTime * 1000), Math.round(c.endTime * 1000),
      c.getCueAsHTML().textContent, c.getCueAsHTML().querySelector("span[title]")?.title ?? ""]));
    video.remove();
  }
  return JSON.stringify(all);
}"""


@contextlib.contextmanager
def served(files):
    """Yield the address where these files are; everything else there is an empty page."""

    class Files(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = files.get(self.path, b"<!doctype html><title>t</title>")
            self.send_response(200)
            kinds = {"vtt": "text/vtt", "txt": "text/plain; charset=utf-8"}
            self.send_header("Content-Type", kinds.get(self.path.rpartition(".")[2], "text/html"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_chromium_reads_what_was_said(page):
    files = {f"/{n}.vtt": write(document).encode() for n, document in enumerate(collect(120))}
    with served(files) as url:
        page.goto(url)
        found = json.loads(page.evaluate(READ, len(files)))
    for document, rows in zip(collect(120), found, strict=True):
        assert [[*row[:3], clean_text(row[3]), clean_text(row[4])] for row in sorted(rows)] == [  # by id
            [c.id, c.start, c.end, clean_text(c.text), clean_text(c.speaker)] for c in document.cues
        ]


SAID = [
    ("Amina", "en", "Good morning & welcome; 1 < 2."),
    ("محمد", "ar", "صباح الخير، الإنترنت للجميع."),
    ("李华", "zh", "大家好。"),
]
CHAPTERS = """async () => {
  const video = document.createElement("video"), track = document.createElement("track");
  track.src = "/chapters.vtt"; track.kind = "chapters"; track.srclang = "en";
  const loaded = new Promise((done, fail) => { track.onload = done; track.onerror = () => fail(new Error("chapters")); });
  video.append(track); document.body.append(video); track.track.mode = "hidden";
  await loaded;
  return [track.track.kind, [...track.track.cues].map((c) => [c.id, c.startTime, c.endTime, c.getCueAsHTML().textContent])];
}"""


@pytest.fixture
def said():
    updates = tuple(
        CueUpdate(Cue(f"c{n}", n * 10_000, n * 10_000 + 9000, words, language, speaker), 1, CueStatus.FINAL)
        for n, (speaker, language, words) in enumerate(SAID)
    )
    track = TrackRecord(Track("floor", "en"), updates)
    about = About(agenda=(Point(0, "Opening & <welcome>"), Point(10_000, "开放")))
    return Record(Meeting("m", "A meeting", 0), "e", 1, MeetingState.ENDED, (), (track,), about), track


def test_chromium_reads_the_chapters(page, said):
    with served({"/chapters.vtt": chapters(*said).encode()}) as url:
        page.goto(url)
        found = page.evaluate(CHAPTERS)
    assert found == ["chapters", [["chapter-1", 0, 10, "Opening & <welcome>"], ["chapter-2", 10, 29, "开放"]]]


def test_chromium_shows_the_plain_text_letter_by_letter(page, said):
    with served({"/m.txt": text(*said).encode()}) as url:
        page.goto(f"{url}m.txt")
        shown = page.locator("pre").inner_text()
    turns = dict(line.removeprefix(">> ").split(": ", 1) for line in shown.splitlines() if line.startswith(">> "))
    assert turns == {speaker.upper(): words for speaker, _, words in SAID}
