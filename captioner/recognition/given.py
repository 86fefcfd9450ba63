"""Words that are given to the decoder, in one step instead of one step each.

CTranslate2 (4.8, src/models/whisper.cc) feeds a prompt to the decoder in one step only as far as its tokens lie between
the ids of "start of transcript" and "no timestamps". Text has smaller ids: words that are committed are fed one by one,
for each hypothesis that is followed, which was half the time of a pass. So the model is loaded from a copy in which

- "start of transcript" has the id of a token that is never said, the double quote: text lies behind it;
- the ids of time stamps, for which there is no use here, are doubles of frequent tokens. The last given token that has
  a double is given by it: that ends the one step, and the few tokens behind it follow one by one. "No timestamps" has a
  double too, for text in which no token has one: then all follow one by one, as without all this;
- no double can be said, nor changes a probability: a bias forbids them.

What the decoder says is the same.
"""

import contextlib
import json
import shutil
import struct
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from captioner.recognition.scripts import scripts

_BYTES = 256  # the first tokens are single bytes
_QUOTE = 1  # in every vocabulary of Whisper
_EMBEDDINGS = "decoder/embeddings/weight"
_SCALES = "decoder/embeddings/weight_scale"
_BIAS = "decoder/projection/bias"
_VERSIONS = (4, 6)  # of the file's format
_FLOAT16 = 4
_NEVER = -60_000.0  # a float16 holds it
_LARGEST = 2 << 30  # bytes: a larger model is not copied
_CHUNK = 1 << 22
_WORDS = ("vocabulary.txt", "vocabulary.json")


class Unfit(Exception):
    """The model's files are not as expected: it works without this, more slowly."""


@dataclass(frozen=True, slots=True)
class Doubles:
    """Ids in the copy of the model."""

    start: int
    """Of "start of transcript"."""
    last: int
    """Of "no timestamps", behind which the doubles are."""
    of: Mapping[int, int]
    """A token's double."""

    def given(self, tokens: Sequence[int]) -> tuple[list[int], int]:
        """Return the prompt's end, "no timestamps" and given text tokens, and how many of it are fed one by one."""
        given = [self.last, *(token for token in tokens if token != self.start)]
        if len(given) == 1:
            return given, 0
        at = max(index for index, token in enumerate(given) if token in self.of)
        given[at] = self.of[given[at]]
        first = next(index for index, token in enumerate(given) if not self.start <= token <= self.last)
        return given, len(given) - first


@contextlib.contextmanager
def quick_copy(folder: Path) -> Iterator[tuple[Path, Doubles | None]]:
    """Yield a folder to load the model from, and its doubles; `folder` and None where there cannot be such a copy."""
    with contextlib.ExitStack() as stack:
        place: tuple[Path, Doubles | None] = folder, None
        with contextlib.suppress(Unfit, OSError, ValueError, KeyError, struct.error):
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="captioner-model-")))
            place = copy, _copied(folder, copy)
        yield place


def _copied(folder: Path, copy: Path) -> Doubles:
    if (folder / "model.bin").stat().st_size > _LARGEST:
        raise Unfit
    name = next((name for name in _WORDS if (folder / name).is_file()), "")
    if not name:
        raise Unfit
    text = (folder / name).read_text(encoding="utf-8")
    words: list[str] = json.loads(text) if name.endswith(".json") else text.removesuffix("\n").split("\n")
    muted: list[int] = json.loads((folder / "config.json").read_text(encoding="utf-8"))["suppress_ids"]
    sot, doubles = planned(words, muted)
    for path in folder.iterdir():
        if path.is_file() and path.name not in ("model.bin", name) and not path.name.startswith("."):
            shutil.copyfile(path, copy / path.name)
    words[sot], words[doubles.start] = words[doubles.start], words[sot]
    told = json.dumps(words) if name.endswith(".json") else "\n".join(words) + "\n"
    (copy / name).write_text(told, encoding="utf-8")
    rows = {doubles.start: sot, **{double: token for token, double in doubles.of.items()}}
    with (folder / "model.bin").open("rb") as source, (copy / "model.bin").open("wb") as target:
        rewritten(source, target, rows, len(words))
    return doubles


def planned(words: Sequence[str], muted: Sequence[int]) -> tuple[int, Doubles]:
    """Return the id of "start of transcript" in the model as it is, and the doubles; Unfit for another vocabulary."""
    if _QUOTE not in muted or words[_QUOTE] != '"' or words.count("<|startoftranscript|>") != 1:
        raise Unfit
    sot, last = words.index("<|startoftranscript|>"), words.index("<|notimestamps|>")
    free = range(last + 1, len(words))
    if not free or last < sot:
        raise Unfit
    return sot, Doubles(_QUOTE, last, dict(zip((last, *_frequent(words[:sot])), free, strict=False)))


def _frequent(words: Sequence[str]) -> Iterator[int]:
    """Yield tokens of each script by frequency: they are numbered as they were merged."""
    groups = scripts(words)
    yield from (token for token in range(_BYTES) if token != _QUOTE)
    latin, others = groups.pop("", []), [iter(group) for group in groups.values()]
    for number, token in enumerate(token for token in latin if token >= _BYTES):
        yield token
        if number % 2:
            yield from (each for each in (next(other, None) for other in others) if each is not None and each >= _BYTES)


def rewritten(source: BinaryIO, target: BinaryIO, rows: Mapping[int, int], tokens: int) -> None:
    """Copy a model file; rows of its embedding (keys) become those of other tokens (values) and can't be said."""
    version = _number(source, target, "I")
    if not _VERSIONS[0] <= version <= _VERSIONS[1]:
        raise Unfit
    _name(source, target)
    _number(source, target, "I")
    (count,) = struct.unpack("<I", _exactly(source, 4))
    target.write(struct.pack("<I", count + 1))
    done = 0
    for _ in range(count):
        name = _name(source, target)
        if name == _BIAS:
            raise Unfit
        shape = [_number(source, target, "I") for _ in range(_number(source, target, "B"))]
        _number(source, target, "B")
        size = _number(source, target, "I")
        if name in (_EMBEDDINGS, _SCALES):
            if shape[0] != tokens:
                raise Unfit
            done += name == _EMBEDDINGS
            data, width = bytearray(_exactly(source, size)), size // tokens
            for to, of in rows.items():
                data[to * width : (to + 1) * width] = data[of * width : (of + 1) * width]
            target.write(data)
        else:
            target.writelines(_exactly(source, min(_CHUNK, size - start)) for start in range(0, size, _CHUNK))
    if not done:
        raise Unfit
    bias = struct.pack(f"<{tokens}e", *(_NEVER if token in rows else 0.0 for token in range(tokens)))
    title = _BIAS.encode() + b"\0"
    target.write(struct.pack("<H", len(title)) + title + struct.pack("<BIBI", 1, tokens, _FLOAT16, len(bias)) + bias)
    shutil.copyfileobj(source, target)


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise Unfit
    return data


def _number(source: BinaryIO, target: BinaryIO, kind: str) -> int:
    data = _exactly(source, struct.calcsize(f"<{kind}"))
    target.write(data)
    return int(struct.unpack(f"<{kind}", data)[0])


def _name(source: BinaryIO, target: BinaryIO) -> str:
    return _text(source, target, _number(source, target, "H"))


def _text(source: BinaryIO, target: BinaryIO, size: int) -> str:
    data = _exactly(source, size)
    target.write(data)
    return data.rstrip(b"\0").decode()
