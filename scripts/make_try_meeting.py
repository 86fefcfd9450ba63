"""Make the meeting that readers try the viewer with, from the demo's text.

python scripts/make_try_meeting.py
"""

import csv
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "demo" / "meeting.segments.tsv"
FOLDER = ROOT / "viewer" / "try"
WRONG = ("Live captions", "Life captions")  # what the machine hears at first, in the caption that is corrected
CORRECTED_AFTER_MS = 6_000
BREAK_AT, BREAK_MS = 0.45, 4_000  # the connection breaks at this share of the meeting, for so long


def meeting() -> dict[str, object]:
    """Return the meeting: captions, which of them is corrected, and when the connection breaks."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    captions = [
        {
            "start": round(float(row["start"]) * 1000),
            "end": round(float(row["end"]) * 1000),
            "speaker": row["speaker"].capitalize(),
            "text": row["text"],
        }
        for row in rows
    ]
    corrected = next(index for index, one in enumerate(captions) if WRONG[0] in str(one["text"]))
    first = str(captions[corrected]["text"]).replace(*WRONG)
    last = rows[-1]
    return {
        "title": "Committee on accessible meetings (recorded, to try)",
        "language": "en",
        "captions": captions,
        "correction": {"caption": corrected, "first": first, "after": CORRECTED_AFTER_MS},
        "break": {"at": round(float(last["end"]) * 1000 * BREAK_AT), "ms": BREAK_MS},
    }


def text() -> str:
    """Return what is said, a line a caption."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return "".join(f"{row['speaker'].capitalize()}: {row['text']}\n" for row in rows)


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    made = json.dumps(meeting(), ensure_ascii=False, indent=0)
    (FOLDER / "meeting.json").write_text(f"{made}\n", encoding="utf-8")
    (FOLDER / "meeting.txt").write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
