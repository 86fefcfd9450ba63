"""Labels of speakers without a name."""

import pytest

from captioner.captions.labels import is_label, label


def test_labels_are_known_again():
    assert label(2) == "Speaker 2"
    assert label(1, "0:10:42") == "Speaker 1 (from 0:10:42)"
    assert all(is_label(name) for name in (label(1), label(12), label(1, "0:10:42")))


@pytest.mark.parametrize(
    "name", ["", "Speaker", "Speaker 0", "Speaker Pelosi", "The Speaker 2", "Speaker 2 (Ann)", "Ann"]
)
def test_names_are_not_labels(name):
    assert not is_label(name)
