import numpy as np

from benchmarks.frontier import Pass, Point, Recorded, best, draw, point, policies, replay
from captioner.captions.cue import Word
from captioner.streaming.policy import CommitConfig


def word(text, start, probability=0.95):
    return Word(start, start + 300, f" {text}", probability)


ONE = [
    Pass(1_000, final=False, words=(word("the", 0), word("sea", 400, 0.6)), cost_ms=100),
    Pass(1_500, final=False, words=(word("the", 0), word("sea", 400, 0.6), word("is", 800)), cost_ms=100),
    Pass(2_500, final=True, words=(word("the", 0), word("cease", 410, 0.9), word("is", 800)), cost_ms=100),
]
WAITING = CommitConfig(settled_ms=1_700, agreed_ms=350, doubt=0.7, doubtful_ms=1_200, sure=0.9, sure_ms=250)
HASTY = CommitConfig(settled_ms=1_700, agreed_ms=350, doubt=0.0, sure=0.9, sure_ms=250)


def test_a_replay_commits_what_the_policy_would_have_and_no_word_twice():
    said, late = replay(ONE, WAITING)
    assert said == ["the", "cease", "is"]
    assert late == [1_000 + 100 - 300, 2_500 + 100 - 710, 2_500 + 100 - 1_100]
    said, late = replay(ONE, HASTY)
    assert said == ["the", "sea", "is"]
    assert late[1] < 1_000


def test_a_point_counts_what_was_committed_otherwise_than_last_heard():
    recorded = [Recorded(ONE, "the cease is")]
    assert point(recorded, WAITING).changed == 0
    assert abs(point(recorded, HASTY).changed - 1 / 3) < 0.001


def test_the_frontier_holds_only_what_nothing_beats(tmp_path):
    points = [Point({}, c, p, 0) for c, p in ((0.05, 700), (0.04, 800), (0.045, 900), (0.03, 1_000), (0.03, 1_100))]
    edge = best(points)
    assert [(p.changed, p.commit_p50) for p in edge] == [(0.05, 700), (0.04, 800), (0.03, 1_000)]
    draw(points, points[1], tmp_path / "frontier.svg")
    assert (tmp_path / "frontier.svg").read_text().startswith("<?xml")


def test_policies_differ():
    every = list(policies())
    assert len(every) == len({repr(policy) for policy in every})
    assert np.all([policy.doubtful_ms <= policy.settled_ms for policy in every])
