"""What a host's terminal draws: everything that must be seen fits, and captions take the room that is left. Pure."""

from collections.abc import Mapping

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from captioner.desk_state import DeskState

KEYS = "p pause  r go on  e end  o/c/x record  0-9 who speaks  s signals seen  ? help  q quit"
_FRAME = 2  # rows of a panel's border
_MARGIN = 4  # columns of a panel's border and padding


def picture(state: DeskState, names: Mapping[str, str], note: str, console: Console) -> Group:
    """Draw the meeting for a terminal of the console's size; `names` are the roster's by hot key."""
    width, height = console.size
    head = [Text.assemble((state.title or "…", "bold"), "   ", state.summary())]
    head += [Text(line) for line in state.tracks()]
    foot = [Text(note, style="bold")] if note else []
    if names:
        foot.append(Text("  ".join(f"{key} {name}" for key, name in sorted(names.items())), "dim"))
    foot.append(Text(KEYS, "dim"))
    room = height - sum(_rows(text, width, console) for text in (*head, *foot)) - 2 * _FRAME
    said = [f"• {state.said(signal)}" for signal in state.waiting()] or ["Nothing so far."]
    signals = _last([Text(line) for line in said], width, max(room // 3, 1), console)
    spoken = [Text(line) for line in state.captions]
    spoken += [Text(state.open, style="italic")] if state.open or not spoken else []
    captions = _last(spoken, width, max(room - len(signals), 1), console)
    return Group(
        *head,
        Panel(Group(*captions), title="Captions", title_align="left"),
        Panel(Group(*signals), title="What readers say", title_align="left"),
        *foot,
    )


def _rows(text: Text, width: int, console: Console) -> int:
    return len(text.wrap(console, width))


def _last(texts: list[Text], width: int, room: int, console: Console) -> list[Text]:
    """Return the last rows of texts within a panel."""
    rows = [row for text in texts for row in text.wrap(console, max(width - _MARGIN, 1))]
    return rows[-room:]
