import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, clean_text
from captioner.captions.srt import read, write

lines = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(clean_text).filter(bool)
cues = st.lists(st.tuples(lines, st.integers(1, 9000)), max_size=6).map(
    lambda rows: [Cue(str(n), n * 10_000, n * 10_000 + length, text, "en") for n, (text, length) in enumerate(rows, 1)]
)


def plain(text):
    return text.replace("-->", "→").replace("<", "‹").replace(">", "›").replace("{\\", "{ \\")


@given(cues)
def test_what_is_written_is_read_again(given_cues):
    found, problems = read(write(given_cues), "en")
    assert problems == []
    assert [(c.id, c.start, c.end, c.text) for c in found] == [
        (c.id, c.start, c.end, clean_text(plain(c.text))) for c in given_cues
    ]


@given(cues)
def test_pysubs2_reads_the_same(given_cues):
    found = pysubs2.SSAFile.from_string(write(given_cues), format_="srt", keep_html_tags=True) if given_cues else []
    assert [(e.start, e.end, clean_text(e.text.replace("\\N", " "))) for e in found] == [
        (c.start, c.end, clean_text(plain(c.text).replace("\\N", " "))) for c in given_cues
    ]


def test_other_people_s_files_are_read():
    text = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i> {\\an8}there,\r\n<font color=red>all</font> 1 < 2\r\n\r\n\r\n"
        "00:00:03.5 --> 00:00:04,000 X1:1\r\n网络\r\n数据\r\n3\r\n1:00:05,000-->1:00:06,000\r\nlast"
    )
    found, problems = read(text)
    assert [(c.id, c.start, c.end, c.text) for c in found] == [
        ("1", 1000, 2500, "Hello there, all 1 < 2"), ("", 3500, 4000, "网络数据"), ("3", 3_605_000, 3_606_000, "last"),
    ]  # fmt: skip
    assert problems == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("no times\nhere", (1, 1)),
        ("1\n00:00:01,000 --> 00:00:99,000\nx", (2, 1)),
        ("1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\n00:00:03,000 --> 00:00:02,000\ny", (6, 18)),
    ],
)
def test_errors_name_the_place(text, place):
    found, problems = read(text)
    assert [(p.line, p.column, p.lost) for p in problems] == [(*place, True)]
    assert len(found) == (1 if "\n\n" in text else 0)


def test_a_file_without_cues_is_empty():
    assert write([]) == ""
    assert read("") == ([], [])


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_nothing_makes_it_fail(text):
    read(text)
    read(f"1\n00:00:01,000 --> 00:00:02,000\n{text}")
