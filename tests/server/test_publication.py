import pytest

from captioner.captions.cue import RecordPolicy
from captioner.captions.policy import PolicyChange
from server.archive.publication import Refused, Review, State, Version, mark_reviewed, open_draft, public_seq, publish

ON = PolicyChange(0, RecordPolicy.ON_RECORD)
CHATHAM = PolicyChange(5, RecordPolicy.CHATHAM)
OFF = PolicyChange(5, RecordPolicy.OFF_RECORD)


def test_one_person_reviews_and_publishes():
    reviewed = mark_reviewed(Review(), "ann", 7, 100)
    assert reviewed == Review(State.REVIEWED, 7, "ann", 100)
    assert publish(reviewed, "ann", 7, 200, two_persons=False) == Review(State.PUBLISHED, 7, "ann", 200)


def test_two_people_where_the_meeting_asks_for_them():
    reviewed = mark_reviewed(Review(), "ann", 7, 100)
    with pytest.raises(Refused, match="two people"):
        publish(reviewed, "ann", 7, 200, two_persons=True)
    assert publish(reviewed, "bob", 7, 200, two_persons=True).by == "bob"


def test_a_draft_is_not_published_unread():
    with pytest.raises(Refused, match="nobody has reviewed"):
        publish(Review(), "bob", 7, 200, two_persons=False)


@pytest.mark.parametrize("two", [True, False])
def test_what_was_changed_after_the_review_is_reviewed_again(two):
    reviewed = mark_reviewed(Review(), "ann", 7, 100)
    with pytest.raises(Refused, match="changed after the review"):
        publish(reviewed, "bob", 8, 200, two_persons=two)


def test_what_is_published_goes_on_only_with_a_correction():
    published = Review(State.PUBLISHED, 7, "bob", 200)
    with pytest.raises(Refused):
        publish(published, "ann", 7, 300, two_persons=False)
    with pytest.raises(Refused):
        mark_reviewed(published, "ann", 7, 300)
    assert mark_reviewed(published, "ann", 9, 300).state is State.REVIEWED


def test_what_the_public_may_read():
    one, two = Version(1, "e", 7, 0), Version(2, "e", 9, 0)
    assert public_seq(12, [ON], [], two_persons=False) == 12
    assert public_seq(12, [ON], [], two_persons=True) is None
    assert public_seq(12, [ON, CHATHAM], [], two_persons=False) is None
    assert public_seq(12, [ON, OFF], [], two_persons=False) == 12
    assert public_seq(12, [ON, CHATHAM], [two, one], two_persons=True) == 9


def test_a_part_under_the_rule_closes_the_whole_draft():
    assert open_draft([ON], two_persons=False)
    assert not open_draft([ON, CHATHAM, PolicyChange(9, RecordPolicy.ON_RECORD)], two_persons=False)
