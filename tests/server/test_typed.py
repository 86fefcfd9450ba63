import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import CueStatus, check_update
from server.typed import BACK, LONG_PAUSE_MS, PAUSE_MS, TypedText


class Reader:
    """What a reader sees of the stream."""

    def __init__(self):
        self.typed = TypedText("en", "h1")
        self.cues = {}
        self.partial = ""

    def type(self, text, now=1000):
        return self.see(self.typed.take(text, now))

    def see(self, updates):
        for update in updates:
            check_update(update)
            known = self.cues.get(update.cue.id)
            if update.status is CueStatus.PARTIAL:
                self.partial = update.cue.text
                continue
            assert known is None or update.revision > known.revision
            self.cues[update.cue.id] = update
            self.partial = ""
        return self

    @property
    def text(self):
        return [u.cue.text for u in self.cues.values() if u.status is CueStatus.FINAL]


def test_partials_while_typing_and_a_final_when_the_next_sentence_begins():
    reader = Reader().type("Good mor")
    assert (reader.text, reader.partial) == ([], "Good mor")
    reader.type("ning. W")
    assert (reader.text, reader.partial) == (["Good morning."], "W")


def test_a_line_is_finished_by_its_end():
    assert Reader().type("we begin\nsecond line\r\n").text == ["we begin", "second line"]


@pytest.mark.parametrize("text", ["Dr. Smith speaks", "e.g. This one", "It cost 3. 5 million"[:9]])
def test_an_abbreviation_ends_no_sentence(text):
    assert Reader().type(text).text == []


def test_chinese_sentences_need_no_space():
    assert Reader().type("我们开始。第二").text == ["我们开始。"]


def test_a_pause_finishes_a_sentence_sooner_than_a_fragment():
    reader = Reader().type("Done.", 1000)
    assert reader.see(reader.typed.tick(1000 + PAUSE_MS - 1)).text == []
    assert reader.see(reader.typed.tick(1000 + PAUSE_MS)).text == ["Done."]
    reader.type("and then", 9000)
    reader.see(reader.typed.tick(9000 + PAUSE_MS))
    assert reader.text == ["Done."]
    assert reader.see(reader.typed.tick(9000 + LONG_PAUSE_MS)).text == ["Done.", "and then"]


def test_deleting_in_the_open_sentence_changes_nothing_finished():
    reader = Reader().type("One. Twwo").type("\b\bo")
    assert reader.text == ["One."]
    assert reader.partial == "Two"


def test_deleting_into_a_finished_sentence_revises_it():
    reader = Reader().type("I recieve.\n")
    first = next(iter(reader.cues))
    reader.type("\b" * len("ieve. ") + "eive.\n")
    assert reader.text == ["I receive."]
    assert reader.cues[first].revision > 1


def test_deleting_all_of_a_finished_sentence_retracts_it_and_goes_on_in_the_one_before():
    reader = Reader().type("One.\nTwo.\n").type("\x7f" * len("Two. ") + "\x7f\x7f!\n")
    assert reader.text == ["One!"]


def test_deleting_at_the_very_beginning_does_nothing():
    assert Reader().type("\b\b\bYes.\n").text == ["Yes."]


def test_a_cue_does_not_grow_for_ever():
    reader = Reader().type("word " * 50 + "\n")
    assert all(len(text.split()) <= 21 for text in reader.text)
    assert " ".join(reader.text).split() == ["word"] * 50
    slow = Reader()
    for number in range(12):
        slow.type(f"w{number} ", 1000 * number)
    assert len(slow.text) >= 1


def test_cues_do_not_overlap():
    reader = Reader().type("One. Two. T", 1000).type("hree.\n", 1500)
    updates = list(reader.cues.values())
    assert all(a.cue.end <= b.cue.start for a, b in itertools.pairwise(updates))


def test_the_last_words_survive():
    reader = Reader().type("the end")
    assert reader.see(reader.typed.close(2000)).text == ["the end"]


@given(
    st.lists(
        st.sampled_from(["Hello. ", "and so on ", "no", "\b", "\b\b\b", "\n", "Yes! ", "é", "\x00", "  "]), max_size=60
    )
)
def test_what_readers_see_is_what_was_typed(parts):
    reader, text, now = Reader(), "", 0
    for part in parts:
        now += 137 * len(part)
        reader.type(part, now)
    reader.see(reader.typed.close(now))
    for char in "".join(parts):
        text = text[:-1] if char == "\b" else text + char
    if "\b" not in "".join(parts):
        assert "".join(reader.text).replace(" ", "") == "".join(text.replace("\x00", "").split())
    assert all(one == " ".join(one.split()) and one for one in reader.text)


def test_deletes_reach_back_only_so_far():
    reader = Reader()
    for number in range(BACK + 5):
        reader.type(f"Line {number}.\n")
    reader.type("\b" * 1000).type("New.\n")
    assert reader.text[:5] == [f"Line {n}." for n in range(5)]
    assert reader.text[-1] == "New."
