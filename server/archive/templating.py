"""The templates of pages and files: everything that comes from outside is escaped."""

from datetime import UTC, datetime
from pathlib import Path

import jinja2

from captioner.captions.cue import right_to_left
from server.archive.export.content import clock, duration
from server.wording import Reader

FOLDER = Path(__file__).parent / "templates"


def environment() -> jinja2.Environment:
    """Return the environment with the filters that templates use."""
    loader = jinja2.FileSystemLoader(FOLDER)
    made = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(
        clock=clock, duration=duration, direction=direction, day=day, machine=machine, paragraphs=str.splitlines
    )
    made.globals["reader"] = Reader()  # of pages that stand in English only
    return made


def direction(language: str) -> str:
    """Return the value of `dir` for a language."""
    return "rtl" if right_to_left(language) else "ltr"


def day(ms: int) -> str:
    """Return a time as readers see it."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def machine(ms: int) -> str:
    """Return a time for machines."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
