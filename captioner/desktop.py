"""An entry in the desktop's menu, on Linux (freedesktop.org: Desktop Entry, Icon Theme)."""

import os
import shutil
import sys
from pathlib import Path

_ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Captioner">
<rect x="4" y="10" width="56" height="40" rx="8" fill="#14161a"/>
<path d="M20 50v10l12-10z" fill="#14161a"/>
<rect x="12" y="22" width="26" height="5" rx="2.5" fill="#f4f2ec"/>
<rect x="42" y="22" width="10" height="5" rx="2.5" fill="#9fc8ff"/>
<rect x="12" y="34" width="14" height="5" rx="2.5" fill="#f4f2ec"/>
<rect x="30" y="34" width="22" height="5" rx="2.5" fill="#f4f2ec"/>
</svg>
"""
_ENTRY = """[Desktop Entry]
Type=Application
Name=Captioner
GenericName=Live captions
Comment=Live captions for meetings, on this computer
Exec={command} live --open
Icon=captioner
Terminal=true
Categories=AudioVideo;Audio;Accessibility;
Keywords=captions;subtitles;speech;accessibility;
"""


def has_desktop() -> bool:
    """Tell whether a browser can be opened here."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def files(share: Path) -> tuple[Path, Path]:
    """Return the entry and the icon below a data folder such as ~/.local/share."""
    return share / "applications" / "captioner.desktop", share / "icons/hicolor/scalable/apps/captioner.svg"


def command() -> str:
    """Return the command that starts this program, quoted as desktop entries want it."""
    found = shutil.which("captioner") or str(Path(sys.executable).with_name("captioner"))
    escaped = found.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`").replace("%", "%%")
    return f'"{escaped}"' if " " in found else escaped


def install(share: Path) -> Path:
    """Write both and return the entry; OSError where that fails."""
    entry, icon = files(share)
    for path, text in ((icon, _ICON), (entry, _ENTRY.format(command=command()))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return entry


def remove(share: Path) -> list[Path]:
    """Delete what is there, and return it."""
    there = [path for path in files(share) if path.exists()]
    for path in there:
        path.unlink()
    return there
