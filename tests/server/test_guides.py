import pytest

from server.guides import folder, load, parse


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


def test_the_guides_are_there_and_their_links_lead_somewhere():
    guides = load(folder())
    assert {
        "braille",
        "jaws",
        "keyboard",
        "large-print",
        "low-bandwidth",
        "nvda",
        "orca",
        "talkback",
        "voiceover",
    } <= set(guides)
    hrefs = [
        span.href
        for guide in guides.values()
        for block in guide.blocks
        for line in block.lines
        for span in line
        if span.href
    ]
    assert hrefs
    for href in hrefs:
        name = href.removeprefix("/help/").split("#")[0]
        assert name in guides or href == "/try", href


def test_no_mark_of_markdown_is_left_in_the_text():
    for guide in load(folder()).values():
        for block in guide.blocks:
            for line in block.lines:
                assert not any(mark in span.text for span in line for mark in ("**", "](", "`", "## ")), guide.name


async def test_they_are_served_and_escaped(world):
    index = await (await world.client.get("/help/")).text()
    assert "/help/braille" in index
    answer = await world.client.get("/help/braille")
    assert answer.status == 200
    assert "<h1>Reading with a Braille display</h1>" in await answer.text()
    assert (await world.client.get("/help/nothing")).status == 404
