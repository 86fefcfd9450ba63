# ruff: noqa: RUF001, E501 - letters of several scripts; a pattern is read as one line
"""Where people name themselves or others in speech, in six languages: patterns whose group `name` or `body` is a claim.

They find people whom no roster lists. What they find is only ever proposed: a person decides.
"""

import re

_LATIN = r"[^\W\d_][\w'\u2019.-]*"
_LOWER_STOP = (
    r"(?:and|but|from|of|for|with|i|we|the|a|an|so|to|et|de|du|des|la|le|les|pour|je|nous|mais|y|del|para|yo|pero|"
    r"en|in|on|at|here|today|speaking|as|is|am|who|which|au|aux|à|con|por|que|qui|и|из|от|я|мы|но|как|на|в|представляю)"
)
_WORD = rf"(?!{_LOWER_STOP}\b){_LATIN}"
_UPPER = r"[^\W\d_a-zà-öø-ÿа-яё][\w'\u2019-]*"
_LINK = r"(?:van|von|der|den|de|del|della|da|dos|di|la|le|bin|bint|ibn|al|el|ben|y)"
_NAME = rf"(?P<name>{_WORD}(?:\s+{_WORD}){{0,2}})"
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Doctor|Ambassador|Minister|Senator|Madam|Sir|Sr|Sra|Srta|Señora?|"
    r"Don|Doña|Doctora?|Embajadora?|M|Mme|Mlle|Monsieur|Madame|Docteur|Professeure?)"
)
_PROPER = rf"(?P<name>(?!{_TITLE}\b){_UPPER}(?:\s+(?:{_LINK}\s+){{0,2}}{_UPPER}){{0,3}})"
_BODY = rf"(?P<body>{_UPPER}(?:\s+(?:(?:of|for|and|the|on|de|des|du|del|la|las|los|pour|para|et|y|по|и)\s+){{0,3}}{_UPPER}){{0,5}})"
_AR = r"[\u0621-\u064a\u064b-\u0655\u0670-\u06d3]+"
_AR_STOP = r"(?:من|في|على|إلى|عن|وأنا|أنا|و|هنا|اليوم|ممثل|ممثلة|أمثل|أتحدث|هذا|هذه)"
_AR_WORD = rf"(?!{_AR_STOP}(?:\s|$|[،.])){_AR}"
_AR_NAME = rf"(?P<name>{_AR_WORD}(?:\s+{_AR_WORD}){{0,2}})"
_AR_BODY = rf"(?P<body>{_AR}(?:\s+{_AR}){{0,2}})"
_HAN = r"[\u3400-\u9fff\u00b7]"
_HAN_END = r"(?=[，。、；！？,.;!?\s]|我|来自|来|今天|代表|很|的|和|在|$)"
_HAN_BODY_END = r"(?=的|发言|，|。|,|\.|\s|$)"

CASED = tuple(
    re.compile(pattern)
    for pattern in (
        # A title, then words with capitals; and a call to somebody whose name has capitals.
        rf"\b{_TITLE}\.?\s+{_PROPER}",
        rf"\b(?:[Гг]осподин\w*|[Гг]оспож\w+|[Гг]-н\w*|[Гг]-ж\w*|[Дд]октор\w*|[Пп]рофессор\w*|[Пп]ос[ло]\w?)\s+{_PROPER}",
        rf"\b(?:[Tt]hank you|[Tt]hanks|[Mm]erci|[Gg]racias|[Сс]пасибо|[Оо]ver to|[Ff]loor to|[Pp]arole à|[Pp]alabra a|[Сс]лово)(?:\s+(?:very much|beaucoup|a|à|muchas|большое|so much))?,?\s+{_PROPER}",
        rf"\b(?:[Ff]rom|[Oo]n behalf of|I represent|I work (?:for|at)|[Aa]u nom (?:de|du|des)|[Jj]e représente|[Ee]n nombre del?|[Rr]epresento a|[Оо]т имени|[Пп]редставляю)\s+(?:the\s+|la\s+|le\s+|les\s+|l['\u2019]|el\s+|los\s+)?{_BODY}",
    )
)
"""Need capitals, and so find nothing where the recogniser wrote none."""

