"""The set-up's form in a real Chromium, against the real server."""

import pytest

from server.faults import Fault
from tests.browser.meeting import until
from tests.browser.test_staff_pages import ask, focused, open_page, says
from tests.server.test_faults import EVENT, LOCALES, words

pytestmark = pytest.mark.browser


@pytest.fixture
def foreign(chromium):
    """A host's browser in another language; give it the tag."""
    contexts = []

    def opened(language):
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 800}, locale=language))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def test_the_set_up_form_with_the_keyboard(page, server):
    open_page(page, server, "/host/m1/setup")
    until(page, "document.querySelector('input[value=off_record]').checked")
    page.focus("#add-person")
    page.keyboard.press("Enter")
    assert focused(page) == "f-roster-0-name"
    page.keyboard.type("Ana")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert focused(page) == "f-roster-0-key"
    page.keyboard.type("x")
    page.focus("#save")
    page.keyboard.press("Enter")
    until(page, "!document.getElementById('errors').hidden")
    assert focused(page) == "errors"
    says(page, "e-roster-0-key", "digit")
    says(page, "e-title", "Write a title")
    assert page.locator("#error-list a").all_text_contents() == [  # in the page's order
        "Title: Write a title.", "Person 1, Hot key: Write a digit from 1 to 9, or nothing."]  # fmt: skip
    page.problems.clear()  # the browser's note of the refused request
    page.click("#error-list a:has-text('Title')")
    assert focused(page) == "f-title"
    page.keyboard.type("Committee")
    page.fill("#f-roster-0-key", "1")
    page.focus("#add-item")
    page.keyboard.press("Enter")
    page.keyboard.type("Opening")
    page.keyboard.press("Tab")
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    says(page, "status", "Saved")
    assert page.title() == "Committee: Set the meeting up"
    assert page.text_content("h1") == "Set the meeting up: Committee"
    kept = ask(server, "/setup")
    assert kept["title"] == "Committee"
    assert kept["agenda"] == [{"title": "Opening", "at_ms": 150_000}]
    assert kept["roster"] == [{"name": "Ana", "key": "1"}]
    page.click("#roster button")
    assert focused(page) == "add-person"


