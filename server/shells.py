"""The viewer's pages as they are sent: the live page with its style inside, and a way on for readers without script."""

import base64
import hashlib
import html
import re
from pathlib import Path

import msgspec

from server.wording import Reader

_STYLE = '<link rel="stylesheet" href="/viewer/viewer.css">'
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_MODULE = re.compile(r'<script type="module" src="/viewer/([a-z-]+\.js)"></script>')
_IMPORT = re.compile(r'^import [^;]*?"\./([^"]+)";$', re.MULTILINE)


class Shell(msgspec.Struct, frozen=True):
    """A page without captions; `style` is the hash of the style inside it, for the content policy, or ""."""

    text: str
    style: str = ""


class Shells:
    """Makes the pages of one folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of the viewer's files."""
        self._folder = folder
        self._whole: tuple[tuple[int, ...], Shell] | None = None

    def page(self, name: str, meeting: str, reader: Reader) -> Shell:
        """Return the page `name` for a meeting; without script it leads to the page that needs none."""
        return Shell(_with_way_on(self._read(name), meeting, reader))

    def live(self, meeting: str, reader: Reader) -> Shell:
        """Return the live page with its style inside, and with all modules asked for at once: fewer round trips."""
        stamp = tuple((self._folder / name).stat().st_mtime_ns for name in ("live.html", "viewer.css"))
        if self._whole is None or self._whole[0] != stamp:
            self._whole = (stamp, self._made())
        shell = self._whole[1]
        return msgspec.structs.replace(shell, text=_with_way_on(shell.text, meeting, reader))

    def _made(self) -> Shell:
        style, page = self._read("viewer.css"), self._read("live.html")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        script = _MODULE.search(page)
        needed = self._modules(script[1]) if script else []
        links = "".join(f'<link rel="modulepreload" href="/viewer/{name}">\n' for name in needed)
        text = page.replace(_STYLE, f"<style>{style}</style>")
        if script:
            text = text.replace(script[0], links + script[0])
        return Shell(text, f"'sha256-{digest}'")

    def _modules(self, first: str) -> list[str]:
        """Return what a module imports, and what that imports."""
        found: list[str] = []
        waiting = [first]
        while waiting:
            for name in _IMPORT.findall(self._read(waiting.pop(0))):
                if name not in found:
                    found.append(name)
                    waiting.append(name)
        return found

    def _read(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="utf-8")


def _with_way_on(text: str, meeting: str, reader: Reader) -> str:
    href = html.escape(reader.to(f"/live/{meeting}/plain"))
    needs, way = html.escape(reader.say("plain.needs")), html.escape(reader.say("plain.without"))
    told = f'<p lang="{reader.language}" dir="{reader.direction}">{needs} <a href="{href}">{way}</a></p>'
    return _NOSCRIPT.sub(lambda _: f"<noscript>{told}</noscript>", text, count=1)
