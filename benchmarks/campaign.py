"""A fault campaign: what came of all its meetings, its report, and its command line."""

import argparse
import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.written import RESULTS, keep


class Campaign(msgspec.Struct, frozen=True):
    """All meetings together; each has a seed of its own, one after the other."""

    meetings: int
    first_seed: int
    faults: dict[str, int]
    """How often each was injected."""
    reconnects: int
    """Of readers."""
    violations: dict[str, list[str]]
    """By meeting, where there are any."""
    seconds: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A campaign, as the command line and the report call it."""

    title: str
    file: str
    """Of its results, without an ending."""
    module: str
    held: str
    """How its meetings are held, behind their number."""
    usual: int
    """So many meetings, when not told otherwise."""


def report(kind: Kind, found: Campaign) -> str:
    """Return the report in Markdown."""
    rows = "".join(f"| {fault} | {count} |\n" for fault, count in found.faults.items())
    last = found.first_seed + found.meetings - 1
    return (
        f"# {kind.title}\n\n"
        f"{found.meetings} meetings (seeds {found.first_seed} to {last}), {kind.held}, "
        f"{sum(found.faults.values())} faults, {found.reconnects} reconnections of readers, {found.seconds} s. "
        f"**Violations: {sum(map(len, found.violations.values()))}**\n\n"
        f"Again: `python -m {kind.module}`. What is done and checked stands at the head of that file.\n\n"
        f"| fault | injected |\n|---|---|\n{rows}"
    )


def main(
    kind: Kind,
    described: str | None,
    hold: Callable[[int, int], Coroutine[None, None, Campaign]],
    arguments: list[str] | None = None,
) -> None:
    """Hold the meetings that are asked for, and write the report."""
    parser = argparse.ArgumentParser(description=described, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=int, default=kind.usual)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args(arguments)
    logging.getLogger().setLevel(logging.CRITICAL)  # connections that are cut in mid-answer are what it is about
    found = asyncio.run(hold(asked.first, asked.meetings))
    keep(asked.out, kind.file, found, report(kind, found))
