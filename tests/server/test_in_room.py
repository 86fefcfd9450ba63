import pytest

from captioner.captions.cue import CueStatus, RecordPolicy
from server.in_room import InRoom
from tests.server.conftest import final, partial

CHATHAM = RecordPolicy.CHATHAM


def speaker(frame):
    return frame.message.shown.update.cue.speaker


def test_a_caption_s_own_speaker_comes_before_the_label():
    names = InRoom()
    names.say("floor", 0, "Ann")
    assert speaker(names.shown("floor", final("c1", speaker="Bo"), CHATHAM)) == "Bo"
    assert speaker(names.shown("floor", final("c1"), CHATHAM)) == "Ann"
    assert speaker(names.shown("floor", partial("c1", "x"), CHATHAM)) == "Ann"
    assert names.shown("other", final("c1"), CHATHAM) is None


@pytest.mark.parametrize("policy", [RecordPolicy.ON_RECORD, RecordPolicy.OFF_RECORD])
def test_other_policies_have_nothing_for_the_room(policy):
    assert InRoom().shown("floor", final("c1", speaker="Bo"), policy) is None


def test_nothing_is_named_that_is_taken_back_or_forgotten():
    names = InRoom()
    names.say("floor", 0, "Ann")
    assert names.shown("floor", final("c1", "", 2, status=CueStatus.RETRACTED), CHATHAM) is None
    names.clear()
    assert names.shown("floor", final("c1"), CHATHAM) is None
