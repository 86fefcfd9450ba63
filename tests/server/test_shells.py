import base64
import dataclasses
import hashlib
import re
from pathlib import Path

import pytest

import viewer
from server.shells import Shells
from server.wording import Reader

FOLDER = Path(viewer.__file__).parent


@pytest.fixture
def config(config):
    return dataclasses.replace(config, viewer=FOLDER)


def test_the_live_page_has_its_style_inside_and_asks_for_all_modules_at_once():
    shell = Shells(FOLDER).live("m1", Reader())
    style = re.search("<style>(.*?)</style>", shell.text, re.DOTALL)[1]
    assert style == (FOLDER / "viewer.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert shell.style == f"'sha256-{digest}'"
    assert "stylesheet" not in shell.text
    asked = re.findall('<link rel="modulepreload" href="/viewer/([^"]+)">', shell.text)
    assert {"captions-view.js", "locales/en.js", "socket.js"} <= set(asked)
    assert not {"live.js", "panel.js", "qr.js", "extras.js"} & set(asked)
    assert len(asked) == len(set(asked))
    assert all((FOLDER / name).is_file() for name in asked)


def test_no_address_in_the_style_depends_on_where_it_stands():
    style = (FOLDER / "viewer.css").read_text(encoding="utf-8")
    assert all(address.startswith('"/') for address in re.findall(r"url\(([^)]*)", style))


def test_a_changed_file_makes_another_page(tmp_path):
    (tmp_path / "live.html").write_text('<link rel="stylesheet" href="/viewer/viewer.css"><noscript>x</noscript>')
    (tmp_path / "viewer.css").write_text("a {}")
    shells = Shells(tmp_path)
    before = shells.live("m1", Reader())
    assert shells.live("m1", Reader()) == before
    (tmp_path / "viewer.css").write_text("b {} c {}")
    import os

    os.utime(tmp_path / "viewer.css", ns=(1, 1))
    after = shells.live("m1", Reader())
    assert "b {} c {}" in after.text
    assert after.style != before.style


@pytest.mark.parametrize("path", ["/live/m1", "/read/m1", "/simple/m1", "/pin/m1", "/beside/m1", "/embed/m1"])
async def test_without_script_each_view_leads_on_in_the_reader_s_language(world, path):
    text = await (await world.client.get(path, headers={"Accept-Language": "ar"})).text()
    told = re.search("<noscript>(.*?)</noscript>", text, re.DOTALL)[1]
    assert '<p lang="ar" dir="rtl">' in told
    assert 'href="/live/m1/plain"' in told


async def test_the_live_page_s_policy_allows_its_own_style_and_no_other(world):
    answer = await world.client.get("/live/m1")
    policy = answer.headers["Content-Security-Policy"]
    assert re.search(r"style-src 'self' 'sha256-[A-Za-z0-9+/=]+'", policy)
    assert "unsafe" not in policy
    assert "Accept-Language" in answer.headers["Vary"]
