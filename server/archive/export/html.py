"""Pages that stand alone, in usual and in large print: headings, languages, an anchor at each cue, no server needed."""

import functools

import jinja2

from server.archive.export.content import facts, sections, timed
from server.archive.record import Record, TrackRecord
from server.archive.templating import environment

_STYLE = """\
body { margin: 0 auto; max-width: 42rem; padding: 1rem; font-family: system-ui, sans-serif; line-height: 1.6;
  color: #1a1a1a; background: #fff; }
a { color: #0b57a4; }
a:focus-visible, main:focus-visible { outline: 3px solid #0b57a4; outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; }
.time { font-variant-numeric: tabular-nums; color: #595959; }
.gap { font-style: italic; }
dl div { display: flex; gap: 0.5rem; flex-wrap: wrap; }
dt { font-weight: bold; }
dd { margin: 0; overflow-wrap: anywhere; }
aside { border-inline-start: 0.25rem solid #595959; padding-inline-start: 1rem; }
span:target, p:has(:target) { background: #fff3bf; }
audio { width: 100%; position: sticky; top: 0; }
.plays span[data-start] { cursor: pointer; }
.now { text-decoration: underline; text-decoration-thickness: 0.15em; text-underline-offset: 0.2em; }
@media (prefers-color-scheme: dark) {
  body { color: #f2f2f2; background: #121212; }
  a { color: #8ec5ff; }
  .time { color: #b8b8b8; }
  span:target, p:has(:target) { background: #4a3b00; }
}
"""
_LARGE = """\
body { max-width: 40rem; font-family: Verdana, Arial, sans-serif; font-size: 1.5rem; line-height: 1.75;
  letter-spacing: 0.02em; }
p { margin-block: 1.25em; text-align: start; hyphens: none; }
.gap { font-style: normal; }
strong { font-size: 1.1em; }
@media print { @page { margin: 2cm; } body { font-size: 18pt; max-width: none; } }
"""
_SCRIPT = """\
const audio = document.querySelector("audio"), main = document.querySelector("main");
const cues = [...main.querySelectorAll("span[data-start]")];
const start = (cue) => Number(cue.dataset.start), end = (cue) => Number(cue.dataset.end);
const go = (seconds, play) => {
  audio.currentTime = seconds;
  if (play) audio.play();
};
main.addEventListener("click", (event) => {
  const link = event.target.closest("time a"), cue = event.target.closest("span[data-start]");
  if (link) {
    event.preventDefault();
    go(Number(new URL(link.href).hash.slice(3)), true);
  } else if (cue && getSelection().isCollapsed) go(start(cue), true);
});
const linked = () => {
  const cue = cues.find((one) => one.id === decodeURIComponent(location.hash.slice(1)));
  if (cue) go(start(cue), false);
};
addEventListener("hashchange", linked);
linked();
audio.addEventListener("timeupdate", () => {
  const at = audio.currentTime;
  for (const cue of cues) cue.classList.toggle("now", start(cue) <= at && at < end(cue) && !audio.paused);
});
"""


def html(record: Record, track: TrackRecord) -> str:
    """Return the track as a .html file."""
    return _render(record, track, large=False)


def large(record: Record, track: TrackRecord) -> str:
    """Return the track as a .large.html file: 24 pixels on a screen, 18 points on paper, wide lines, no italics."""
    return _render(record, track, large=True)


def _render(record: Record, track: TrackRecord, *, large: bool) -> str:
    return _template().render(
        record=record,
        track=track,
        facts=facts(record, track),
        headings=timed(record),
        sections=sections(record, track),
        style=_STYLE + (_LARGE if large else ""),
        script=_SCRIPT,
        large=large,
    )


@functools.cache
def _template() -> jinja2.Template:
    return environment().get_template("export/transcript.html")
