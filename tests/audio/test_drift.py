"""Hours on a virtual clock."""

import numpy as np
import pytest

from captioner.audio.drift import Drift, DriftConfig

LOUD = np.full(1600, 0.1, np.float32)
QUIET = np.zeros(1600, np.float32)


def meeting(parts_per_million, hours, jitter=0.08, loud=lambda n: n % 50 < 40, seed=1):
    """Return the largest lateness (s) after the first minutes, with chunks of 0.1 s from a card of another speed."""
    chance = np.random.default_rng(seed)
    drift, position, worst = Drift(), 0, 0.0
    for n in range(int(hours * 36_000)):
        end_true = (n + 1) * 0.1 * (1 - parts_per_million / 1e6)
        now = end_true + 0.05 + chance.exponential(jitter / 4)
        samples = LOUD if loud(n) else QUIET
        position += drift.repair(samples, position + len(samples), now)
        position += len(samples)
        worst = max(worst, abs(end_true - position / 16_000)) if n > 3000 else 0.0
    return worst, position


@pytest.mark.parametrize("speed", [-200, -60, 60, 200])
def test_a_card_of_another_speed_stays_true_for_hours(speed):
    worst, _ = meeting(speed, 3)
    assert worst < 0.25


def test_without_drift_nothing_is_touched():
    _, position = meeting(0, 1)
    assert position == 36_000 * 1600


def test_speech_is_not_cut_for_a_small_drift():
    _, position = meeting(100, 0.7, loud=lambda n: True)
    assert position == int(0.7 * 36_000) * 1600  # 0.25 s off, and nobody paused


def test_a_large_drift_is_mended_even_in_speech():
    worst, _ = meeting(300, 2, loud=lambda n: True)
    assert worst < 0.75


def test_a_stall_is_no_drift():
    drift, position, fixes = Drift(), 0, []
    for n in range(6000):
        late = 3.0 if 2000 < n < 2025 else 0.0
        fixes.append(drift.repair(QUIET, position + 1600, (n + 1) * 0.1 + late))
        position += 1600 + fixes[-1]
    assert not any(fixes)


def test_a_source_that_begins_anew_is_measured_anew():
    drift = Drift(DriftConfig(window=1.0))
    position = 0
    for n in range(30):
        drift.repair(QUIET, position + 1600, n * 0.1)
        position += 1600
    drift.restart()
    fixes = [drift.repair(QUIET, position + (n + 1) * 1600, 50 + n * 0.1) for n in range(30)]
    assert not any(fixes)
