import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Word
from captioner.streaming.glossary import GlossaryError, corrected, hint, key, parse

TERMS = parse("DCAD = decad, dee cad  # the coalition\nAndrea Saks\nSecretariat\nMAG\n\n# nothing\n")


def said(text, probability=0.5):
    return [Word(i * 100, i * 100 + 100, f" {word}", probability) for i, word in enumerate(text.split())]


def read(words):
    return "".join(word.text for word in words).strip()


@pytest.mark.parametrize(
    ("heard", "read_as"),
    [
        ("the D C A D met", "the DCAD met"),
        ("the D-CAD, met", "the DCAD, met"),
        ("the D.C.A.D. met", "the DCAD. met"),
        ("our decad met", "our DCAD met"),
        ("a dee cad call.", "a DCAD call."),
        ("I am Andrea Sacks.", "I am Andrea Saks."),
        ("the secretariate wrote", "the Secretariat wrote"),
        ("the mag decides", "the MAG decides"),
        ("a magnet decides", "a magnet decides"),
        ("many decades ago", "many decades ago"),
        ("one andrea. Sacks were", "one andrea. Sacks were"),
    ],
)
def test_what_was_almost_heard_is_put_right(heard, read_as):
    assert read(corrected(said(heard), TERMS)) == read_as


def test_what_the_recogniser_is_sure_of_is_not_bent_to_a_term():
    assert read(corrected(said("the secretariate wrote", 0.95), TERMS)) == "the secretariate wrote"


def test_times_span_the_words_that_were_heard():
    (word,) = corrected(said("D C A D"), TERMS)
    assert (word.start, word.end, word.text) == (0, 400, " DCAD")


@given(st.lists(st.text(max_size=12), max_size=12), st.floats(0, 1))
def test_nothing_comes_from_nothing_and_order_is_kept(texts, probability):
    words = [Word(i * 100, i * 100 + 100, f" {text}", probability) for i, text in enumerate(texts)]
    out = corrected(words, TERMS)
    assert len(out) <= len(words)
    assert corrected(words, ()) == words
    assert [w.start for w in out] == sorted(w.start for w in out)
    if not any(key(text) for text in texts):
        assert out == words


def test_the_hint_holds_whole_terms_only():
    assert hint(TERMS) == "DCAD, Andrea Saks, Secretariat, MAG"
    assert hint(TERMS, 20) == "DCAD, Andrea Saks"
    assert hint(()) == ""


@pytest.mark.parametrize("text", ["good\n...", "x" * 101, "\n".join(f"term{i}" for i in range(1_001))])
def test_a_bad_glossary_is_refused(text):
    with pytest.raises(GlossaryError):
        parse(text)


def test_the_line_that_is_wrong_is_named():
    with pytest.raises(GlossaryError, match="line 3"):
        parse("one\ntwo\n!!!\n")


def test_a_term_given_twice_keeps_all_that_is_known():
    (term,) = parse("DCAD = decad\nD-CAD = dicad")
    assert term.text == "D-CAD"
    assert term.aliases == {"decad", "dicad"}
