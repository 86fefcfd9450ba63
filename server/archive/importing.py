"""Other people's WebVTT and SubRip as finals of a track. Pure."""

import re
from dataclasses import dataclass

import msgspec

from captioner.captions import srt, webvtt
from captioner.captions.cue import Cue, CueStatus, CueUpdate, check_identifier, check_language, check_update, clean_text
from captioner.captions.errors import InvalidCue
from captioner.captions.vtt_parser import Problem

MAX_BYTES = 20_000_000  # of a file; a day of captions has 3 MB
NAME = "NAME"  # stands for the speaker in a rule such as ">> NAME: "
_MAX_SPEAKER = 60  # characters of a name in the text; more is a sentence with a colon
_REVISION = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to take a file over."""

    language: str = ""  # BCP 47; "" takes the file's, or "und"
    speaker: str = ""  # how names stand in the text, as "NAME: " or ">> NAME: "; "" for not at all
    human: bool = True


@dataclass(frozen=True, slots=True)
class Imported:
    """What could safely be read, and what could not."""

    language: str
    updates: tuple[CueUpdate, ...]
    problems: tuple[Problem, ...]


def read_file(content: bytes, wanted: Wanted) -> Imported:
    """Read a file of captions; never fails. What is wrong is named by line and column."""
    text, problems = _decoded(content)
    if text.removeprefix("\ufeff").startswith("WEBVTT"):
        document, found = webvtt.read_leniently(text)
        language = wanted.language or document.language
        cues = list(document.cues)
    else:
        language = wanted.language or "und"
        cues, found = srt.read(text, language)
    problems += found
    try:
        check_language(language)
    except InvalidCue as error:
        problems.append(Problem(1, 1, str(error), lost=False))
        language = "und"
    updates: list[CueUpdate] = []
    names: set[str] = set()
    for number, cue in enumerate(cues, 1):
        update = _update(cue, number, names, language, wanted)
        try:
            check_update(update)
        except InvalidCue as error:
            problems.append(Problem(1, 1, f"caption {number}: {error}", lost=True))
        else:
            names.add(update.cue.id)
            updates.append(update)
    return Imported(language, tuple(updates), tuple(problems))


def _update(cue: Cue, number: int, names: set[str], language: str, wanted: Wanted) -> CueUpdate:
    text, speaker = cue.text, cue.speaker
    if wanted.speaker and not speaker:
        speaker, text = _split(text, wanted.speaker)
    own = language if cue.language == "und" else cue.language
    identifier = cue.id
    try:
        check_identifier(identifier, "cue id")
    except InvalidCue:
        identifier = ""
    if not identifier or identifier in names:
        identifier = f"import-{number}"
    made = msgspec.structs.replace(cue, id=identifier, text=text, speaker=speaker, language=own)
    return CueUpdate(made, _REVISION, CueStatus.FINAL, human=wanted.human)


def _split(text: str, rule: str) -> tuple[str, str]:
    """Return (speaker, rest) of a text by a rule that has NAME in it; ("", text) where it does not hold."""
    before, found, after = rule.partition(NAME)
    if not found:
        return "", text
    name = r"(?P<name>[^\s:]+(?: [^\s:]+){0,7}?)"
    match = re.match(rf"\s*{re.escape(before.strip())}\s*{name}\s*{re.escape(after.strip())}\s+(?P<rest>\S.*)", text)
    if not match or len(match["name"]) > _MAX_SPEAKER:
        return "", text
    return clean_text(match["name"]), match["rest"]


def _decoded(content: bytes) -> tuple[str, list[Problem]]:
    """Return the text; of a file that is no UTF-8, with U+FFFD where it is not, and where that begins."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace"), []
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return content.decode("utf-8", "replace"), [Problem(line, column, "this is no UTF-8: save the file as UTF-8")]
