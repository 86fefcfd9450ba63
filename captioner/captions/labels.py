"""What a speaker is called whose name nobody gave: "Speaker 2", in one meeting. Pure."""

import re

_LABEL = re.compile(r"Speaker [1-9][0-9]*( \(from [0-9:]+\))?")


def label(number: int, since: str = "") -> str:
    """Return the label of the speaker of that number; `since` parts those of a captioner that came later."""
    return f"Speaker {number} (from {since})" if since else f"Speaker {number}"


def is_label(name: str) -> bool:
    """Tell whether a name is such a label, and so nobody's beyond its meeting."""
    return _LABEL.fullmatch(name) is not None
