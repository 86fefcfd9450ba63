"""Documents for the tests of the WebVTT writer: any text in six scripts, and what could break the syntax."""

from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.captions.cue import Cue, clean_text
from captioner.captions.webvtt import VttDocument

PIECES = (
    "good morning", "déjà vu, señor", "网络治理", "数据。", "الإنترنت مُحَمَّد", "ёлка и ежи", "नमस्ते दुनिया", "שלום", "👩‍💻", "&", "<", ">",
    "-->", "&amp;", "&lt;b&gt;", "&nbsp;", "&notit;", "<v Eve>", "</v>", "<c.red>", "<00:00:01.000>", "\x00", "\r", "\r\n\r\n", "\n\n",
    "NOTE", "WEBVTT", "STYLE", "\t", "\u2028", "\u202e", "w" * 400, "00:01.000 --> 00:02.000", "1", "\ufeff", "\ufffd",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=6)
lines = texts.map(" ".join)


@st.composite
def documents(draw):
    """A document whose texts are not yet clean, as they come from outside."""
    cues, start = [], 0
    for number in range(draw(st.integers(1, 4))):
        start += draw(st.integers(0, 90_000_000))
        text = draw(lines.filter(clean_text))
        language = draw(st.sampled_from(["en", "ar", "zh-Hans"]))
        cues.append(Cue(f"c-{number}", start, start + draw(st.integers(1, 9000)), text, language, draw(lines)))
    metadata = draw(st.lists(st.tuples(st.just("Title"), lines), max_size=1))
    return VttDocument("en", tuple(cues), tuple(metadata), tuple(draw(st.lists(lines, max_size=2))))


def collect(number):
    """The same `number` documents at every run."""
    found = []

    @settings(max_examples=number, database=None, derandomize=True, deadline=None)
    @given(documents())
    def take(document):
        found.append(document)

    take()
    return found
