from hypothesis import given
from hypothesis import strategies as st

from captioner.recognition.whisper import RATE, choose_language, group_words, monotonic, padded_length, token_times


@given(st.integers(0, 30 * RATE), st.floats(0, 1), st.floats(0, 8), st.sampled_from([80, 128]))
def test_the_encoder_never_gets_a_forbidden_length(samples, margin, floor, mels):
    length = padded_length(samples, margin, floor, mels)
    assert length <= 30 * RATE
    assert length // 320 != mels
    assert length == 30 * RATE or length >= samples + margin * RATE - 1


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3)), max_size=40), st.integers(1, 20))
def test_token_times_rise(steps, tokens):
    path, token, frame = [(0, 0)], 0, 0
    for down, right in steps:
        token, frame = min(token + down, tokens - 1), frame + right
        path.append((token, frame))
    times = token_times(path, tokens)
    assert len(times) == tokens + 1
    assert times == sorted(times)


def test_punctuation_goes_with_the_word_before_it():
    words = group_words([" Well", ",", " then"], [1, 1, 2], [0.0, 0.4, 0.4, 0.5, 0.9], [0.9, 0.1, 0.8, 0.6])
    assert [w.text for w in words] == [" Well,", " then"]
    assert monotonic(words)


def test_no_space_comes_before_a_comma_but_french_has_one_before_a_question_mark():
    words = group_words([" paper", " ,", " vrai", " ?"], [1] * 4, [0.0, 0.4, 0.4, 0.9, 1.0], [0.9] * 4)
    assert [word.text for word in words] == [" paper,", " vrai ?"]


def test_what_follows_without_a_space_belongs_to_the_word_before():
    texts = [" 314", ",000", " all", "-time", ".", " ¿Qué", "?"]
    times = [0, 0.2, 0.4, 0.6, 0.8, 0.9, 1, 1.1]
    words = group_words(texts, [1] * 7, times, [0.9, 0.5, 1, 1, 1, 1, 1])
    assert [(w.text, w.end) for w in words] == [(" 314,000", 400), (" all-time.", 800), (" ¿Qué?", 1000)]
    assert words[0].probability == 0.5


def test_the_language_changes_only_when_another_is_clearly_heard():
    six = ("ar", "en", "es", "fr", "ru", "zh")
    heard = {"fr": 0.5, "en": 0.3, "de": 0.2}
    assert choose_language(heard, six, "", 0.7) == "fr"
    assert choose_language(heard, six, "en", 0.7) == "en"
    assert choose_language({"fr": 0.8, "en": 0.2}, six, "en", 0.7) == "fr"
    assert choose_language({"de": 1.0}, six, "es", 0.7) == "es"
    assert choose_language({"de": 1.0}, six, "de", 0.7) in six
