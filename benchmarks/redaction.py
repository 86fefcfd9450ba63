"""`python -m benchmarks.redaction`: how many names the redaction helper proposes, on an invented corpus.

Half of the people are in the roster; the others only introduce themselves or are addressed. A name is written as it is,
misheard by one sound, or misheard by two and perhaps cut in two words.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks import names
from benchmarks.recordings import ROOT
from captioner.captions.cue import Cue
from server.archive.redaction import Person, find

SCRIPTS = {"ru": "cyrillic", "ar": "arabic", "zh": "han"}
HARMS = ("as written", "one sound misheard", "two sounds misheard")


class Sentence(msgspec.Struct, frozen=True):
    """A cue's text, and the span in it that must go; without one nothing must."""

    language: str
    text: str
    case: str
    start: int = 0
    end: int = 0


class Count(msgspec.Struct):
    """What was found of what."""

    wanted: int = 0
    found: int = 0


class Figures(msgspec.Struct):
    """One run's."""

    recall: dict[str, Count]
    by_language: dict[str, Count]
    proposals: int
    right: int
    plain: int
    disturbed: int
    seconds: float


def mishear(name: str, sounds: int, language: str, dice: random.Random) -> str:
    """Return the name with so many sounds changed; with two, a long one is sometimes cut."""
    pairs = list(names.CONFUSED[SCRIPTS.get(language, "latin")])
    heard = name
    for _ in range(sounds):
        usable = [(a, b) for a, b in pairs if a in heard[1:]]
        if not usable:
            break
        old, new = dice.choice(usable)
        places = [i for i in range(1, len(heard)) if heard.startswith(old, i)]
        at = dice.choice(places)
        heard = heard[:at] + new + heard[at + len(old) :]
    if sounds > 1 and language != "zh" and dice.random() < 0.3:  # noqa: PLR2004 - some are cut
        longest = max(heard.split(), key=len)
        half = len(longest) // 2
        if half > 2:  # noqa: PLR2004 - a piece of two letters is no word
            heard = heard.replace(longest, f"{longest[:half]} {longest[half:]}", 1)
    return heard


def rosters() -> list[Person]:
    """Half of the people, with all organisations."""
    people = [Person(name) for each in names.PEOPLE.values() for name in each[::2]]
    return people + [Person("", affiliation=body) for each in names.BODIES.values() for body in each[::2]]


def corpus(seed: int, repeats: int) -> Iterator[Sentence]:
    """Make the sentences."""
    dice = random.Random(seed)  # noqa: S311 - a corpus, not a secret
    for language, people in names.PEOPLE.items():
        for _ in range(repeats):
            for number, name in enumerate(people):
                listed = number % 2 == 0
                sounds = dice.randrange(3)
                parts = [word for word in name.split() if len(word) > 2]  # noqa: PLR2004 - a particle is no name
                said = name if language == "zh" or dice.random() < 0.5 else dice.choice(parts)  # noqa: PLR2004
                if not listed:
                    yield _sentence(language, dice.choice(names.INTRODUCE[language]), name, "introduced, not listed")
                    continue
                heard = mishear(said, sounds, language, dice)
                yield _sentence(language, dice.choice(names.MENTION[language]), heard, f"listed, {HARMS[sounds]}")
            for number, body in enumerate(names.BODIES[language]):
                case = "organisation, listed" if number % 2 == 0 else "organisation, not listed"
                yield _sentence(language, dice.choice(names.AFFILIATE[language]), body, case)
            for text in names.PLAIN[language]:
                yield Sentence(language, text, "plain")


def _sentence(language: str, template: str, name: str, case: str) -> Sentence:
    start = template.index("{}")
    return Sentence(language, template.format(name), case, start, start + len(name))


def measure(seed: int = 7, repeats: int = 30) -> Figures:
    """Propose, and count: a name counts as found when every letter of it is in a proposal."""
    roster = rosters()
    recall: dict[str, Count] = defaultdict(Count)
    by_language: dict[str, Count] = defaultdict(Count)
    figures = Figures(recall, by_language, 0, 0, 0, 0, 0.0)
    dice = random.Random(seed)  # noqa: S311
    sentences = list(corpus(seed, repeats))
    dice.shuffle(sentences)
    for language in names.PEOPLE:
        mine = [each for each in sentences if each.language == language]
        cues = [Cue(f"c{i}", i * 1000, i * 1000 + 900, each.text, language) for i, each in enumerate(mine)]
        begun = time.perf_counter()
        proposed: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for candidate in find(cues, roster):
            proposed[candidate.cue].append((candidate.start, candidate.end))
        figures.seconds += time.perf_counter() - begun
        for cue, each in zip(cues, mine, strict=True):
            spans = proposed[cue.id]
            if each.case == "plain":
                figures.plain += 1
                figures.disturbed += bool(spans)
            else:
                letters = {i for start, end in spans for i in range(start, end)}
                name = {i for i in range(each.start, each.end) if each.text[i].isalnum()}
                for count in (recall[each.case], by_language[language]):
                    count.wanted += 1
                    count.found += name <= letters
            figures.proposals += len(spans)
            figures.right += sum(start < each.end and each.start < end for start, end in spans)
    return figures


def report(figures: Figures) -> str:
    """Return the page."""
    rows = [
        f"| {case} | {c.found} of {c.wanted} | {100 * c.found / c.wanted:.1f} % |"
        for case, c in sorted(figures.recall.items())
    ]
    languages = [
        f"| {name} | {c.found} of {c.wanted} | {100 * c.found / c.wanted:.1f} % |"
        for name, c in figures.by_language.items()
    ]
    total = sum(c.wanted for c in figures.recall.values())
    found = sum(c.found for c in figures.recall.values())
    head = f"""\
# Redaction helper: what it proposes

`python -m benchmarks.redaction`. An invented corpus in six languages; names and sentences stand in
`benchmarks/names.py`, the mishearings are simulated. The patterns were written by people who knew this kind of
sentence: real speech is harder, and a person must read everything all the same.

Recall **{100 * found / total:.1f} %** ({found} of {total} names whole, every letter). Precision
**{100 * figures.right / figures.proposals:.1f} %** ({figures.right} of {figures.proposals} proposals touch a name).
Sentences without names: {figures.plain}, of which {figures.disturbed} got a proposal.
{total + figures.plain} cues took {figures.seconds:.1f} s."""
    tables = ["", "| case | names | recall |", "| --- | --- | --- |", *rows, ""]
    tables += ["| language | names | recall |", "| --- | --- | --- |", *languages]
    return "\n".join([head, *tables, ""])


if __name__ == "__main__":
    Path(ROOT / "benchmarks" / "results" / "redaction.md").write_text(text := report(measure()), encoding="utf-8")
    print(text)
