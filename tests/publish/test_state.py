from captioner.captions.cue import RecordPolicy
from captioner.captions.policy import PolicyChange
from captioner.publish.state import PolicyView


def test_before_anything_is_known_everything_is_off_the_record():
    assert PolicyView().strictest(0, 10) is RecordPolicy.OFF_RECORD


def test_the_first_policy_and_a_switch():
    view = PolicyView(RecordPolicy.ON_RECORD)
    assert view.strictest(0, 99) is RecordPolicy.ON_RECORD
    view.add(PolicyChange(50, RecordPolicy.CHATHAM))
    assert view.strictest(0, 49) is RecordPolicy.ON_RECORD
    assert view.strictest(49, 50) is RecordPolicy.CHATHAM
