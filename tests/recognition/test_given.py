import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.recognition.given import Doubles, Unfit, planned, quick_copy, rewritten

WORDS = ["!", '"', *(f"b{n}" for n in range(2, 256)), "Ġthe", "Ġand", "Ġof", "<|endoftext|>", "<|startoftranscript|>",
         "<|en|>", "<|transcribe|>", "<|notimestamps|>", "<|0.00|>", "<|0.02|>", "<|0.04|>", "<|0.06|>"]  # fmt: skip
SOT, LAST = WORDS.index("<|startoftranscript|>"), WORDS.index("<|notimestamps|>")
WIDTH = 3


def name(text):
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"


def variable(text, shape, kind, data):
    return name(text) + struct.pack(f"<B{len(shape)}IBI", len(shape), *shape, kind, len(data)) + data


TOKENS = len(WORDS)


def model_file(tokens=TOKENS, version=6, embedding="decoder/embeddings/weight"):
    rows = struct.pack(f"<{tokens * WIDTH}e", *(n // WIDTH for n in range(tokens * WIDTH)))
    return b"".join((
        struct.pack("<I", version), name("WhisperSpec"), struct.pack("<II", 3, 2),
        variable("encoder/conv1/weight", (2,), 0, b"\1\2\3\4\5\6\7\x08"), variable(embedding, (tokens, WIDTH), 4, rows),
        struct.pack("<I", 1), name("decoder/projection/weight"), name(embedding),
    ))  # fmt: skip


def read_back(data):
    """Return the variables of a model file, and what follows them."""
    source = io.BytesIO(data)

    def number(kind):
        return struct.unpack(f"<{kind}", source.read(struct.calcsize(f"<{kind}")))[0]

    def text():
        return source.read(number("H")).rstrip(b"\0").decode()

    number("I"), text(), number("I")
    found = {}
    for _ in range(number("I")):
        title, shape = text(), tuple(number("I") for _ in range(number("B")))
        number("B")
        found[title] = shape, source.read(number("I"))
    return found, source.read()


def test_rows_are_doubled_forbidden_and_nothing_else_changes():
    data, target = model_file(), io.BytesIO()
    rewritten(io.BytesIO(data), target, {1: SOT, LAST + 1: 7}, len(WORDS))
    before, rest = read_back(data)
    after, rest_after = read_back(target.getvalue())
    assert rest == rest_after
    assert after["encoder/conv1/weight"] == before["encoder/conv1/weight"]
    rows = struct.unpack(f"<{len(WORDS) * WIDTH}e", after["decoder/embeddings/weight"][1])[::WIDTH]
    assert [int(row) for row in rows] == [
        SOT if n == 1 else 7 if n == LAST + 1 else n for n in range(len(WORDS))
    ]  # fmt: skip
    shape, packed = after["decoder/projection/bias"]
    bias = struct.unpack(f"<{len(WORDS)}e", packed)
    assert shape == (len(WORDS),)
    assert [n for n, value in enumerate(bias) if value] == [1, LAST + 1]
    assert min(bias) < -50_000


@pytest.mark.parametrize(
    "data",
    [model_file(version=3), model_file(tokens=9), model_file(embedding="other"), model_file()[:-400], b""],
)
def test_an_unknown_file_is_refused(data):
    with pytest.raises(Unfit):
        rewritten(io.BytesIO(data), io.BytesIO(), {1: SOT}, len(WORDS))


def test_the_plan_takes_a_mute_token_and_the_time_stamps():
    sot, doubles = planned(WORDS, [1])
    assert (sot, doubles.start, doubles.last) == (SOT, 1, LAST)
    assert doubles.of == {LAST: LAST + 1, 0: LAST + 2, 2: LAST + 3, 3: LAST + 4}
    for words, muted in ((WORDS, [2]), (WORDS[: LAST + 1], [1]), (["a", "b"], [1])):
        with pytest.raises((Unfit, ValueError)):
            planned(words, muted)


@given(st.lists(st.integers(0, 99), max_size=20), st.sets(st.integers(2, 99), max_size=60))
def test_what_is_given_is_what_was_said_and_one_step_takes_all_before_the_last_double(tokens, doubled):
    last = 110
    doubles = Doubles(1, last, {last: 111, **{token: 112 + n for n, token in enumerate(sorted(doubled))}})
    prompt, single = doubles.given(tokens)
    back = {double: token for token, double in doubles.of.items()}
    assert [back.get(token, token) for token in prompt] == [last, *(token for token in tokens if token != 1)]
    at_once, one_by_one = prompt[: len(prompt) - single], prompt[len(prompt) - single :]
    assert all(1 <= token <= last for token in at_once)
    assert not one_by_one or not 1 <= one_by_one[0] <= last
    assert sum(token > last for token in prompt) == (len(prompt) > 1)
    if single and 0 not in tokens and tokens[-1] in doubled:
        assert single == 1


def folder_with(tmp_path, words=WORDS, **more):
    (tmp_path / "model.bin").write_bytes(model_file())
    (tmp_path / "vocabulary.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    (tmp_path / "config.json").write_text(json.dumps({"suppress_ids": [1]}), encoding="utf-8")
    for title, text in more.items():
        (tmp_path / title).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_copy_has_all_files_and_goes_away(tmp_path):
    folder = folder_with(tmp_path, tokenizer="kept")
    with quick_copy(folder) as (place, doubles):
        assert place != folder
        assert (place / "tokenizer").read_text(encoding="utf-8") == "kept"
        words = (place / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
        assert (words[1], words[SOT]) == ("<|startoftranscript|>", '"')
        assert doubles.start == 1
        assert read_back((place / "model.bin").read_bytes())[0]["decoder/projection/bias"]
    assert not place.exists()
    assert folder.exists()


def test_a_vocabulary_in_json_is_known_too(tmp_path):
    folder = folder_with(tmp_path)
    (folder / "vocabulary.txt").unlink()
    (folder / "vocabulary.json").write_text(json.dumps(WORDS), encoding="utf-8")
    with quick_copy(folder) as (place, doubles):
        assert json.loads((place / "vocabulary.json").read_text(encoding="utf-8"))[1] == "<|startoftranscript|>"
        assert doubles is not None


@pytest.mark.parametrize("missing", ["vocabulary.txt", "config.json", "model.bin"])
def test_another_model_is_loaded_as_it_is(tmp_path, missing):
    folder = folder_with(tmp_path)
    (folder / missing).unlink()
    with quick_copy(folder) as (place, doubles):
        assert (place, doubles) == (folder, None)


def test_a_full_disk_costs_time_only(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("captioner.recognition.given.shutil.copyfile", full)
    folder = folder_with(tmp_path, tokenizer="kept")
    with quick_copy(folder) as (place, doubles):
        assert (place, doubles) == (folder, None)


def test_an_error_of_who_loads_it_is_not_swallowed(tmp_path):
    folder = folder_with(tmp_path)
    with pytest.raises(ValueError, match="does not load"), quick_copy(folder):
        raise ValueError("does not load")


@pytest.mark.slow
def test_the_model_hears_the_same_whether_words_are_given_at_once_or_one_by_one():
    """In float32; with 8-bit weights the two round otherwise, neither better."""
    from benchmarks.recordings import demo
    from captioner.recognition.base import Context
    from captioner.recognition.whisper import RATE, WhisperConfig, WhisperRecognizer
    from models.errors import ModelError
    from models.store import ModelStore

    try:
        folder = ModelStore().path("base")
    except ModelError as error:
        pytest.skip(f"the base model is not here: {error.remedy}")
    at_once = WhisperRecognizer(folder, WhisperConfig(compute_type="float32"))
    one_by_one = WhisperRecognizer(folder, WhisperConfig(compute_type="float32", at_once=False))
    assert at_once._doubles is not None
    samples, given_words = demo().samples(), 0
    for second in (0, 30):
        audio = samples[second * RATE : (second + 8) * RATE]
        words = [word.text for word in one_by_one.recognise(audio, Context(language="en")).words]
        for count in (0, 1, len(words) // 2, len(words)):
            context = Context(words[:count], "Good morning.", "en")
            expected, heard = (recognizer.recognise(audio, context) for recognizer in (one_by_one, at_once))
            assert [(w.text, w.start, w.end) for w in heard.words] == [(w.text, w.start, w.end) for w in expected.words]
            assert [w.probability for w in heard.words] == pytest.approx(
                [w.probability for w in expected.words], abs=1e-3
            )
            assert heard.no_speech == pytest.approx(expected.no_speech, abs=1e-3)
            given_words += count
    assert given_words > 20
    assert at_once.recognise(audio, Context()).language == one_by_one.recognise(audio, Context()).language == "en"
