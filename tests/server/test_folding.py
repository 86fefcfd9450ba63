import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.archive.folding import Term, fold, marked, parse, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الإنترنت", "الانترنت"), ("مُحَمَّد", "محمد"), ("محـــمد", "محمد"), ("على", "علي"), ("Ёлка", "елка"), ("CAFÉ", "cafe"), ("cafe\u0301", "café"),
        ("Straße", "STRASSE"), ("ＡＢＣ", "abc"), ("Ἀθῆναι", "αθηναι"), ("ﬁne", "fine"), ("شَبَكَة", "شبكه"),
    ],
)  # fmt: skip
def test_these_are_the_same_word(one, other):
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(("one", "other"), [("мой", "мои"), ("कि", "की"), ("net", "nets")])
def test_these_are_not(one, other):
    assert tokens(one) != tokens(other)


def test_scripts_without_spaces_become_pairs():
    assert tokens("网络治理, net") == ["网络", "络治", "治理", "理", "net"]


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("net work", [Term(("net",), False), Term(("work",), False)]),
        ('"net work"', [Term(("net", "work"), False)]),
        ("capt*", [Term(("capt",), True)]),
        ("网络治", [Term(("网络", "络治"), False)]),
        ("网", [Term(("网",), True)]),
        ("e-mail", [Term(("e", "mail"), False)]),
        ('" OR * )', [Term(("or",), False)]),
        ("", []),
    ],
)
def test_queries(query, terms):
    assert parse(query) == terms


def test_marks_stand_on_what_was_written():
    assert marked("Die STRASSE und die Straße.", parse("straße")) == [
        ("Die ", False), ("STRASSE", True), (" und die ", False), ("Straße", True), (".", False),
    ]  # fmt: skip
    assert marked("قال مُحَمَّد نعم", parse("محمد"))[1] == ("مُحَمَّد", True)
    assert marked("中国网络治理", parse("网络")) == [("中国", False), ("网络", True), ("治理", False)]
    assert marked("captions and captioners", parse("capt*")) == [
        ("capt", True),
        ("ions and ", False),
        ("capt", True),
        ("ioners", False),
    ]


@given(st.text(), st.text(max_size=20))
def test_marking_changes_no_text_and_never_fails(text, query):
    import unicodedata

    assert "".join(piece for piece, _ in marked(text, parse(query))) == unicodedata.normalize("NFC", text)
    folded, places = fold(text)
    assert len(folded) == len(places)
