"""What a host may order in a terminal, as keys or as words: text in, messages out. Pure."""

from dataclasses import dataclass

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.policy import PolicyChange
from captioner.desk_state import POLICIES, DeskState

HELP = (
    "pause, resume, end; record on_record, record chatham, record off_record; say NAME or 1-9 for who speaks, 0 for "
    "nobody; rename OLD = NEW, also for a label such as Speaker 1; seen for the signals; captions for the last ones; "
    "status; quit"
)
KEYS_EXPLAINED = (
    "p pauses, r goes on, e ends the meeting. The record: o is on the record, c the Chatham House Rule, x off the "
    "record. 1-9 say who speaks, 0 nobody. s marks what readers say as seen. q leaves; the meeting goes on."
)
KEYS = {
    "p": "pause", "r": "resume", "e": "end", "s": "seen", "q": "quit", "o": "record on_record", "c": "record chatham",
    "x": "record off_record", "?": "keys",
}  # fmt: skip
"""Single keys and the words that they stand for; 0-9 stand for themselves."""


@dataclass(frozen=True, slots=True)
class Order:
    """What follows from a command: messages to send, something to tell, whether to ask first, whether to go."""

    messages: tuple[wire.FromClient, ...] = ()
    told: str = ""
    question: str = ""
    leave: bool = False


def order(line: str, state: DeskState, names: dict[str, str], now_ms: int, track: str) -> Order:  # noqa: C901, PLR0911, PLR0912
    """Read a command. `names` are the roster's by hot key; `now_ms` is the meeting's timeline."""
    verb, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    match verb.lower():
        case "pause":
            return Order((wire.Control(action=wire.Action.PAUSE),), question="Pause sound and captions?")
        case "resume":
            return Order((wire.Control(action=wire.Action.RESUME),), "Captions go on.")
        case "end":
            return Order((wire.Control(action=wire.Action.END),), question="End the meeting and write the archive?")
        case "record":
            return _record(rest, now_ms)
        case "say":
            return Order((wire.Speaker(track=track, name=rest),), f"Speaks now: {rest or 'nobody named'}.")
        case "rename":
            return _rename(rest, track)
        case "keys":
            return Order(told=KEYS_EXPLAINED)
        case "0":
            return Order((wire.Speaker(track=track),), "Captions carry no name.")
        case digit if len(digit) == 1 and digit.isdigit():
            name = names.get(digit, "")
            if not name:
                return Order(told=f"Nobody has the key {digit}.")
            return Order((wire.Speaker(track=track, name=name),), f"Speaks now: {name}.")
        case "seen":
            waiting = state.waiting()
            marks = tuple(wire.Mark(id=each.id, state=wire.SignalState.SEEN) for each in waiting)
            return Order(marks, f"{len(waiting)} signals seen.")
        case "captions":
            return Order(told="\n".join(state.captions) or "Nothing has been said yet.")
        case "status":
            return Order(told="\n".join([state.summary(), *state.tracks()]))
        case "quit":
            return Order(leave=True)
        case _:
            return Order(told=HELP)


def _rename(wanted: str, track: str) -> Order:
    old, _, new = (part.strip() for part in wanted.partition("="))
    if not old or not new:
        return Order(told="rename needs both names, as in: rename Speaker 1 = Amina")
    return Order((wire.Rename(track=track, old=old, new=new),), f"{old} is {new}.")


def _record(wanted: str, now_ms: int) -> Order:
    try:
        policy = RecordPolicy(wanted)
    except ValueError:
        return Order(told=f"record needs one of: {', '.join(policy.value for policy in RecordPolicy)}")
    change = wire.SetPolicy(change=PolicyChange(now_ms, policy))
    return Order((change,), question=f"Switch to {POLICIES[policy]}? Everybody is told.")
