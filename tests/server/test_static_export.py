import json
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState
from server.archive import folding
from server.archive.erasure import Tombstone
from server.archive.preserve.static import Source, export_static, remove_meeting
from server.archive.preserve.static_index import BLOCK, pack, shard_of, unpack
from server.archive.record import Missing, Record, Span, TrackRecord
from server.archive.review import Statement
from server.archive.templating import environment
from tests.server.conftest import FLOOR


def part(script):
    """What a script hands to the page."""
    return json.loads(script.partition(", ")[2].removesuffix(");\n"))


def record(meeting="m1", text="Hello.", title="A <b>meeting</b>", language="en"):
    cues = (CueUpdate(Cue("c1", 61_000, 62_000, text, language, "Ann"), 1, CueStatus.FINAL),)
    about = Meeting(meeting, title, 1_777_900_000_000)
    return Record(about, "e", 5, MeetingState.ENDED, (), (TrackRecord(FLOOR, cues),))


def source(meeting="m1", key="1", loads=None, **said):
    def load():
        if loads is not None:
            loads.append(meeting)
        stated = [Statement("s1", "floor", "c1", "c1", "Bo", "We disagree.", 5)]
        return record(meeting, **said), stated, {"floor.vtt": b"WEBVTT\n"}

    return Source(meeting, key, load)


@pytest.fixture
def templates():
    return environment()


def test_pages_files_and_search_stand_on_their_own(tmp_path, templates):
    done = export_static(tmp_path, templates, [source(text="网络 <script>\u2028")])
    assert done.written == ("m1",)
    page = (tmp_path / "meetings/m1/index.html").read_text(encoding="utf-8")
    assert "A &lt;b&gt;meeting&lt;/b&gt;" in page
    assert 'href="../../index.html"' in page
    assert "We disagree." in page
    assert (tmp_path / "meetings/m1/floor.vtt").read_bytes() == b"WEBVTT\n"
    words = (tmp_path / "meetings/m1/words.js").read_text(encoding="utf-8")
    assert "\u2028" not in words
    assert part(words) == [["floor-c1", "00:01:01", "en", "网络 <script>\u2028"]]
    assert part((tmp_path / "search/b0.js").read_text())[0][:2] == ["m1", "A <b>meeting</b>"]
    found = {}
    for path in tmp_path.glob("search/b0-*.js"):
        found |= part(path.read_text(encoding="utf-8"))
    assert found == {"网络": "0", "络": "0", "script": "0"}
    for path in tmp_path.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert 'href="/' not in html
        assert 'src="/' not in html


def test_a_stretch_without_words_stands_on_the_page(tmp_path, templates):
    gaps = (Missing(Span(9_000, 30_000), "Not captioned"),)
    export_static(tmp_path, templates, [Source("m1", "1", lambda: (replace(record(), gaps=gaps), [], {}))])
    page = (tmp_path / "meetings/m1/index.html").read_text(encoding="utf-8")
    assert page.index('<p class="gap">[Not captioned 00:00:09\u201300:00:30]</p>') < page.index("Hello.")


def test_only_what_changed_is_written_again(tmp_path, templates):
    loads = []
    export_static(tmp_path, templates, [source("m1", loads=loads), source("m2", loads=loads)])
    before = (tmp_path / "meetings/m1/index.html").stat().st_mtime_ns
    loads.clear()
    done = export_static(tmp_path, templates, [source("m1", loads=loads), source("m2", "2", loads=loads, text="New.")])
    assert loads == ["m2"]
    assert (done.written, done.kept) == (("m2",), 1)
    assert (tmp_path / "meetings/m1/index.html").stat().st_mtime_ns == before
    assert "New." in (tmp_path / "meetings/m2/words.js").read_text()


def test_an_export_without_changes_writes_no_file(tmp_path, templates):
    sources = [source("m1"), source("m2", text="Accessible captions.")]
    export_static(tmp_path, templates, sources)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    export_static(tmp_path, templates, sources)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_words_that_a_meeting_has_no_more_leave_the_index(tmp_path, templates):
    export_static(tmp_path, templates, [source("m1", text="Canary here."), source("m2", text="Canary there.")])
    export_static(tmp_path, templates, [source("m1", "2", text="Nothing."), source("m2", text="Canary there.")])
    index = {}
    for path in tmp_path.glob("search/b0-*.js"):
        index |= part(path.read_text())
    assert index == {"nothing": "0", "canary": "1", "there": "1"}


def test_an_export_of_the_earlier_form_is_made_anew(tmp_path, templates):
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "m1.js").write_text("captionerShard('Canary')")
    (tmp_path / "export.json").write_text('{"layout":1,"meetings":{}}')
    assert export_static(tmp_path, templates, [source("m1")]).written == ("m1",)
    assert not (tmp_path / "search" / "m1.js").exists()


