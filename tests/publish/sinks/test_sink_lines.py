import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.publish.sinks.lines import blocks, columns, split

ENGLISH = "We propose that the captions are sent to the working group, which meets on the first floor of the building."


def test_short_text_is_one_line():
    assert split("Thank you.", "en", 52) == ["Thank you."]


def test_nothing_gives_nothing():
    assert split("   ", "en", 52) == []


def test_no_line_ends_with_a_word_that_leads_on():
    for width in (32, 42, 52):
        lines = split(ENGLISH, "en", width)
        assert " ".join(lines) == ENGLISH
        assert all(columns(line) <= width for line in lines)
        assert not any(line.split()[-1] in {"the", "of", "to", "on", "which", "that"} for line in lines[:-1]), lines


def test_a_sentence_ends_a_line_where_it_can():
    assert split("That is settled. We now come to the budget.", "en", 30) == [
        "That is settled.",
        "We now come to the budget.",
    ]


def test_german_articles_stay_with_their_nouns():
    lines = split("Die Sitzung beginnt um zehn Uhr in der Bibliothek des Hauses.", "de", 36)
    assert lines == ["Die Sitzung beginnt um zehn Uhr", "in der Bibliothek des Hauses."]


def test_japanese_breaks_between_characters_and_never_before_a_full_stop():
    text = "本日はお集まりいただき、ありがとうございます。それでは会議を始めます。"
    lines = split(text, "ja", 20)
    assert "".join(lines) == text
    assert all(columns(line) <= 20 for line in lines)
    assert not any(line[0] in "、。っゃー" for line in lines)


def test_thai_marks_stay_on_their_letters():
    lines = split("ยินดีต้อนรับทุกท่านเข้าสู่การประชุม", "th", 12)
    assert "".join(lines) == "ยินดีต้อนรับทุกท่านเข้าสู่การประชุม"
    assert not any(unicodedata.category(line[0]) == "Mn" for line in lines)
    assert not any("\u0e40" <= line[-1] <= "\u0e44" for line in lines)


def test_a_word_wider_than_a_line_is_cut_and_the_next_word_keeps_its_space():
    assert split("a" * 25 + " b", "en", 10) == ["a" * 10, "a" * 10, "aaaaa b"]


def test_blocks_join_lines():
    text = "That is settled. We now come to the budget. Any questions? No."
    assert blocks(text, "en", 30, 2) == ["That is settled.\nWe now come to the budget.", "Any questions? No."]


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(max_size=300), st.sampled_from(["en", "fr", "ja", "th", "ar", ""]), st.integers(2, 60))
def test_nothing_is_lost_and_no_line_is_too_long(text, language, width):
    lines = split(text, language, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(0 < len(line) <= columns(line) <= width for line in lines)


@pytest.mark.parametrize("text", ["word " * 400, "語" * 2000])
def test_the_longest_cue_is_split(text):
    assert max(columns(line) for line in split(text, "en", 40)) <= 40
