import re

from scripts.pictures import IMAGES, PICTURES, ROOT, SPEAK

PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
SHOWN = re.compile(r"\(((?:[\w./-]+/)?[\w-]+\.png)\)")


def test_every_picture_is_shown_and_none_is_missing():
    shown = {
        (page.parent / path).resolve() for page in PAGES for path in SHOWN.findall(page.read_text(encoding="utf-8"))
    }
    assert shown == {path.resolve() for path in (*IMAGES.glob("*.png"), SPEAK)}


def test_every_picture_can_be_renewed():
    made = {*PICTURES, "live-phone", "read"}
    assert made == {path.stem for path in (*IMAGES.glob("*.png"), SPEAK)}