def test_a_plan_fills_the_form(page, server, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text('title = "From a plan"\nlanguages = ["fr"]\n[[roster]]\nname = "Ana"\nconsent = true\n')
    open_page(page, server, "/host/m1/setup")
    page.set_input_files("#file", plan)
    until(page, "document.getElementById('f-title').value === 'From a plan'")
    assert page.is_checked("#f-roster-0-consent")
    assert ask(server, "/setup")["title"] == ""  # nothing is kept before the host saves


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_what_is_wrong_is_said_in_the_pages_language(foreign, server, tmp_path, language):
    page, said = foreign(language), words(LOCALES / f"{language}.js")
    open_page(page, server, "/host/m1/setup")
    until(page, f"document.documentElement.lang === {language!r}")
    for add in ("#add-item", "#add-person", "#add-person"):
        page.click(add)
    for field, text in (
        ("agenda-0-at_ms", "soon"), ("roster-0-name", "Ana"), ("roster-1-name", "ana"), ("roster-0-key", "1"), ("roster-1-key", "1"),
        ("languages", "fr, no!"), ("licence", "free"), ("sign_video", "http://example.org"), ("retention_days", "0"),
    ):  # fmt: skip
        page.fill(f"#f-{field}", text)
    page.click("#save")
    until(page, "!document.getElementById('errors').hidden")
    for field, fault in (
        ("title", Fault.NO_TITLE), ("agenda-0-title", Fault.EMPTY_LINE), ("agenda-0-at_ms", Fault.TIME),
        ("roster-1-name", Fault.NAME_TWICE), ("roster-1-key", Fault.KEY_TWICE), ("languages", Fault.LANGUAGE), ("licence", Fault.LICENCE),
        ("sign_video", Fault.SIGN_VIDEO), ("retention_days", Fault.DAYS),
    ):  # fmt: skip
        shown = page.text_content(f"#e-{field}")
        assert shown == said[fault].format(tag="no!", most=36_500)
        assert any(link.endswith(shown) for link in page.locator("#error-list a").all_text_contents())


def chosen(page, tmp_path, name, text):
    """Choose a file that cannot be read; returns what is said at the field."""
    file = tmp_path / name
    file.write_text(text)
    page.set_input_files("#file", file)
    until(page, f"document.getElementById('error-count').textContent.includes({name!r})")
    page.problems.clear()  # the browser's note of the refused request
    return page.text_content("#e-file")


def test_a_file_that_cannot_be_read_says_where_and_fills_nothing(page, server, tmp_path):
    open_page(page, server, "/host/m1/setup")
    page.fill("#f-title", "Typed")
    assert "line 1, character 9" in chosen(page, tmp_path, "plan.toml", "title = Committee")
    until(page, "document.activeElement.id === 'file'")  # the only fault has the focus
    assert page.get_attribute("#file", "aria-invalid") == "true"
    page.set_input_files("#file", [])
    assert "20309931T100000Z" in chosen(
        page, tmp_path, "week.ics", EVENT.replace("20300131", "20309931").format(more="")
    )
    said = chosen(
        page, tmp_path, "people.toml", "title = 'a'\n[[roster]]\nname = 'b'\nkey = 'x'\n[[agenda]]\ntitle = ''\n"
    )
    assert "Person 1, key: Write a digit from 1 to 9" in said
    assert "Point 1, title: Write something here" in said
    assert focused(page) == "errors"
    page.click("#error-list a >> nth=0")
    assert focused(page) == "file"
    assert page.input_value("#f-title") == "Typed"
    assert page.locator("#roster > div, #agenda > div").count() == 0
    (tmp_path / "people.toml").write_text("title = 'Mended'\n")
    page.evaluate("document.getElementById('file').click()")  # the same file, chosen again
    page.set_input_files("#file", tmp_path / "people.toml")
    until(page, "document.getElementById('f-title').value === 'Mended'")
    assert page.is_hidden("#errors")
    assert page.text_content("#e-file") == ""


def test_a_list_that_is_too_long_is_told_at_its_heading(page, server, tmp_path):
    open_page(page, server, "/host/m1/setup")
    plan = tmp_path / "plan.toml"
    plan.write_text("title = 'a'\n" + "".join(f"[[agenda]]\ntitle = 'p{n}'\n" for n in range(200)))
    page.set_input_files("#file", plan)
    until(page, "document.querySelectorAll('#agenda > div').length === 200")
    page.click("#add-item")
    page.keyboard.type("One more")
    page.keyboard.press("Enter")
    says(page, "e-agenda", "Too many lines: keep at most 200.")
    until(page, "document.activeElement.id === 'h-agenda'")
    assert page.text_content("#error-list") == "Agenda: Too many lines: keep at most 200."
    page.problems.clear()


def test_a_server_that_cannot_be_reached_is_told(page, server):
    open_page(page, server, "/host/m1/setup")
    until(page, "document.querySelector('input[value=off_record]').checked")
    server.kill()
    page.click("#save")
    says(page, "status", "The server cannot be reached. Check the network, then try again.")
    page.problems.clear()


def test_a_page_with_something_unsaved_is_not_left_unasked(page, server):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    open_page(page, server, "/host/m1/setup")
    until(page, "document.querySelector('input[value=off_record]').checked")
    page.reload()
    until(page, "document.querySelector('input[value=off_record]').checked")
    assert asked == []
    page.click("#f-title")
    page.keyboard.type("Committee")
    page.reload()
    assert asked == ["beforeunload"]
    until(page, "document.querySelector('input[value=off_record]').checked")
    page.click("#f-title")
    page.keyboard.type("Committee")
    page.keyboard.press("Enter")
    says(page, "status", "Saved")
    page.reload()
    assert asked == ["beforeunload"]
