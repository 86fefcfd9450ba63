import pytest

from captioner.streaming.overload import Ladder, OverloadConfig, gap_notice


def test_the_ladder_goes_down_late_and_comes_back_when_caught_up():
    ladder = Ladder(OverloadConfig(smaller_ms=6_000, back_ms=2_000))
    assert [ladder.step(ms) for ms in (0, 6_000, 6_001, 3_000, 2_001, 2_000, 5_000)] == [
        False, False, True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh-Hans", "sw", ""])
def test_the_notice_tells_the_seconds_in_the_meeting_s_language(language):
    assert "12" in gap_notice(12_300, language)
    assert "1" in gap_notice(3, language)


def test_languages_differ():
    assert len({gap_notice(5_000, code) for code in ("ar", "en", "es", "fr", "ru", "zh")}) == 6
