import json
import re
from pathlib import Path

import pytest

import viewer
from server.wording import NAMES, Reader, preferred, reader, texts

HOLDER = re.compile(r"\{(\w+)\}")
OTHERS = [language for language in NAMES if language != "en"]
VIEWER = Path(viewer.__file__).parent


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("de, ru;q=0.5, es;q=0.7", "es"),
        ("de", "en"),
        ("*", "en"),
        ("en;q=0, ar", "ar"),
        ("zh-Hans-CN", "zh"),
        ("fr;q=0", "en"),
        ("fr;q=nonsense, ru;q=0.1", "ru"),
        (",;,=;q", "en"),
        ("x," * 10_000 + "fr", "en"),
    ],
)
def test_the_browser_s_language_that_there_is(accept, language):
    assert preferred(accept) == language


def test_the_address_goes_before_the_browser_and_is_kept_in_links():
    who = reader("/live/m1/plain?after=e:3&language=ar", "fr")
    assert (who.language, who.direction, who.chosen, who.here) == ("ar", "rtl", True, "/live/m1/plain?after=e%3A3")
    assert who.to("/help/braille#keys") == "/help/braille?language=ar#keys"
    assert who.to("/live/m1/plain?after=e:3") == "/live/m1/plain?after=e:3&language=ar"
    assert ("fr", "Français", "/live/m1/plain?after=e%3A3&language=fr") in who.choices()
    browser = reader("/help/", "fr")
    assert (browser.language, browser.chosen, browser.to("/try")) == ("fr", False, "/try")
    assert reader("/help/?language=xx", "").language == "en"
    assert Reader().choices() == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text_with_every_value_and_no_english(language):
    own, english = texts(language), texts("en")
    assert list(own) == list(english)
    for key, text in own.items():
        assert text.strip(), key
        assert sorted(HOLDER.findall(text)) == sorted(HOLDER.findall(english[key])), key
        assert key == "site" or text != english[key] or not re.search("[A-Za-z]{4}", text), key


def viewer_texts(language):
    found = {}
    for folder in ("locales", "locales-views"):
        source = (VIEWER / folder / f"{language}.js").read_text(encoding="utf-8")
        for key, text in re.findall(r'("(?:[a-z_.A-Z]+)"): ("(?:[^"\\]|\\.)*")', source):
            found[json.loads(key)] = json.loads(text)
    return found


@pytest.mark.parametrize("language", NAMES)
def test_the_same_button_is_named_alike_with_script_and_without(language):
    """Keys that both catalogues have; where the page without script says more, its key is another one."""
    script, plain = viewer_texts(language), texts(language)
    same = {"meetings", "archive", "passcode", "passcode.send", "tell", "tell.slow_down", "tell.unclear", "tell.who"}
    same |= {"tell.repeat", "tell.ask", "tell.question", "tell.name", "tell.send", "tell.told", "help", "site"}
    assert {key: plain[key] for key in same} == {key: script[key] for key in same}
    assert plain["plain.transcript"] == script["transcript"]


async def test_pages_speak_the_browser_s_language_or_the_chosen_one(world):
    french = await (await world.client.get("/", headers={"Accept-Language": "fr"})).text()
    assert '<html lang="fr" dir="ltr">' in french
    assert texts("fr")["index.none"].replace("’", "&#8217;") in french or texts("fr")["index.none"] in french
    arabic = await (await world.client.get("/try?language=ar", headers={"Accept-Language": "fr"})).text()
    assert '<html lang="ar" dir="rtl">' in arabic
    assert 'href="/help/?language=ar"' in arabic
    assert '<link rel="alternate" hreflang="zh" href="/try?language=zh">' in arabic
    assert 'aria-current="true">العربية</a>' in arabic
    missing = await world.client.get("/nothing", headers={"Accept-Language": "ru"})
    assert missing.status == 404
    assert "Не найдено" in await missing.text()
