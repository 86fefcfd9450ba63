import pytest

from server.archive.log import EventLog
from server.archive.publication import Review, State, Version
from server.archive.review import (
    MAX_STATEMENTS,
    Dismissed,
    dismiss,
    dismissed_of,
    drop_statement,
    make_statement,
    review_of,
    statements_of,
    store_review,
    store_statement,
    versions_of,
)


@pytest.fixture
def log(tmp_path):
    log = EventLog(tmp_path)
    yield log
    log.close()


def test_a_record_is_a_draft_until_something_is_kept(log):
    assert review_of(log, "m1") == Review()
    assert versions_of(log, "m1") == ()


def test_review_and_versions_are_kept(log, tmp_path):
    store_review(log, "m1", Review(State.REVIEWED, 5, "ann", 1))
    published = Review(State.PUBLISHED, 5, "bob", 2)
    store_review(log, "m1", published, Version(1, "e", 5, 2, "First."))
    log.close()
    again = EventLog(tmp_path)
    assert review_of(again, "m1") == published
    assert versions_of(again, "m1") == (Version(1, "e", 5, 2, "First."),)
    again.close()


def test_statements_are_signed_and_can_be_taken_away(log):
    statement = make_statement("floor", "c1", "c2", " Ann  B ", "We\x00 disagree.\n\nTruly.", 5)
    assert (statement.author, statement.text) == ("Ann B", "We disagree.\n\nTruly.")
    store_statement(log, "m1", statement)
    assert statements_of(log, "m1") == (statement,)
    assert statements_of(log, "m2") == ()
    assert not drop_statement(log, "m2", statement.id)
    assert drop_statement(log, "m1", statement.id)
    assert statements_of(log, "m1") == ()


@pytest.mark.parametrize(("author", "text"), [("", "x"), ("Ann", " \n "), ("A" * 201, "x"), ("Ann", "x" * 10_001)])
def test_a_statement_without_name_or_words_is_refused(author, text):
    with pytest.raises(ValueError, match="write"):
        make_statement("floor", "c1", "c1", author, text, 5)


def test_too_many_statements_are_refused(log):
    for number in range(MAX_STATEMENTS):
        store_statement(log, "m1", make_statement("floor", "c1", "c1", "Ann", "No.", number))
    with pytest.raises(ValueError, match="first"):
        store_statement(log, "m1", make_statement("floor", "c1", "c1", "Ann", "No.", 1))


def test_refused_proposals_are_remembered(log):
    dismiss(log, "m1", Dismissed("floor", "c1", 3, 9))
    dismiss(log, "m1", Dismissed("floor", "c1", 3, 9))
    assert dismissed_of(log, "m1") == {Dismissed("floor", "c1", 3, 9)}
