"""The host's terminal as it is drawn, at several sizes: what must be seen is seen."""

import io

import pytest
from rich.console import Console

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.desk_picture import KEYS, picture
from captioner.desk_state import DeskState

NAMES = {"1": "Amina", "2": "Noor"}
QUESTION = "Switch to Chatham House Rule? Everybody is told. Answer y or n."


def busy() -> DeskState:
    state = DeskState(title="Committee on accessible meetings", policy=RecordPolicy.ON_RECORD, viewers=12)
    for number in range(8):
        text = f"0:00:{number:02} Caption number {number} " + "with many words that go on and on " * 3
        state.finals["floor", f"c{number}"] = text
    state.open = "and this is the newest word"
    state.captioners["floor"] = wire.TrackHealth("floor", wire.Health.DELAYED, 4000)
    for number in range(9):
        kind = wire.SignalKind.QUESTION
        state.signals[number] = wire.Signalled(
            id=number, signal=kind, text=f"Number {number}?", state=wire.SignalState.NEW
        )
    return state


def drawn(state: DeskState, width: int, height: int, note: str = "") -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=False)
    console.print(picture(state, NAMES, note, console))
    return console.file.getvalue().splitlines()


def words(lines: list[str]) -> str:
    return " ".join(" ".join(line.strip("│ ") for line in lines).split())


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 24), (40, 30), (132, 50), (60, 16)])
def test_all_that_matters_fits(width, height):
    lines = drawn(busy(), width, height, QUESTION)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    text = words(lines)
    for part in (
        "Live, on the record, 12 readers",
        "4 s behind",
        "the newest word",
        "Question: Number 8?",
        QUESTION,
        "q quit",
    ):
        assert part in text
    assert "1 Amina 2 Noor" in text
    assert " ".join(KEYS.split()) in text


def test_at_80_by_24_it_looks_like_this():
    state = DeskState(title="Committee", policy=RecordPolicy.CHATHAM, viewers=1)
    state.finals["floor", "c1"] = "0:00:05 I am Maria and I will chair today."
    state.open = "We have"
    assert drawn(state, 80, 24)[:7] == [
        "Committee   Live, Chatham House Rule, 1 reader",
        "╭─ Captions " + "─" * 67 + "╮",
        "│ 0:00:05 I am Maria and I will chair today." + " " * 35 + "│",
        "│ We have" + " " * 70 + "│",
        "╰" + "─" * 78 + "╯",
        "╭─ What readers say " + "─" * 59 + "╮",
        "│ Nothing so far." + " " * 62 + "│",
    ]


def test_a_terminal_that_is_far_too_small_does_no_harm():
    assert drawn(busy(), 20, 6, QUESTION)
