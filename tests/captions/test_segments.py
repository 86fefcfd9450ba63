from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, Word, clean_text
from captioner.captions.segments import LONGEST, SHORTEST, Kind, join, rules, segment

LONG = (
    "Accessibility is not a feature that is added at the end, it is a way of working. Whoever begins with it "
    "finds that meetings become better for everybody, and the record of them too."
)
CHINESE = "互联网治理论坛是一个开放的多方参与平台，讨论与互联网有关的公共政策问题。我们欢迎网络无障碍方面的意见。"


def cue(text, start=0, end=9000, language="en", words=(), name="c1"):
    return Cue(name, start, end, text, language, "", words)


def joined(segments):
    return reduce(join, (line for part in segments for line in part.lines), "")


def test_a_short_cue_stays_as_it_is():
    (part,), violations = segment([cue("Good morning.", 0, 2000)])
    assert (part.cue.text, part.lines, part.cue.id, violations) == ("Good morning.", ("Good morning.",), "c1", [])


def test_a_long_sentence_is_broken_where_a_reader_pauses():
    parts, violations = segment([cue(LONG, 0, 14_000)])
    assert [part.cue.id for part in parts] == ["c1", "c1~2", "c1~3"]
    assert parts[0].cue.text == "Accessibility is not a feature that is added at the end, it is a way of working."
    assert all(len(line) <= 42 for part in parts for line in part.lines)
    assert joined(parts) == LONG
    assert violations == []


def test_chinese_is_broken_between_characters_never_before_a_comma():
    parts, _ = segment([cue(CHINESE, 0, 14_000, "zh")])
    assert all(len(line) <= 16 and line[0] not in "，。" for part in parts for line in part.lines)
    assert joined(parts) == CHINESE


def test_times_of_words_decide():
    words = tuple(Word(n * 1000, n * 1000 + 900, f" word{n:02}") for n in range(20))
    text = "".join(word.text for word in words).strip()
    parts, _ = segment([cue(text, 0, 20_000, words=words)])
    for part in parts:
        assert part.cue.start == int(part.cue.text[4:6]) * 1000
        assert part.cue.end - part.cue.start <= LONGEST
    assert joined(parts) == text


def test_a_quick_cue_stands_longer_where_there_is_room():
    parts, violations = segment([cue("Yes.", 0, 300), cue("A quick one that needs a second.", 500, 900, name="c2")])
    assert [(p.cue.start, p.cue.end) for p in parts] == [(0, 500), (500, 2101)]
    assert [(v.cue, v.kind, v.value) for v in violations] == [("c1", Kind.TOO_SHORT, 500)]


def test_what_the_rules_cannot_have_is_reported():
    _, violations = segment([cue("x" * 50, 0, 5000), cue("A quick one that needs a second.", 5000, 5900, name="c2"),
                             cue("Next.", 5900, 7000, name="c3")])  # fmt: skip
    assert [(v.cue, v.kind, v.value) for v in violations] == [("c1", Kind.LONG_LINE, 50), ("c2", Kind.TOO_FAST, 36)]


@pytest.mark.parametrize(
    ("language", "line", "speed"),
    [("en-GB", 42, 20), ("fr", 42, 17), ("ar", 42, 17), ("zh-Hans", 16, 9), ("sw", 42, 17)],
)
def test_rules_of_languages(language, line, speed):
    assert (rules(language).line, rules(language).speed) == (line, speed)


words = st.sampled_from(
    ["a", "the", "meeting,", "captions.", "网络", "数据，", "ёлка", "الإنترنت", "x" * 60, "m²", "e\u0301t\u00e9"]
)
texts = st.lists(words, min_size=1, max_size=40).map(" ".join).map(clean_text)


@given(
    st.lists(st.tuples(texts, st.integers(1, 20_000), st.integers(0, 3000)), max_size=5),
    st.sampled_from(["en", "ru", "ar", "zh"]),
)
def test_nothing_is_lost_cut_or_out_of_order(rows, language):
    cues, at = [], 0
    for number, (text, length, gap) in enumerate(rows):
        cues.append(cue(text, at, at + length, language, name=f"c{number}"))
        at += length + gap
    parts, violations = segment(cues)
    for wanted in cues:
        mine = [part for part in parts if part.parent == wanted.id]
        assert joined(mine).replace(" ", "") == wanted.text.replace(" ", "")
        pieces = {word for part in mine for line in part.lines for word in line.split()}
        assert {word for word in pieces if word.isascii()} <= set(wanted.text.split())
    ids = [part.cue.id for part in parts]
    assert len(set(ids)) == len(ids)
    assert all(len(part.lines) <= 2 and part.cue.end > part.cue.start for part in parts)
    starts = [part.cue.start for part in parts]
    assert starts == sorted(starts)
    broken = {v.cue for v in violations if v.kind is Kind.LONG_LINE}
    for part in parts:
        fits = all(len(line) <= rules(language).line for line in part.lines)
        assert fits or part.cue.id in broken
    short = {v.cue for v in violations if v.kind is Kind.TOO_SHORT}
    assert all(part.cue.end - part.cue.start >= SHORTEST or part.cue.id in short for part in parts)
