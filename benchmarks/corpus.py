"""Invented meetings of any number and length, the same ones at every run."""

import random
from collections.abc import Iterator

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Track, Word
from server.archive.record import About, Point, Record, TrackRecord

STARTED = 1_500_000_000_000  # Unix time in ms of the first meeting
DAY = 86_400_000
_WORDS = {
    "en": [
        "the",
        "of",
        "and",
        "to",
        "in",
        "we",
        "network",
        "people",
        "open",
        "access",
        "captions",
        "meeting",
        "record",
        "rights",
        "policy",
        "internet",
        "data",
        "children",
        "language",
        "community",
        "question",
        "answer",
        "deaf",
        "blind",
        "ability",
        "web",
        "law",
        "trust",
        "power",
        "school",
        "climate",
    ],
    "fr": [
        "le",
        "de",
        "et",
        "la",
        "nous",
        "réseau",
        "personnes",
        "accès",
        "ouvert",
        "réunion",
        "droits",
        "politique",
        "données",
        "enfants",
        "langue",
    ],
    "es": [
        "el",
        "de",
        "y",
        "la",
        "nosotros",
        "red",
        "personas",
        "acceso",
        "abierto",
        "reunión",
        "derechos",
        "política",
        "datos",
        "niños",
        "lengua",
    ],
    "ru": [
        "и",
        "в",
        "не",
        "на",
        "мы",
        "сеть",
        "люди",
        "доступ",
        "открытый",
        "встреча",
        "права",
        "политика",
        "данные",
        "дети",
        "язык",
        "ёлка",
        "связь",
    ],
    "ar": [
        "في",
        "من",
        "على",
        "إلى",
        "نحن",
        "الشبكة",
        "الإنترنت",
        "الناس",
        "الوصول",
        "اجتماع",
        "حقوق",
        "سياسة",
        "بيانات",
        "أطفال",
        "لغة",
        "محمد",
    ],
    "zh": [
        "我们",
        "网络",
        "互联网",
        "治理",
        "人们",
        "开放",
        "访问",
        "会议",
        "权利",
        "政策",
        "数据",
        "儿童",
        "语言",
        "社区",
        "问题",
        "回答",
        "残疾",
    ],
}
_RARE = 20_000  # invented words, so that the index has a real number of them


def words(language: str, count: int, dice: random.Random) -> list[str]:
    """Return words as frequent as in speech: a few very often, most rarely, and invented ones now and then."""
    known = _WORDS[language]
    chosen = []
    for _ in range(count):
        place = min(int(dice.paretovariate(1.1)) - 1, len(known) - 1)
        rare = language != "zh" and dice.random() < 0.08  # noqa: PLR2004 - about one in twelve
        chosen.append(f"{known[place]}{dice.randrange(_RARE)}" if rare else known[place])
    return chosen


def meeting(number: int, cues: int, dice: random.Random, per_cue: int = 12) -> Record:
    """Return a meeting of one language with so many cues, as it may be published."""
    language = list(_WORDS)[number % len(_WORDS)]
    gap = "" if language == "zh" else " "
    made, at = [], 0
    for place in range(cues):
        said = words(language, per_cue, dice)
        timed = tuple(Word(at + n * 300, at + n * 300 + 280, f"{gap}{word}") for n, word in enumerate(said))
        end = at + per_cue * 300
        speaker = f"Speaker {dice.randrange(400)}"
        cue = Cue(f"c-{place}", at, end, gap.join(said), language, speaker, timed)
        made.append(CueUpdate(cue, 3, CueStatus.FINAL))
        at = end + 200
    about = About(
        series=f"Series {number % 40}",
        licence="https://creativecommons.org/licenses/by/4.0/",
        agenda=tuple(Point(n * at // 6, f"Point {n + 1}") for n in range(6)),
    )
    track = TrackRecord(Track("floor", language, "The floor"), tuple(made))
    what = Meeting(f"meeting-{number}", f"Meeting {number} of the invented series", STARTED + number * DAY // 3)
    return Record(what, "epoch", cues, MeetingState.ENDED, (), (track,), about)


def meetings(count: int, cues: int) -> Iterator[Record]:
    """Yield invented meetings."""
    dice = random.Random(7)  # noqa: S311 - no secret
    for number in range(count):
        yield meeting(number, cues, dice)
