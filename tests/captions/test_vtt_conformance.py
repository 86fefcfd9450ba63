"""The parser against the file and cue-text cases of the W3C's webvtt.js, and against its parser.

The cases lie in the repository github.com/w3c/webvtt.js; its npm package leaves them out. To run them: WEBVTT_CASES=checkout.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.captions.vtt_parser import parse

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node")
VALIDATOR = ROOT / "node_modules" / "webvtt-parser"
CASES = Path(os.environ.get("WEBVTT_CASES", VALIDATOR)) / "test"

needs_cases = pytest.mark.skipif(
    NODE is None or not (CASES / "wpt-file-parsing").is_dir(), reason="WEBVTT_CASES names no checkout of w3c/webvtt.js"
)
needs_validator = pytest.mark.skipif(NODE is None or not VALIDATOR.is_dir(), reason="needs node and npm webvtt-parser")

HARNESS = """
const fs = require("fs"), assert = require("assert");
const assert_equals = (a, b, c) => assert.strictEqual(a, b, c), assert_not_equals = (a, b, c) => assert.notStrictEqual(a, b, c);
const assert_true = (a, b) => assert.strictEqual(a, true, b), assert_false = (a, b) => assert.strictEqual(a, false, b);
const failed = {};
for (const [name, {cues: found, regions: known}] of Object.entries(JSON.parse(fs.readFileSync(0, "utf8")))) {
  const cues = found.map((cue) => ({...cue, region: cue.region === null ? null : known[cue.region]}));
  try { eval(fs.readFileSync(`${process.argv[1]}/${name}.js`, "utf8")); } catch (error) { failed[name] = String(error); }
}
console.log(JSON.stringify(failed));
"""


def shape(parsed):
    """The parsed file with the names that the web platform uses."""
    cues = [
        {
            "id": cue.id, "text": cue.text, "startTime": cue.start / 1000, "endTime": cue.end / 1000,
            "vertical": cue.settings.vertical, "line": "auto" if cue.settings.line is None else cue.settings.line,
            "snapToLines": cue.settings.snap_to_lines, "lineAlign": cue.settings.line_align,
            "position": "auto" if cue.settings.position is None else cue.settings.position,
            "positionAlign": cue.settings.position_align, "size": cue.settings.size, "align": cue.settings.align,
            "region": next((n for n, r in enumerate(parsed.regions) if r is cue.settings.region), None),
        }
        for cue in parsed.cues
    ]  # fmt: skip
    regions = [
        {
            "id": r.id, "lines": r.lines, "width": r.width, "scroll": r.scroll,
            "regionAnchorX": r.region_anchor[0], "regionAnchorY": r.region_anchor[1],
            "viewportAnchorX": r.viewport_anchor[0], "viewportAnchorY": r.viewport_anchor[1],
        }
        for r in parsed.regions
    ]  # fmt: skip
    return {"cues": cues, "regions": regions}


@needs_cases
def test_the_file_cases():
    files = sorted((CASES / "wpt-file-parsing").glob("*.vtt"))
    found = {path.stem: shape(parse(path.read_bytes().decode("utf-8", "replace"))) for path in files}
    done = subprocess.run(
        [NODE, "-e", HARNESS, str(CASES / "wpt-file-parsing")],
        input=json.dumps(found), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert len(files) == 37
    assert json.loads(done.stdout) == {}


def clock(ms):
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def drawn(node, depth=0):
    """The tree in the notation of the cases."""
    indent = "| " + "  " * depth
    lines = []
    for child in node.children:
        if isinstance(child, str):
            lines.append(f'{indent}"{child}"')
        elif isinstance(child, int):
            lines.append(f"{indent}<?timestamp {clock(child)}>")
        else:
            tag = "span" if child.name in {"c", "v", "lang"} else child.name
            lines.append(f"{indent}<{tag}>")
            attributes = {
                "class": " ".join(child.classes), "lang": child.annotation if child.name == "lang" else "",
                "title": child.annotation if child.name == "v" else "",
            }  # fmt: skip
            shown = {k: v for k, v in attributes.items() if v or (k, child.name) in {("title", "v"), ("lang", "lang")}}
            lines += [f'{indent}  {key}="{value}"' for key, value in shown.items()]
            lines += drawn(child, depth + 1)
    return lines


@needs_cases
def test_the_cue_text_cases():
    wrong = {}
    total = 0
    for path in sorted((CASES / "wpt-cue-parsing").glob("*.json")):
        for case in json.loads(path.read_text("utf-8")):
            total += 1
            cues = parse(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{case['text']}").cues
            found = "\n".join(drawn(cues[0].tree))
            if found != case["expectedTree"].rstrip("\n"):
                wrong[case["text"]] = (found, case["expectedTree"])
    assert wrong == {}
    assert total == 77


pieces = st.sampled_from(
    [
        "WEBVTT", "NOTE", "NOTE x", "STYLE", "REGION", "id", "", "", "text", "<v Ann>hi", "<b>x</b> & <", "-->", "a --> b",
        "00:00:01.000 --> 00:00:02.000", "00:01.000 --> 00:03.500 align:start", "00:60.000 --> 00:61.000",
        "00:00:05.000-->00:00:06.000", "1:00.000 --> 2:00.000", "00:00:00.000 --> 00:00:00.00", "\u0000", "\t", " ",
        "100:00:00.000 --> 100:00:01.000 line:1,end", "::cue{}", "网络 محمد ёлка",
    ]
)  # fmt: skip
files = st.lists(pieces, max_size=14).map("\n".join).map("WEBVTT\n".__add__)

PARSER = """
const {WebVTTParser} = require("webvtt-parser"), fs = require("fs");
console.log(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map((text) => {
  const {cues, errors} = new WebVTTParser().parse(text, "subtitles/captions/descriptions");
  return {cues: cues.map((c) => [c.id, Math.round(c.startTime * 1000), Math.round(c.endTime * 1000), c.text]), errors: errors.length};
})));
"""


def validated(texts):
    """What the W3C's parser finds in each text: one start of node for all."""
    done = subprocess.run(
        [NODE, "-e", PARSER], input=json.dumps(texts), capture_output=True, text=True, check=True, cwd=ROOT, timeout=120
    )
    return json.loads(done.stdout)


