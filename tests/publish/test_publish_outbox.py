from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate
from captioner.publish.outbox import Outbox


def update(number, revision=1, status=CueStatus.FINAL):
    return CueUpdate(Cue(f"c-{number}", 0, 1, "x", "en"), revision, status)


def test_only_the_latest_partial_and_none_behind_its_final():
    outbox = Outbox()
    outbox.push(update(1, 1, CueStatus.PARTIAL))
    outbox.push(update(1, 2, CueStatus.PARTIAL))
    assert [u.revision for u in outbox.take()] == [2]
    outbox.push(update(1, 3, CueStatus.PARTIAL))
    outbox.push(update(1, 4))
    assert [u.status for u in outbox.take()] == [CueStatus.FINAL]


@given(st.lists(st.sampled_from(["push", "take", "lose", "acknowledge"]), max_size=60))
def test_a_final_stays_until_acknowledged_and_order_holds(steps):
    outbox, sent, kept, number = Outbox(), [], [], 0
    for step in steps:
        if step == "push":
            number += 1
            outbox.push(update(number))
            kept.append(f"c-{number}")
        elif step == "take":
            sent += [u.cue.id for u in outbox.take()]
        elif step == "lose":
            outbox.reconnected()
            sent = []
        elif sent:
            cue = sent.pop(0)
            outbox.acknowledge(cue, 1)
            kept.remove(cue)
    outbox.reconnected()
    assert [u.cue.id for u in outbox.take()] == kept
    assert outbox.waiting == len(kept)
