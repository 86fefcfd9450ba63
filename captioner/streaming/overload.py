"""What is done when the machine is slower than the speech.

Longer passes, a narrower search, a smaller model, and at last a visible gap. Longer passes come by themselves: a
pass takes all that has come meanwhile, and costs less a second of audio.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OverloadConfig:
    """Rungs of the ladder, in ms of speech that no pass has covered yet."""

    narrow_ms: int = 2_000
    """From here one hypothesis is followed instead of several ..."""
    smaller_ms: int = 6_000
    """... from here a smaller model is used, where one is installed ..."""
    back_ms: int = 2_000
    """... until no more than this waits."""
    skip_ms: int = 45_000
    """More than this is never caught up with in time to take part: it is given up, and readers are told ..."""
    keep_ms: int = 10_000
    """... but for so much of the latest."""


class Ladder:
    """Whether the smaller model is to be used, with hysteresis."""

    def __init__(self, config: OverloadConfig) -> None:
        """Begin with the chosen model."""
        self._config = config
        self.down = False

    def step(self, behind_ms: int) -> bool:
        """Take how much speech waits; return whether the smaller model is to be used."""
        self.down = behind_ms > (self._config.back_ms if self.down else self._config.smaller_ms)
        return self.down


_NOT_CAPTIONED = {
    "ar": "[نحو {} ثانية بلا تعليق نصي]",
    "en": "[about {} s not captioned]",
    "es": "[unos {} s sin subtítulos]",
    "fr": "[environ {} s sans sous-titres]",
    "ru": "[около {} с без субтитров]",  # noqa: RUF001 - Cyrillic
    "zh": "[约{}秒无字幕]",
}


def gap_notice(lost_ms: int, language: str) -> str:
    """Return what readers see in the place of speech that was given up."""
    primary = language.split("-", maxsplit=1)[0].lower()
    return _NOT_CAPTIONED.get(primary, _NOT_CAPTIONED["en"]).format(max(1, round(lost_ms / 1000)))
