"""The last captions of a meeting inside the page itself: read before any script or socket is there."""

import gzip
import html
from collections import OrderedDict

from captioner.captions.cue import Cue
from captioner.captions.transcript import Transcript

_KEPT = 100  # pages: 12 kB each
_SHOWN = 6  # captions: about as many as fit in the log of a small screen
_RIGHT_TO_LEFT = frozenset(("ar", "fa", "he", "ur", "ps", "yi"))
_LOG = '<div id="log" role="log" aria-live="off" aria-labelledby="log-title" tabindex="0">'
_TITLE = '<h1 id="title" data-text="live_captions">Live captions</h1>'


class FirstCaptions:
    """Writes the live page of a meeting; a thousand readers who come at once cost one look at the transcript."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._made: OrderedDict[tuple[str, str], tuple[str, int, bytes, bytes]] = OrderedDict()

    def page(self, shell: str, title: str, transcript: Transcript, language: str = "en") -> tuple[bytes, bytes]:
        """Return the page `shell` with the meeting's title and the last captions of its first track; also as gzip.

        `language` is the shell's: the newest page of each is kept.
        """
        key = (f"{title}\n{transcript.epoch}", language)
        made = self._made.get(key)
        if made is None or made[:2] != (shell, transcript.seq):
            captions = "".join(map(_paragraph, _last(transcript)))
            heading = _TITLE.replace("Live captions", html.escape(title))
            plain = shell.replace(_TITLE, heading).replace(_LOG, _LOG + captions).encode()
            made = self._made[key] = (shell, transcript.seq, plain, gzip.compress(plain, 6, mtime=0))
            self._made.move_to_end(key)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return made[2], made[3]


def _last(transcript: Transcript) -> list[Cue]:
    tracks = transcript.tracks()
    return [update.cue for update in transcript.cues(tracks[0].id)[-_SHOWN:]] if tracks else []


def _paragraph(cue: Cue) -> str:
    """The same paragraph as the page's script makes."""
    direction = "rtl" if cue.language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
    text = f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text
    return f'<p lang="{html.escape(cue.language)}" dir="{direction}">{html.escape(text)}</p>'
