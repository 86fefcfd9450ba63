"""Who spoke when, by voice: the diarisation error rate of the labels on our captions, and what they cost.

Conversations are composed of recordings with one speaker each: turns between pauses, two to five people, in any order,
each at a level of its own. A conversation with a reference is taken as it is. The finals are those of the real engine
on a virtual clock; each gets the label that a live reader would have got. Nothing is forgiven unless a collar is named.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.engines import chunks
from benchmarks.recordings import RATE, ROOT, Samples, demo, find
from captioner.captions.cue import CueStatus, CueUpdate
from captioner.diarist import Diarist
from captioner.publish.sink import Emitted
from captioner.recognition.base import Recognizer
from captioner.recognition.silero import SileroVoiceDetector
from captioner.recognition.voices import VoiceEmbedder
from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer
from captioner.run import Beat, retrying, run_virtual
from captioner.streaming.session import Session, SessionConfig
from captioner.streaming.speakers import Voice
from models.catalogue import VOICES
from models.store import ModelStore

PEOPLE = (
    "en_long/obama_weekly_20141206", "en_long/rosehill_v1", "en_long/ljspeech_LJ001_1_32", "en_long/matthes_LJ003_a",
    "en_long/trump_weekly_ms13", "en_short/mobydick_77s",
)  # fmt: skip
CONVERSED = ("sim_meeting/sim_meeting_dev", "ami_activity/trn07", "ami_activity/tst00")
READERS = ("fr/fleursdumal_006", "fr/fleursdumal_022", "fr/fleursdumal_113", "fr/fleursdumal_129")
CONVERSATIONS = ((1, 2), (2, 3), (3, 4), (4, 5), (5, 3), (6, 4), (7, 2), (8, 3))  # seed, people
SECONDS = 150
FRAME_MS = 10
COLLAR_MS = 250
_VAD = 512  # samples of one answer of the voice detector
_PAUSE_MS = 320  # a turn ends in one
_GAP_MS = (150, 900)  # between two turns
_TURN_MS = (1_500, 12_000)
_LEVEL_DB = 6.0  # how much louder or quieter somebody is
_STRANGER = "nobody"

Embed = Callable[[Samples], Voice]


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody speaks from `start` to `end` ms."""

    start: int
    end: int
    speaker: str


class Errors(msgspec.Struct, frozen=True):
    """Frames of 10 ms; a frame in which two speak counts twice."""

    speech: int
    missed: int
    false_alarm: int
    confused: int

    @property
    def rate(self) -> float:
        """The diarisation error rate."""
        return (self.missed + self.false_alarm + self.confused) / max(self.speech, 1)

    def __add__(self, other: "Errors") -> "Errors":
        """Both together."""
        return Errors(
            self.speech + other.speech, self.missed + other.missed, self.false_alarm + other.false_alarm,
            self.confused + other.confused,
        )  # fmt: skip


