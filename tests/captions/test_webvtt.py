import contextlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, clean_text
from captioner.captions.errors import InvalidCue, VttSyntaxError
from captioner.captions.webvtt import VttDocument, read, write

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node")
VALIDATOR = ROOT / "node_modules" / "webvtt-parser"

lines = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(clean_text)
nasty = st.sampled_from(
    [
        "a --> b",
        "<v Eve>",
        "&amp; &lt; & <",
        "NOTE",
        "WEBVTT",
        "</v>",
        "-->",
        "00:01.000 --> 00:02.000",
        "&nbsp;",
        "<00:00:01.000>",
    ]
)
languages = st.sampled_from(["en", "fr", "zh-Hans", "ar"])
identifiers = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,10}", fullmatch=True).filter(
    lambda value: value not in {"NOTE", "STYLE", "REGION"} and not value.startswith("WEBVTT")
)


@st.composite
def cues(draw):
    start = draw(st.integers(0, 400_000_000))
    text = draw((lines | nasty).filter(bool))
    return Cue(
        draw(identifiers), start, start + draw(st.integers(1, 9_000)), text, draw(languages), draw(lines | nasty)
    )


safe = lines.filter(lambda line: line and "-->" not in line)
documents = st.builds(
    lambda language, found, metadata, notes: VttDocument(
        language, tuple(sorted(found, key=lambda c: c.start)), tuple(metadata), tuple(notes)
    ),
    languages,
    st.lists(cues(), max_size=6, unique_by=lambda cue: cue.id),
    st.lists(st.tuples(st.sampled_from(["Title", "Date", "Track"]), safe), max_size=3),
    st.lists(safe, max_size=2),
)


@given(documents)
def test_what_is_written_is_read_again(document):
    assert read(write(document)) == document


@given(documents)
def test_webvtt_py_reads_it(document):
    found = webvtt.from_buffer(io.StringIO(write(document)))
    assert [(c.identifier, c.start_in_seconds, c.end_in_seconds) for c in found] == [
        (c.id, c.start // 1000, c.end // 1000) for c in document.cues
    ]


def sample():
    return VttDocument(
        "en",
        (
            Cue("c2", 61_001, 3_600_000, "Tom & Jerry <b> a --> b", "en", "R&D <x>"),
            Cue("c1", 0, 1500, "Good morning.", "en"),
            Cue("c3", 360_000_000, 360_000_001, "Bonjour à tous.", "fr", "Zoé"),
        ),
        (("Title", "Committee --> one\ntwo"),),
        ("A note --> here.",),
    )


def test_the_form():
    assert write(sample()) == (
        "WEBVTT\n\nNOTE\nLanguage: en\nTitle: Committee → one two\n\nNOTE A note → here.\n\n"
        "c1\n00:00:00.000 --> 00:00:01.500\nGood morning.\n\n"
        "c2\n00:01:01.001 --> 01:00:00.000\n<v R&amp;D &lt;x&gt;>Tom &amp; Jerry &lt;b&gt; a --&gt; b\n\n"
        "c3\n100:00:00.000 --> 100:00:00.001\n<v Zoé><lang fr>Bonjour à tous.</lang>\n"
    )


@pytest.mark.parametrize(
    "cue",
    [
        Cue("c", 0, 0, "x", "en"),
        Cue("c", -5, 5, "x", "en"),
        Cue("c", 0, 5, " ", "en"),
        Cue("c", 0, 5, "x", "en en", ""),
    ],
)
def test_what_cannot_be_written(cue):
    with pytest.raises(InvalidCue):
        write(VttDocument("fr", (cue,)))


def test_ids_are_unique_and_never_keywords():
    with pytest.raises(InvalidCue):
        write(VttDocument("en", (Cue("c", 0, 5, "x", "en"), Cue("c", 5, 9, "y", "en"))))
    assert read(write(VttDocument("en", (Cue("NOTE", 0, 5, "x", "en"),)))).cues[0].id == "cue-NOTE"


def test_foreign_files_are_read():
    text = (
        "\ufeffWEBVTT some title\r\n\r\nSTYLE\r\n::cue{}\r\n\r\nNOTE hello\r\n\r\n00:01.000 --> 00:02.500 align:start\r\n"
        "<v.loud Ann>Hi <i>there</i>,\r\n<v Ben>you &amp; me</v>\r\n\r\n7\r\n01:00:00.000 --> 01:00:01.000\r\n<c>x</c>"
    )
    document = read(text)
    assert document == VttDocument(
        "und",
        (
            Cue("", 1000, 1794, "Hi there,", "und", "Ann"),
            Cue("", 1794, 2500, "you & me", "und", "Ben"),
            Cue("7", 3_600_000, 3_601_000, "x", "und"),
        ),
        (),
        ("hello",),
    )


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("WEBVTTX\n", 1, 1),
        ("WEBVTT\nLanguage: en\n", 2, 1),
        ("WEBVTT\n\nc1\n00:00:01.000 -> 00:00:02.000\nx", 4, 1),
        ("WEBVTT\n\n00:00:01 --> 00:00:02\nx", 3, 9),
        ("WEBVTT\n\nc1\n00:02.000 --> 00:01.000\nx", 4, 15),
    ],
)
def test_errors_name_the_place(text, line, column):
    with pytest.raises(VttSyntaxError) as error:
        read(text)
    assert (error.value.line, error.value.column) == (line, column)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_reading_raises_nothing_else(text):
    for candidate in (text, "WEBVTT\n\n" + text):
        with contextlib.suppress(VttSyntaxError):
            read(candidate)


SCRIPT = """
const {WebVTTParser} = require('webvtt-parser');
const {cues, errors} = new WebVTTParser().parse(require('fs').readFileSync(0, 'utf8'), 'subtitles/captions/descriptions');
console.log(JSON.stringify({ids: cues.map(c => c.id), errors: errors.map(e => `${e.line}:${e.col} ${e.message}`)}));
"""


@pytest.mark.skipif(NODE is None or not VALIDATOR.is_dir(), reason="needs node and the npm package webvtt-parser")
def test_the_w3c_validator_finds_nothing():
    several = [
        cue for i in range(40) for cue in (Cue(f"n{i}", i * 10, i * 10 + 9, "<v> & </lang> --> ok", "fr", "A & <B>"),)
    ]
    text = write(VttDocument("en", (*sample().cues, *several), sample().metadata, sample().notes))
    done = subprocess.run(
        [NODE, "-e", SCRIPT], input=text, capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    found = json.loads(done.stdout)
    assert found["errors"] == []
    assert len(found["ids"]) == 43
