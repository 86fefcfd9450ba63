"""Where what was measured goes: figures and a report, of one name, in one folder."""

from pathlib import Path

import msgspec

RESULTS = Path(__file__).parent / "results"


def keep(folder: Path, name: str, figures: object, report: str) -> None:
    """Write NAME.json and NAME.md, and show the report."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")
    (folder / f"{name}.md").write_text(report, encoding="utf-8")
    print(report)