CASELESS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:my name is|my name['\u2019]s|i am called)\s+{_NAME}",
        rf"\b(?:je m['\u2019]appelle|mon nom est)\s+{_NAME}",
        rf"\b(?:me llamo|mi nombre es)\s+{_NAME}",
        rf"\b(?:меня зовут|мо[её] имя)\s+{_NAME}",
        rf"(?:اسمي|إسمي)\s+(?:هو\s+)?{_AR_NAME}",
        rf"(?:السيدة?|الدكتورة?|الأستاذة?|السفيرة?|معالي الوزيرة?|شكرا(?:ً)?(?: لك| جزيلا)?(?: يا)?)\s+{_AR_NAME}",
        rf"(?:نيابة عن|باسم|أمثل|ممثلة? عن)\s+{_AR_BODY}",
        rf"(?:我叫|我的名字是|我名叫)(?P<name>{_HAN}{{2,4}}?){_HAN_END}",
        rf"我是(?P<name>{_HAN}{{2,3}}){_HAN_END}",
        rf"(?:谢谢|感谢|请)(?P<name>{_HAN}{{1,3}}?)(?:先生|女士|博士|教授|主席|大使|部长|同志|老师)",
        rf"(?:代表|来自)(?P<body>{_HAN}{{2,12}}?){_HAN_BODY_END}",
    )
)
"""The words before the name are enough."""

CASED_SELF = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:I am|I['\u2019]m|[Tt]his is|[Hh]ere is|[Jj]e suis|[Ss]oy|Это|[Яя](?:\s*[\u2014-])?)\s+{_PROPER}",
        rf"{_PROPER}\s+(?:speaking|here|au micro|al habla|у микрофона)\b",
        rf"(?:أنا)\s+{_AR_NAME}(?=\s+من|\s*[،.]|$)",
    )
)
"""Say also what is no name ("I am happy"): only with a capital, or in Arabic before "from"."""

_NO_NAMES = frozenset(
    [
        "i",
        "the",
        "a",
        "an",
        "we",
        "you",
        "they",
        "he",
        "she",
        "it",
        "this",
        "that",
        "these",
        "those",
        "and",
        "but",
        "so",
        "chair",
        "chairperson",
        "chairman",
        "everybody",
        "everyone",
        "colleagues",
        "mr",
        "madam",
        "secretary",
        "president",
        "monsieur",
        "madame",
        "señor",
        "señora",
        "dear",
        "good",
        "very",
        "all",
        "from",
        "to",
        "for",
        "internet",
        "governance",
        "forum",
        "united",
        "nations",
        "english",
        "french",
        "spanish",
        "russian",
        "arabic",
        "chinese",
        "speaker",
        "next",
        "sir",
        "minister",
        "ambassador",
        "messieurs",
        "mesdames",
        "président",
        "présidente",
        "presidente",
        "presidenta",
        "colegas",
        "collègues",
        "tous",
        "todos",
        "коллеги",
        "председатель",
        "господа",
        "всем",
        "большое",
        "وعليكم",
        "لكم",
        "جزيلا",
        "لك",
        "سعيد",
        "سعيدة",
        "الرئيس",
        "الرئيسة",
        "السادة",
        "الزملاء",
        "各位",
        "主席",
        "大家",
        "你们",
        "你",
        "您",
        "代表",
        "来自",
        "happy",
        "glad",
        "sorry",
        "here",
        "very",
        "pleased",
    ]
)


def is_name(found: str) -> bool:
    """Tell whether what stood in a name's place can be one."""
    words = found.casefold().split()
    return bool(words) and not all(word.strip(".,") in _NO_NAMES for word in words)
