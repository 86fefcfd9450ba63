"""The report: a Markdown page, the figures as JSON, and plots, from what the engines did."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks import score
from benchmarks.result import Figures, Summary, summary

_HEAD = "| | words | WER | insertions | commit p50 | p95 | p99 | shown p50 | p95 | UPWR | revised | CPU s/s |"


class Baseline(msgspec.Struct, frozen=True):
    """Offline faster-whisper on a recording."""

    recording: str
    accuracy: score.Accuracy


def _seconds(ms: int | None) -> str:
    return "" if ms is None else f"{ms / 1000:.2f} s"


def _row(name: str, of: Summary) -> str:
    cells = [
        name, str(of.words), f"{100 * of.rate:.2f} %" if of.words else "", str(of.insertions),
        *map(_seconds, of.commit),
        *map(_seconds, of.display), f"{of.unstable_ratio:.2f}", str(of.revised), f"{of.cpu:.2f}" if of.cpu else "",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def markdown(every: Sequence[Figures], offline: Sequence[Baseline], notes: Sequence[str]) -> str:
    """Return the page: engines over all recordings, then each recording."""
    engines = list(dict.fromkeys(one.engine for one in every))
    lines = ["# Captions measured", "", *notes, "", "## All recordings that an engine did", ""]
    lines += [_HEAD, "|---" * 12 + "|"]
    lines += [_row(engine, summary(engine, [one for one in every if one.engine == engine])) for engine in engines]
    known = {one.recording: one.accuracy for one in offline}
    lines += ["", "## Each recording", ""]
    for recording in dict.fromkeys(one.recording for one in every):
        lines += [f"### {recording}", ""]
        if recording in known:
            base = known[recording]
            lines += [f"Offline faster-whisper, beam 5: WER {100 * base.rate:.2f} %, {base.insertions} insertions.", ""]
        lines += [_HEAD, "|---" * 12 + "|"]
        lines += [_row(one.engine, summary(one.engine, [one])) for one in every if one.recording == recording]
        lines.append("")
    return "\n".join(lines)


def plots(every: Sequence[Figures], folder: Path) -> list[Path]:
    """Draw the distribution of the commit latency and its course over time, a line an engine; return the files."""
    import matplotlib as mpl  # noqa: PLC0415 - only for reports

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    made = []
    engines = list(dict.fromkeys(one.engine for one in every))
    for name, across, down in (
        ("latency", "seconds from a word's end to its commit", "share of words"),
        ("course", "seconds into the recording", "seconds to commit"),
    ):
        figure, axes = plt.subplots(figsize=(8, 4.5))
        for engine, style in zip(engines, ("-", "--", ":", "-."), strict=False):
            mine = [one for one in every if one.engine == engine]
            if name == "latency":
                late = sorted(value / 1000 for one in mine for value in one.timing.commit)
                axes.plot(late, [(i + 1) / len(late) for i in range(len(late))], style, label=engine)
                axes.set_xscale("log")
            elif mine:
                longest = max(mine, key=lambda one: one.seconds)
                ends = [value / 1000 for value in longest.timing.ends]
                axes.plot(ends, [value / 1000 for value in longest.timing.commit], style, label=engine)
        axes.set_xlabel(across)
        axes.set_ylabel(down)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
        made.append(folder / f"{name}.svg")
        figure.savefig(made[-1], metadata={"Date": None}, bbox_inches="tight")
        plt.close(figure)
    return made


def write(every: Sequence[Figures], offline: Sequence[Baseline], notes: Sequence[str], folder: Path) -> Path:
    """Write report.md, figures.json and the plots; return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.md"
    pictures = "\n".join(f"![{path.stem}]({path.name})" for path in plots(every, folder))
    page.write_text(f"{markdown(every, offline, notes)}\n{pictures}\n", encoding="utf-8")
    slim = [msgspec.structs.replace(one, text="") for one in every]
    (folder / "figures.json").write_bytes(msgspec.json.encode(slim))
    return page
