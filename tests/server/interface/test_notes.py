from dataclasses import dataclass
from typing import Any

import msgspec

from server.interface.notes import noted, notes


class Small(msgspec.Struct, rename={"old": "from"}):
    """A struct."""

    old: str  # the name before
    size: int = 0
    colour: str = ""
    """Of the cover;
    any name."""


class Large(Small):
    parts: tuple[Small, ...] = ()  # at most three


@dataclass
class Plain:
    wait_s: float = 2.0
    """Seconds."""
    other: Any = None


def test_comments_behind_and_texts_below():
    assert notes(Small) == {"old": "the name before", "colour": "Of the cover;\nany name."}
    assert notes(Plain) == {"wait_s": "Seconds."}
    assert notes(int) == {}


def test_schemas_get_the_notes_of_all_they_are_made_of():
    _, components = msgspec.json.schema_components([list[Large] | None])
    made = noted(components, [list[Large] | None])
    assert made["Large"]["properties"]["from"]["description"] == "the name before"
    assert made["Large"]["properties"]["parts"]["description"] == "at most three"
    assert made["Small"]["properties"]["from"]["description"] == "the name before"
    assert "description" not in made["Small"]["properties"]["size"]