def errors(reference: Sequence[Turn], found: Sequence[Turn], collar_ms: int = 0) -> Errors:
    """Compare, with the mapping of labels to people under which fewest frames are wrong.

    `collar_ms` on both sides of each turn's start and end of the reference is not counted.
    """
    length = max((turn.end for turn in (*reference, *found)), default=0) // FRAME_MS + 1
    theirs, ours = _frames(reference, length), _frames(found, length)
    counted = np.ones(length, dtype=bool)
    for edge in {edge for turn in reference for edge in (turn.start, turn.end)}:
        counted[max(edge - collar_ms, 0) // FRAME_MS : (edge + collar_ms) // FRAME_MS] = False
    theirs, ours = theirs[:, counted], ours[:, counted]
    said, told = theirs.sum(0), ours.sum(0)
    right = _best(theirs.astype(np.int64) @ ours.T.astype(np.int64))
    both = int(np.minimum(said, told).sum())
    missed, false_alarm = int(np.maximum(said - told, 0).sum()), int(np.maximum(told - said, 0).sum())
    return Errors(int(said.sum()), missed, false_alarm, both - right)


def _frames(turns: Sequence[Turn], length: int) -> "np.ndarray[tuple[int, int], np.dtype[np.int8]]":
    names = sorted({turn.speaker for turn in turns})
    frames = np.zeros((max(len(names), 1), length), dtype=np.int8)
    for turn in turns:
        frames[names.index(turn.speaker), turn.start // FRAME_MS : turn.end // FRAME_MS] = 1
    return frames


def _best(shared: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> int:
    """Return the most frames that one-to-one pairs of rows and columns share: column by column, over sets of rows."""
    if shared.shape[0] > shared.shape[1]:
        shared = shared.T
    best = {0: 0}  # rows that have a column, as bits -> frames
    for column in shared.T:
        for taken, frames in list(best.items()):
            for row, value in enumerate(column):
                after = taken | 1 << row
                if after != taken:
                    best[after] = max(best.get(after, 0), frames + int(value))
    return max(best.values())


def speech(samples: Samples) -> list[tuple[int, int]]:
    """Return the stretches of speech in ms, parted by pauses."""
    detector = SileroVoiceDetector()
    step = _VAD * 1000 // RATE
    starts = range(0, len(samples) - _VAD + 1, _VAD)
    heard = [i * step for i, at in enumerate(starts) if detector.probability(samples[at : at + _VAD]) > 0.5]  # noqa: PLR2004
    stretches: list[tuple[int, int]] = []
    for at in heard:
        if stretches and at - stretches[-1][1] < _PAUSE_MS:
            stretches[-1] = (stretches[-1][0], at + step)
        else:
            stretches.append((at, at + step))
    return stretches


def compose(voices: dict[str, Samples], seed: int, seconds: int) -> tuple[Samples, list[Turn]]:
    """Make a conversation of recordings with one speaker each; a seed gives the same again."""
    chance = random.Random(seed)  # noqa: S311 - a measurement that can be repeated, not a secret
    people = sorted(voices)
    left = {name: _turns(voices[name], chance) for name in people}
    gain = {name: 10 ** (chance.uniform(-_LEVEL_DB, _LEVEL_DB) / 20) for name in people}
    sound: list[Samples] = []
    turns: list[Turn] = []
    at, last = 0, ""
    while at < seconds * RATE:
        others = [name for name in people if name != last]
        last = chance.choice(others)
        piece = next(left[last], None)
        if piece is None:
            break
        gap = np.zeros(chance.randint(*_GAP_MS) * RATE // 1000, np.float32)
        spoken = piece * np.float32(gain[last])
        sound += [gap, spoken]
        start = at + len(gap)
        at = start + len(spoken)
        turns.append(Turn(start * 1000 // RATE, at * 1000 // RATE, last))
    room = np.random.default_rng(seed).normal(0, 0.0005, at).astype(np.float32)
    return np.concatenate(sound) + room, turns


def _turns(samples: Samples, chance: random.Random) -> Iterator[Samples]:
    """Yield turns of one or several stretches of speech, each once."""
    wanted = chance.randint(*_TURN_MS)
    begun: int | None = None
    for start, end in speech(samples):
        begun = start if begun is None else begun
        if end - begun >= wanted:
            yield samples[begun * RATE // 1000 : end * RATE // 1000]
            begun, wanted = None, chance.randint(*_TURN_MS)


def rttm(path: Path) -> list[Turn]:
    """Read a reference."""
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("SPEAKER"))
    turns = [(round(float(row[3]) * 1000), round(float(row[4]) * 1000), row[7]) for row in rows]
    return [Turn(start, start + length, name) for start, length, name in turns]


class Told(msgspec.Struct, frozen=True):
    """What the labels of a conversation are worth."""

    name: str
    people: int
    seconds: float
    errors: Errors
    forgiving: Errors
    """With a collar of 250 ms."""
    labels: int
    """Different labels that were given."""
    captions: int
    unlabelled: int
    """Captions without one."""
    cpu: float
    """Processor seconds of the labels for a second of sound."""


def finals(samples: Samples, recognizer: Recognizer, language: str) -> list[CueUpdate]:
    """Return the finals of our engine, as if the conversation were live."""
    session = Session(SessionConfig(language=language), SileroVoiceDetector().probability, "bench")
    found: list[CueUpdate] = []

    def take(emitted: Emitted) -> None:
        if emitted.update.status is CueStatus.FINAL:
            found.append(emitted.update)

    run_virtual(chunks(samples), session, retrying(recognizer), take, _nothing)
    return found


def told(name: str, samples: Samples, reference: Sequence[Turn], said: Sequence[CueUpdate], embed: Embed) -> Told:
    """Label the finals of a conversation in their order, and compare; a caption without label is a stranger's."""
    diarist = Diarist(embed, lambda *_: True)
    began = time.process_time()
    ends = iter([*(update.cue.end for update in said[1:]), len(samples) * 1000 // RATE])
    at = 0
    found: list[Turn] = []
    for update in said:
        until = max(next(ends), update.cue.end) * RATE // 1000
        for start in range(at, until, RATE // 10):
            diarist.hear(samples[start : start + RATE // 10], start * 1000 // RATE)
            at = start + RATE // 10
        cue = diarist.labelled(update).cue
        found.append(Turn(cue.start, cue.end, cue.speaker or f"{_STRANGER} {len(found)}"))
    labels = {turn.speaker for turn in found if not turn.speaker.startswith(_STRANGER)}
    seconds = len(samples) / RATE
    return Told(
        name, len({turn.speaker for turn in reference}), seconds, errors(reference, found),
        errors(reference, found, COLLAR_MS), len(labels), len(found),
        sum(turn.speaker.startswith(_STRANGER) for turn in found), (time.process_time() - began) / seconds,
    )  # fmt: skip


def _nothing(_: Beat) -> None:
    """Take a beat."""


def measure(recognizer: Recognizer, embed: Embed, tell: Callable[[str], None]) -> list[Told]:
    """Measure the composed conversations, and those with a reference of their own."""
    everybody = {recording.id: recording for recording in find(list(PEOPLE))}
    samples = {name: recording.samples() for name, recording in everybody.items()}
    found: list[Told] = []

    def one(name: str, sound: Samples, reference: list[Turn], language: str = "en") -> None:
        found.append(told(name, sound, reference, finals(sound, recognizer, language), embed))
        tell(line(found[-1]))

    for seed, people in CONVERSATIONS:
        chosen = random.Random(seed).sample(sorted(samples), people)  # noqa: S311 - it can be repeated
        one(f"composed {seed}", *compose({name: samples[name] for name in chosen}, seed, SECONDS))
    readers = {recording.id: recording.samples() for recording in find(list(READERS))}
    one("composed 9", *compose(readers, 9, SECONDS), "fr")
    for recording in find(list(CONVERSED)):
        one(recording.id, recording.samples(), rttm(recording.path.with_suffix(".rttm")))
    segments = [row.split("\t") for row in (ROOT / "demo" / "meeting.segments.tsv").read_text("utf-8").splitlines()[1:]]
    turns = [Turn(round(float(start) * 1000), round(float(end) * 1000), who) for start, end, who, *_ in segments]
    one("demo (synthesised)", demo().samples(), turns)
    return found


def line(each: Told) -> str:
    """Return a row of the table."""
    shares = (each.errors.missed, each.errors.false_alarm, each.errors.confused)
    percent = " | ".join(f"{100 * share / max(each.errors.speech, 1):.1f}" for share in shares)
    return (
        f"| {each.name} | {each.people} | {each.labels} | {each.seconds:.0f} | **{100 * each.errors.rate:.1f}** | "
        f"{percent} | {100 * each.forgiving.rate:.1f} | {each.unlabelled} of {each.captions} | {each.cpu:.3f} |"
    )


def report(found: Sequence[Told]) -> str:
    """Return the page."""
    composed = [each for each in found if each.name.startswith("composed")]
    whole, collared = _rate(each.errors for each in composed), _rate(each.forgiving for each in composed)
    cpu = max(each.cpu for each in found)
    head = f"""\
# Speakers by voice: who is told apart

`python -m benchmarks.diarisation` (docs/host.md, *Speakers*). The labels of `--voices` on the finals of the real engine
(Whisper base, a virtual clock), compared with who spoke when, in frames of 10 ms. Errors in per cent of the time in
which somebody speaks; DER = missed + false alarm + confused, without a collar. Missed and false alarm are the
captions': their beginnings and ends, and two who speak at once, for a caption has one speaker. Confused is the labels'.

Composed conversations: turns of recordings with one speaker each, at a level of its own (six speakers of English, from
studio to desk microphone; in 9, four readers of French). DER over all of them **{whole} %**, with a collar of 250 ms
{collared} %. The labels cost at most {cpu:.3f} s of one core for a second of sound.

The thresholds were set beforehand, from single recordings of the same speakers of English: parts of one voice are alike
by a cosine of 0.60 or more (99 %), of two voices by 0.39 at most. Any from 0.40 to 0.55 gives the same within a point.
"""
    names = ("conversation", "people", "labels", "s", "DER", "missed", "false alarm", "confused", "with collar")
    columns = f"| {' | '.join((*names, 'unlabelled', 'CPU s/s'))} |"
    rule = f"|{' --- |' * (len(names) + 2)}"
    return "\n".join([head, columns, rule, *map(line, found), ""])


def _rate(some: Iterable[Errors]) -> str:
    return f"{100 * sum(some, Errors(0, 0, 0, 0)).rate:.1f}"


if __name__ == "__main__":
    store = ModelStore()
    embedder = VoiceEmbedder(store.path(VOICES))
    whole = measure(WhisperRecognizer(store.path("base"), WhisperConfig()), embedder.embed, print)
    (ROOT / "benchmarks" / "results" / "diarisation.md").write_text(report(whole), encoding="utf-8")