@needs_validator
def test_cues_are_the_same_as_the_validator_s_wherever_it_finds_no_error():
    texts = []

    @settings(max_examples=400, database=None, derandomize=True)
    @given(files)
    def collect(text):
        texts.append(text)

    collect()
    clean = 0
    for text, theirs in zip(texts, validated(texts), strict=True):
        ours = parse(text)
        if theirs["errors"]:
            assert ours.problems, text
        else:
            clean += 1
            assert [[c.id, c.start, c.end, c.text] for c in ours.cues] == theirs["cues"]
    assert clean > 5


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [(1, 1, True)]),
        ("WEBVTT\n\n00:00:01 --> 00:00:02\nx\n\n00:03.000 --> 00:04.000\ny", [(3, 9, True)]),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\nTom & <Jerry>\nok</i>", [(4, 5, False), (4, 7, False), (5, 3, False)]),
        ("WEBVTT\n\n00:02.000 --> 00:03.000\nx\n00:03.000 --> 00:04.000\ny", [(5, 1, False)]),
        ("WEBVTT\n\na\n00:02.000 --> 00:03.000\nx\n\na\n00:01.000 --> 00:04.000\ny", [(8, 1, False), (7, 1, False)]),
        ("WEBVTT\n\nlost\n\n00:99.000 --> 00:03.000\nx", [(3, 1, True), (5, 1, True)]),
        ("WEBVTT\n\n00:01.000 --> 00:03.000\nx\n\nSTYLE\n::cue{}", [(6, 1, False)]),
    ],
)
def test_problems_name_their_place(text, places):
    assert [(p.line, p.column, p.lost) for p in parse(text).problems] == places


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_nothing_makes_it_fail(text):
    for candidate in (text, f"WEBVTT\n\n{text}", f"WEBVTT\n\n00:00.000 --> 00:01.000 {text}\n{text}"):
        parsed = parse(candidate)
        assert all(p.line >= 1 and p.column >= 1 for p in parsed.problems)
