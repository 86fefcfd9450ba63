"""The report: a Markdown page, the figures as JSON, and plots, from what the engines did."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks import score
from benchmarks.result import Figures, Summary, summary

_HEAD = "| | words | WER | insertions | commit p50 | p95 | p99 | shown p50 | p95 | UPWR | revised | CPU s/s |"


_NONE = score.Accuracy(0, 0, 0, 0)


class Baseline(msgspec.Struct, frozen=True):
    """Offline faster-whisper on a recording."""

    recording: str
    accuracy: score.Accuracy
    drift: score.Drift | None = None
    """Of its word times, where there is a forced alignment."""


def _seconds(ms: int | None) -> str:
    return "" if ms is None else f"{ms / 1000:.2f} s"


def _row(name: str, of: Summary) -> str:
    cells = [
        name, str(of.words), f"{100 * of.rate:.2f} %" if of.words else "", str(of.insertions),
        *map(_seconds, of.commit),
        *map(_seconds, of.display), f"{of.unstable_ratio:.2f}", str(of.revised), f"{of.cpu:.2f}" if of.cpu else "",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _times(engine: str, of: score.Drift) -> str:
    start, end = (score.percentile(side, 90) for side in (of.starts, of.ends))
    return f"- Word times of {engine} against the forced alignment, p90: start {start} ms, end {end} ms."


def markdown(every: Sequence[Figures], offline: Sequence[Baseline], notes: Sequence[str]) -> str:
    """Return the page: engines over all recordings, then each recording."""
    lines = ["# Captions measured"]
    for note in notes:
        lines += ["", note]
    known = {one.recording: one.accuracy for one in offline}
    for language in dict.fromkeys(one.language for one in every):
        mine = [one for one in every if one.language == language]
        total = sum((known.get(name, _NONE) for name in dict.fromkeys(one.recording for one in mine)), _NONE)
        lines += ["", f"## All recordings that an engine did, {language}", "", _HEAD, "|---" * 12 + "|"]
        for engine in dict.fromkeys(one.engine for one in mine):
            lines.append(_row(engine, summary(engine, [one for one in mine if one.engine == engine])))
        share = f"WER {100 * total.rate:.2f} %, {total.insertions} insertions"
        lines += ["", f"Offline faster-whisper, beam 5, on all of these: {share}."]
    lines += ["", "## Each recording", ""]
    for recording in dict.fromkeys(one.recording for one in every):
        lines += [f"### {recording}", ""]
        if recording in known:
            base = known[recording]
            lines += [f"Offline faster-whisper, beam 5: WER {100 * base.rate:.2f} %, {base.insertions} insertions.", ""]
        lines += [_HEAD, "|---" * 12 + "|"]
        mine = [one for one in every if one.recording == recording]
        lines += [_row(one.engine, summary(one.engine, [one])) for one in mine]
        timed = [(one.engine, one.drift) for one in mine if one.drift]
        timed += [("offline", one.drift) for one in offline if timed and one.recording == recording and one.drift]
        lines += ["", *(_times(engine, of) for engine, of in timed)] if timed else []
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
        for engine, style in zip(engines, itertools.cycle(("-", "--", ":", "-.", (0, (1, 4)))), strict=False):
            mine = [one for one in every if one.engine == engine]
            if name == "latency":
                late = sorted(value / 1000 for one in mine for value in one.timing.commit)
                axes.plot(late, [(i + 1) / len(late) for i in range(len(late))], linestyle=style, label=engine)
                axes.set_xscale("log")
            elif mine:
                longest = max(mine, key=lambda one: one.seconds)
                ends = [value / 1000 for value in longest.timing.ends]
                axes.plot(ends, [value / 1000 for value in longest.timing.commit], linestyle=style, label=engine)
        axes.set_xlabel(across)
        axes.set_ylabel(down)
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
        made.append(folder / f"{name}.svg")
        figure.savefig(made[-1], metadata={"Date": None}, bbox_inches="tight")
        plt.close(figure)
    return made


def scatter(every: Sequence[Figures], offline: Sequence[Baseline], folder: Path) -> Path:
    """Draw accuracy against latency: a point for each engine and recording, a line to what offline decoding reaches."""
    import matplotlib as mpl  # noqa: PLC0415 - only for reports

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(8, 4.5))
    known = {one.recording: 100 * one.accuracy.rate for one in offline}
    for engine, mark in zip(dict.fromkeys(one.engine for one in every), itertools.cycle("osv^D"), strict=False):
        mine = [one for one in every if one.engine == engine and one.timing.commit and one.accuracy.words]
        across = [(score.percentile(one.timing.commit, 50) or 0) / 1000 for one in mine]
        down = [100 * one.accuracy.rate for one in mine]
        axes.plot(across, down, mark, label=engine)
        for one, x, y in zip(mine, across, down, strict=True):
            if one.recording in known:
                axes.plot([x, x], [y, known[one.recording]], "-", color="0.7", linewidth=0.8, zorder=0)
    axes.set_xscale("log")
    axes.set_xlabel("seconds from a word's end to its commit, p50 (grey: down or up to offline decoding)")
    axes.set_ylabel("word error rate, %")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    path = folder / "accuracy.svg"
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)
    return path


def write(every: Sequence[Figures], offline: Sequence[Baseline], notes: Sequence[str], folder: Path) -> Path:
    """Write report.md, figures.json and the plots; return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.md"
    drawn = [*plots(every, folder), scatter(every, offline, folder)]
    pictures = "\n".join(f"![{path.stem}]({path.name})" for path in drawn)
    page.write_text(f"{markdown(every, offline, notes)}\n{pictures}\n", encoding="utf-8")
    slim = [msgspec.structs.replace(one, text="") for one in every]
    (folder / "figures.json").write_bytes(msgspec.json.encode(slim))
    return page
