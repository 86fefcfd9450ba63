import pytest

from captioner.measure import Measured
from captioner.tune import Choice, choose, configured, key, remember, remembered


def way(threads, load, compute="int8_float32"):
    return Measured("base", compute, threads, load / 2, load, load < 1.5)


@pytest.mark.parametrize(
    ("results", "threads", "profile"),
    [
        ([way(1, 0.5), way(2, 0.3)], 1, "accurate"),  # the core is better left to the conference
        ([way(1, 1.4), way(2, 0.75)], 2, "accurate"),
        ([way(1, 1.2), way(2, 1.1)], 1, "fast"),
        ([way(1, 3.0), way(2, 2.9)], 1, "slow"),
        ([], 1, "accurate"),
    ],
)
def test_the_choice(results, threads, profile):
    choice = choose(results)
    assert (choice.threads, choice.profile) == (threads, profile)


def test_the_fastest_compute_type_is_taken():
    assert choose([way(1, 0.5), way(1, 0.4, "float32")]).compute_type == "float32"


def test_profiles_cost_less_and_less():
    accurate, fast, slow = (configured(Choice(profile=name)) for name in ("accurate", "fast", "slow"))
    assert slow[1].step_ms > fast[1].step_ms > accurate[1].step_ms
    assert accurate[1].beam > fast[1].beam == slow[1].beam == 1
    assert accurate[0].floor_s == fast[0].floor_s == slow[0].floor_s  # a shorter input than 10 s loops


def test_a_choice_is_kept_for_this_model_and_machine(tmp_path):
    file = tmp_path / "new" / "measured.json"
    assert remembered("base", file) is None
    remember("base", Choice(threads=2), file)
    remember("tiny", Choice(), file)
    assert remembered("base", file) == Choice(threads=2)
    assert remembered("small", file) is None
    assert key("base") != key("tiny")
    file.write_text("broken")
    assert remembered("base", file) is None
    remember("base", Choice(), file)
    assert remembered("base", file) == Choice()


def test_a_disk_that_takes_nothing_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    remember("base", Choice(), tmp_path / "file" / "measured.json")
