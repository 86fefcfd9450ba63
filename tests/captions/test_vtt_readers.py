"""What our writer writes, read by the W3C's validator, vtt.js and webvtt-py. Chromium: tests/browser/test_track_element.py.

Known deviations, handled here: webvtt-py leaves character references as they are, knows only the first speaker and
drops `<lang>`; vtt.js replaces references more than once, so that its payload is compared, not its tree.
"""

import html
import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import webvtt

from captioner.captions.cue import clean_text
from captioner.captions.webvtt import read, write
from tests.captions.vtt_documents import collect

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node")
MODULES = ROOT / "node_modules"

SCRIPT = """
const {WebVTTParser} = require("webvtt-parser"), vtt = require("vtt.js"), fs = require("fs");
const entities = require("webvtt-parser/html-entities.json");
globalThis.window = globalThis; globalThis.navigator ??= {userAgent: ""};
const said = (node) => node.type === "text" ? node.value : (node.children || []).map(said).join("");
const voice = (tree) => tree.children.filter((n) => n.name === "v").map((n) => n.value).join("");
console.log(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map((text) => {
  const {cues, errors} = new WebVTTParser(entities).parse(text, "subtitles/captions/descriptions");
  const second = [], parser = new vtt.WebVTT.Parser({VTTCue: vtt.VTTCue, VTTRegion: vtt.VTTRegion}, vtt.WebVTT.StringDecoder());
  parser.oncue = (cue) => second.push([cue.id, Math.round(cue.startTime * 1000), Math.round(cue.endTime * 1000), cue.text]);
  parser.parse(text);
  parser.flush();
  return {
    errors: errors.map((e) => `${e.line}:${e.col} ${e.message}`),
    tree: cues.map((c) => [c.id, Math.round(c.startTime * 1000), Math.round(c.endTime * 1000), said(c.tree), voice(c.tree)]),
    payload: cues.map((c) => [c.id, Math.round(c.startTime * 1000), Math.round(c.endTime * 1000), c.text]), second};
})));
"""


def plain(text):
    """The text without the marks of direction, which are no part of what was said."""
    return clean_text(text)


@pytest.mark.skipif(
    NODE is None or not (MODULES / "vtt.js").is_dir(), reason="needs node and npm webvtt-parser, vtt.js"
)
def test_the_validator_finds_nothing_and_both_readers_read_what_was_said():
    documents = collect(300)
    done = subprocess.run(
        [NODE, "-e", SCRIPT], check=False, input=json.dumps([write(d) for d in documents]), capture_output=True, text=True,
        cwd=ROOT, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert [one["errors"] for one in found] == [[]] * len(documents)
    for document, one in zip(documents, found, strict=True):
        wanted = [  # by id: readers put equal starts in the order of their ends
            [c.id, c.start, c.end, clean_text(c.text), clean_text(c.speaker)] for c in document.cues
        ]
        assert [[*row[:3], plain(row[3]), clean_text(html.unescape(row[4]))] for row in sorted(one["tree"])] == wanted
        assert sorted(one["second"]) == sorted(one["payload"])


def test_webvtt_py_reads_what_was_said():
    for document in collect(200):
        found = webvtt.from_buffer(io.StringIO(write(document)))
        texts = [plain(html.unescape(re.sub("<[^>]*>", "", caption.raw_text))) for caption in found]
        assert texts == [clean_text(cue.text) for cue in document.cues]
        assert [c.identifier for c in found] == [cue.id for cue in document.cues]


def test_our_reader_reads_what_was_said():
    for document in collect(300):
        again = read(write(document))
        assert [(c.id, c.start, c.end, c.text, c.language, c.speaker) for c in again.cues] == [
            (c.id, c.start, c.end, clean_text(c.text), c.language, clean_text(c.speaker)) for c in document.cues
        ]
