import re

import pytest
from aiohttp import hdrs

from server.guides import folder, load, parse
from server.wording import NAMES
from tests.server.test_wording import viewer_texts


def words(spans):
    return "".join(span.text for span in spans)


def test_a_guide_is_read_as_headings_paragraphs_and_lists():
    guide = parse(
        "x", "# With X\n\nOne line\nand another, `code`.\n\n## Part\n\n- one\n  goes on\n- two\n\n1. first\n2. second\n"
    )
    assert guide.title == "With X"
    assert [block.kind for block in guide.blocks] == ["paragraph", "heading", "list", "numbers"]
    assert words(guide.blocks[0].lines[0]) == "One line and another, code."
    assert [words(line) for line in guide.blocks[2].lines] == ["one goes on", "two"]
    assert [words(line) for line in guide.blocks[3].lines] == ["first", "second"]


def test_strong_code_and_links():
    spans = parse("x", "# T\n\nA **b** `c` [d](e.md#f) [g](/try) <script>").blocks[0].lines[0]
    assert [(span.kind, span.text, span.href) for span in spans] == [
        ("text", "A ", ""),
        ("strong", "b", ""),
        ("text", " ", ""),
        ("code", "c", ""),
        ("text", " ", ""),
        ("link", "d", "/help/e#f"),
        ("text", " ", ""),
        ("link", "g", "/try"),
        ("text", " <script>", ""),
    ]


def test_a_guide_without_a_title_is_refused():
    with pytest.raises(ValueError, match="must be a title"):
        parse("x", "No title.")


GUIDES = {
    "braille", "first-steps", "jaws", "keyboard", "large-print", "low-bandwidth", "nvda", "orca", "talkback", "voiceover",
}  # fmt: skip
OTHERS = [language for language in NAMES if language != "en"]
QUOTED = re.compile('"([^"]+)"')


def spans(guide):
    return [span for block in guide.blocks for line in block.lines for span in line]


def shape(guide):
    """The headings, steps and links of a guide, in order."""
    return [
        (block.kind, block.level, len(block.lines), sorted(s.href for line in block.lines for s in line if s.href))
        for block in guide.blocks
    ]


@pytest.mark.parametrize("language", NAMES)
def test_the_guides_are_there_and_their_links_lead_somewhere(language):
    guides = load(folder(language))
    assert set(guides) == GUIDES
    hrefs = [span.href for guide in guides.values() for span in spans(guide) if span.href]
    assert hrefs
    for href in hrefs:
        name = href.removeprefix("/help/").split("#")[0]
        assert name in guides or href == "/try", href


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_headings_and_the_same_steps(language):
    english, own = load(folder()), load(folder(language))
    for name, guide in english.items():
        assert shape(own[name]) == shape(guide), name
        codes = sorted(span.text for span in spans(guide) if span.kind == "code")
        assert sorted(span.text for span in spans(own[name]) if span.kind == "code") == codes, name
        assert own[name].title != guide.title
        for mine, theirs in zip(own[name].blocks, guide.blocks, strict=True):
            assert words(mine.lines[0]) != words(theirs.lines[0]), name


@pytest.mark.parametrize("language", OTHERS)
def test_a_guide_names_the_buttons_as_the_page_does(language):
    """What the English guide quotes from the interface, the other guide has in the interface's own words."""
    keys = {text: key for key, text in viewer_texts("en").items()}
    theirs, found = viewer_texts(language), 0
    own = load(folder(language))
    for name, guide in load(folder()).items():
        text = " ".join(words(line) for block in own[name].blocks for line in block.lines)
        for quoted in QUOTED.findall(" ".join(words(line) for block in guide.blocks for line in block.lines)):
            key = keys.get(quoted)
            if key is not None:
                found += 1
                assert theirs[key] in text, f"{name}: {key}"
    assert found > 40


def test_what_the_english_guides_quote_is_in_the_interface():
    """Other programs' own buttons, and an example with a number."""
    others = {"Add to home screen", "Install", "Add to Home Screen", "12 captions come after this text"}
    known = set(viewer_texts("en").values())
    for name, guide in load(folder()).items():
        quoted = QUOTED.findall(" ".join(words(line) for block in guide.blocks for line in block.lines))
        assert set(quoted) - known - others == set(), name


@pytest.mark.parametrize("language", NAMES)
def test_no_mark_of_markdown_is_left_in_the_text(language):
    for guide in load(folder(language)).values():
        for span in spans(guide):
            assert not any(mark in span.text for mark in ("**", "](", "`", "## ")), guide.name


async def test_they_are_served_and_escaped(world):
    index = await (await world.client.get("/help/")).text()
    assert "/help/braille" in index
    answer = await world.client.get("/help/braille")
    assert answer.status == 200
    assert "<h1>Reading with a Braille display</h1>" in await answer.text()
    assert (await world.client.get("/help/nothing")).status == 404


async def test_they_are_in_the_reader_s_language(world):
    russian = await (await world.client.get("/help/braille", headers={hdrs.ACCEPT_LANGUAGE: "ru"})).text()
    assert '<html lang="ru" dir="ltr">' in russian
    assert "<h1>Чтение с брайлевским дисплеем</h1>" in russian
    arabic = await (await world.client.get("/help/braille?language=ar")).text()
    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<code dir="ltr">/read/</code>' in arabic
