"""A recorded run of every output against its stand-in: `python -m benchmarks.outputs`."""

import argparse
import sys
from pathlib import Path

from benchmarks.written import RESULTS, keep
from captioner.publish.sinks.contract import Kind
from captioner.rehearse.rehearsal import Verdict, demo_cues, rehearse
from captioner.rehearse.standin import Faults

_TEXT = """# Outputs against their stand-ins

`python -m benchmarks.outputs`: {rate:.0%} of the requests fail: errors, "busy", connections that break before or after
the line was taken, answers that come too late.

| output | lines | requests | failed | violations | came twice | verdict |
| --- | --- | --- | --- | --- | --- | --- |
{rows}

A violation is a number that was skipped or used for two texts, a line that is too long, a wrong header, method, address
or encoding. Lines that came twice: platforms without numbers cannot tell a repeat, and a repeat is better than a loss.
"""


def table(found: list[Verdict], rate: float) -> str:
    """Return the report in Markdown."""
    rows = [
        f"| {v.kind} | {v.lines} of {v.expected} | {v.requests} | {v.faults} | {len(v.violations)} | {v.repeats} | "
        f"{'good' if v.good else 'PROBLEM'} |"
        for v in found
    ]
    return _TEXT.format(rate=rate, rows="\n".join(rows))


def main() -> int:
    """Run all and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cues", type=int, default=1000)
    parser.add_argument("--faults", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    found = []
    for kind in Kind:
        cues = demo_cues(options.cues)
        verdict = rehearse(kind, cues, Faults(options.faults, options.seed), hurried=True, limit_s=3600)
        print(f"{kind}: {'good' if verdict.good else 'PROBLEM'}, {verdict.seconds:.0f} s", flush=True)
        found.append(verdict)
    keep(options.results, "outputs", found, table(found, options.faults))
    return 0 if all(verdict.good for verdict in found) else 1


if __name__ == "__main__":
    sys.exit(main())
