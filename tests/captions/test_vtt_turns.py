import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.vtt_text import parse_text
from captioner.captions.vtt_turns import turns
from captioner.captions.webvtt import read_leniently


def said(text, start=1_000, end=5_000):
    return [(one.speaker, one.text, one.start, one.end) for one in turns(parse_text(text)[0], start, end)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<v Ann>Hello", [("Ann", "Hello", 1000, 5000)]),
        ("<v Ann>Same.</v>\n<v Bo>Same.</v>", [("Ann", "Same.", 1000, 3000), ("Bo", "Same.", 3000, 5000)]),
        ("- <v Ann>Yes.</v>\n- <v Bo>No!!</v>", [("Ann", "Yes.", 1000, 3000), ("Bo", "No!!", 3000, 5000)]),
        ("<v Ann>One</v> <v Ann>two.</v>", [("Ann", "One two.", 1000, 5000)]),
        ("<v.loud.first Ann &amp; Bo>Together.", [("Ann & Bo", "Together.", 1000, 5000)]),
        ("<v.loud Dr. Moyo>Yes.</v><v.low Mr. Li>Yes.</v>", [("Dr. Moyo", "Yes.", 1000, 3000), ("Mr. Li", "Yes.", 3000, 5000)]),
        ("<v Ann>Yes.</v> <00:00:04.500><v Bo>A long answer.</v>", [("Ann", "Yes.", 1000, 4500), ("Bo", "A long answer.", 4500, 5000)]),
        ("<v Ann>Yes.</v><v Bo><00:00:02.000>No!!</v>", [("Ann", "Yes.", 1000, 2000), ("Bo", "No!!", 2000, 5000)]),
        ("<v Ann>Yes.</v><00:59:00.000><v Bo>No!!</v>", [("Ann", "Yes.", 1000, 4999), ("Bo", "No!!", 4999, 5000)]),
        ("<v Ann>Four</v> more", [("Ann", "Four", 1000, 3000), ("", "more", 3000, 5000)]),
        ("<v Ann><i>Fo</i><b>ur</b></v><v Bo>more</v>", [("Ann", "Four", 1000, 3000), ("Bo", "more", 3000, 5000)]),
        ("<v Ann>out<v Bo>in.</v>", [("Ann", "out", 1000, 3000), ("Bo", "in.", 3000, 5000)]),
        ("", [("", "", 1000, 5000)]),
        ("<v 李华>你好。</v><v 王伟>大家好</v>", [("李华", "你好。", 1000, 3000), ("王伟", "大家好", 3000, 5000)]),
    ],
)  # fmt: skip
def test_turns(text, expected):
    assert said(text) == expected


def test_languages_stay_with_their_turns():
    found = turns(parse_text("<v Ann><lang fr>Oui.</lang></v><v Bo>Yes.</v>")[0], 0, 1000)
    assert [(one.speaker, one.language) for one in found] == [("Ann", "fr"), ("Bo", "")]


def test_no_time_to_divide_leaves_one_turn():
    assert said("<v Ann>Yes.</v><v Bo>No.</v>", 0, 1) == [("Ann", "Yes. No.", 0, 1)]


@given(
    st.lists(
        st.sampled_from(["<v Ann>", "<v Bo>", "</v>", "x", " ", "-", "\n", "<00:00:02.000>", "<i>", "</i>"]),
        max_size=12,
    )
)
def test_no_letter_is_lost_and_times_rise(parts):
    tree, _ = parse_text("".join(parts))
    found = turns(tree, 1_000, 5_000)
    letters = [c for c in tree.text() if c.isalnum()]
    assert [c for one in found for c in one.text if c.isalnum()] == letters
    assert found[0].start == 1_000
    assert found[-1].end == 5_000
    assert all(one.start < one.end for one in found)
    assert all(a.end == b.start for a, b in itertools.pairwise(found))


def test_a_reader_gets_every_speaker_and_is_told():
    document, problems = read_leniently(
        "WEBVTT\n\na\n00:00:01.000 --> 00:00:05.000\n<v Ann>Same.</v>\n<v Bo>Same.</v>\n\n00:00:06.000 --> 00:00:07.000\nAlone."
    )
    assert [(cue.id, cue.speaker, cue.text, cue.start) for cue in document.cues] == [
        ("a", "Ann", "Same.", 1000), ("a-2", "Bo", "Same.", 3000), ("", "", "Alone.", 6000),
    ]  # fmt: skip
    assert [(p.line, p.lost) for p in problems] == [(4, False)]
    assert "2 turns of speakers" in problems[0].problem
