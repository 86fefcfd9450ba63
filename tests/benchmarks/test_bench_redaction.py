import random

from benchmarks import redaction


def test_most_names_are_proposed_and_most_proposals_are_names():
    figures = redaction.measure(seed=3, repeats=3)
    found, wanted = (sum(getattr(c, what) for c in figures.recall.values()) for what in ("found", "wanted"))
    assert found / wanted > 0.9
    assert figures.right / figures.proposals > 0.9
    assert figures.disturbed / figures.plain < 0.1
    assert "Recall" in redaction.report(figures)


def test_the_corpus_is_the_same_for_a_seed_and_its_spans_are_the_names():
    first, again = list(redaction.corpus(1, 1)), list(redaction.corpus(1, 1))
    assert first == again
    assert all(each.text[each.start : each.end] for each in first if each.case != "plain")


def test_a_misheard_name_is_another_text():
    dice = random.Random(1)  # noqa: S311
    assert redaction.mishear("Oluwaseun", 1, "en", dice) != "Oluwaseun"
    assert redaction.mishear("Oluwaseun", 0, "en", dice) == "Oluwaseun"
