"""What our writer writes, read by Chromium through a <track>."""

import http.server
import json
import threading

import pytest

from captioner.captions.cue import clean_text
from captioner.captions.webvtt import write
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


@pytest.fixture
def address():
    files = {f"/{n}.vtt": write(document).encode() for n, document in enumerate(collect(120))}

    class Files(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = files.get(self.path, b"<!doctype html><title>t</title>")
            self.send_response(200)
            self.send_header("Content-Type", "text/vtt" if self.path in files else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", len(files)
    server.shutdown()
    server.server_close()
    thread.join()


def test_chromium_reads_what_was_said(page, address):
    url, count = address
    page.goto(url)
    found = json.loads(page.evaluate(READ, count))
    for document, rows in zip(collect(120), found, strict=True):
        assert [[*row[:3], clean_text(row[3]), clean_text(row[4])] for row in sorted(rows)] == [  # by id
            [c.id, c.start, c.end, clean_text(c.text), clean_text(c.speaker)] for c in document.cues
        ]