def test_many_meetings_are_listed_by_month(tmp_path, templates):
    def made(number):
        about = record(f"m{number}")
        moment = 1_777_900_000_000 + number * 86_400_000
        return Source(f"m{number}", "1", lambda: (replace(about, meeting=Meeting(f"m{number}", "T", moment)), (), {}))

    export_static(tmp_path, templates, [made(number) for number in range(130)])
    first = (tmp_path / "index.html").read_text()
    assert "The newest 100 of 130." in first
    assert 'href="months/2026-05.html"' in first
    month = (tmp_path / "months/2026-05.html").read_text()
    assert 'href="../meetings/m0/index.html"' in month
    export_static(tmp_path, templates, [made(number) for number in range(90)])
    assert list((tmp_path / "months").iterdir()) == []


@given(st.sets(st.integers(0, BLOCK - 1)))
def test_numbers_are_packed_and_unpacked(numbers):
    mask = sum(1 << number for number in numbers)
    assert unpack(pack(mask)) == mask if numbers else pack(mask) == ""


NODE = shutil.which("node")
ASSETS = Path(__file__).parents[2] / "server" / "archive" / "preserve" / "assets"


def in_javascript(expression, values):
    script = f"""{(ASSETS / "folding.js").read_text(encoding="utf-8")}
        const {{ fold, tokens, parse, shard }} = captionerFolding;
        const values = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify(values.map((one) => {expression})));"""
    done = subprocess.run([NODE, "-e", script], input=json.dumps(values), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


TEXTS = [
    "网络治理论坛", "مُحَمَّد والإنترنت", "Ёлка, ёжик", "Señora DONNÉES straße ΣΊΣΥΦΟΣ", "日本語とカタカナ ไทย", "हिन्दी भाषा", "한국어", "ﬁne №5 Ⅷ x² ½",
    "don't re-use http://example.org/a_b", "\U00020000\U00020001x", "İstanbul ŉ ǆ ẞ", "",
]  # fmt: skip


@pytest.mark.skipif(NODE is None, reason="needs node")
def test_the_page_folds_as_the_index_was_made():
    assert in_javascript("tokens(one)", TEXTS) == [folding.tokens(text) for text in TEXTS]
    every = [token for text in TEXTS for token in folding.tokens(text)]
    assert in_javascript("shard(one, 64)", every) == [shard_of(token) for token in every]
    scripts = (
        "LATIN",
        "GREEK",
        "CYRILLIC",
        "ARABIC",
        "HEBREW",
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "THAI",
        "HANGUL",
        "DEVANAGARI",
    )
    letters = [
        chr(code) for code in range(0x30000)
        if unicodedata.category(chr(code))[0] in "LMN" and unicodedata.name(chr(code), "").startswith(scripts)
    ]  # fmt: skip
    ours = [folding.fold(unicodedata.normalize("NFC", letter))[0] for letter in letters]
    differ = [(a, b, c) for a, b, c in zip(letters, ours, in_javascript("fold(one)", letters), strict=True) if b != c]
    assert differ == []


@pytest.mark.skipif(NODE is None, reason="needs node")
def test_the_page_understands_a_query_as_the_server_does():
    queries = [
        "open access",
        '"open access"',
        "net*",
        "网",
        "网络治",
        '"网络" a',
        "网络*",
        "RÉSEAU*",
        "",
        "* -",
        '"',
        "x " * 20,
    ]
    wanted = [[[list(term.tokens), term.prefix] for term in folding.parse(query)] for query in queries]
    assert in_javascript("parse(one).map((t) => [t.tokens, t.prefix])", queries) == wanted


def test_what_is_gone_from_the_archive_goes_from_the_export(tmp_path, templates):
    export_static(tmp_path, templates, [source("m1", text="Canary."), source("m2")])
    stone = Tombstone("m1", "Asked for.", 1_777_900_000_000)
    done = export_static(tmp_path, templates, [source("m2")], [stone])
    assert done.removed == ("m1",)
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Canary" not in content
    assert "Asked for." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_one_meeting_is_taken_out_at_once(tmp_path, templates):
    export_static(tmp_path, templates, [source("m1", text="Canary."), source("m2")])
    remove_meeting(tmp_path, "m1", templates)
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).lower()
    assert b"canary" not in content
    assert b"meetings/m1" not in content
    assert b'"m1"' not in content
    assert part((tmp_path / "search/b0.js").read_text())[0] is None
    assert "meetings/m2/" in (tmp_path / "index.html").read_text()


def test_after_a_broken_state_everything_is_written_again(tmp_path, templates):
    export_static(tmp_path, templates, [source("m1")])
    (tmp_path / "export.json").write_text("{")
    assert export_static(tmp_path, templates, [source("m1")]).written == ("m1",)


def test_an_empty_archive_is_a_page(tmp_path, templates):
    export_static(tmp_path, templates, [])
    assert "no transcripts yet" in (tmp_path / "index.html").read_text()
