"""Studio-read telephone prompts with their texts, from Debian's asterisk-core-sounds-en-wav, joined with pauses."""

import re
import wave
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SOUNDS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
TEXTS = Path("/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
SENTENCE = re.compile(r"^([\w/-]+): ([A-Z][^\[\]<>(){}]{40,})$")
PAUSE_S = 1.0


def texts():
    import gzip

    with gzip.open(TEXTS, "rt", encoding="utf-8") as file:
        yield from (match.groups() for line in file if (match := SENTENCE.match(line.strip())))


def test_prompts_with_pauses_are_recognised(caption, tmp_path):
    if not TEXTS.is_file() or not SOUNDS.is_dir():
        pytest.skip("asterisk-core-sounds-en-wav is not installed")
    found = [(path, text) for name, text in texts() if (path := SOUNDS / f"{name}.wav").is_file()][:12]
    assert found
    import jiwer
    from whisper_normalizer.english import EnglishTextNormalizer

    joined = tmp_path / "prompts.wav"
    with wave.open(str(joined), "wb") as out:
        for number, (path, _) in enumerate(found):
            with wave.open(str(path), "rb") as source:
                if number == 0:
                    out.setparams(source.getparams())
                out.writeframes(source.readframes(source.getnframes()))
                out.writeframes(bytes(2 * int(PAUSE_S * source.getframerate())))
    normal = EnglishTextNormalizer()
    rate = jiwer.wer(normal(" ".join(text for _, text in found)), normal(caption(joined)))
    assert rate < 0.25, f"WER {rate:.3f} of {len(found)} prompts"
