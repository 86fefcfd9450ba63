"""One stream's state: audio in, requests out, hypotheses in, cue updates out. Sans-I/O.

The caller feeds audio as it comes, asks `next_request` when the recogniser is free, recognises, and gives the words to
`receive`. One request is in flight at most; a slow machine therefore makes fewer and longer passes, and never a queue.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from captioner.captions.cue import CueUpdate, Word
from captioner.streaming.assembler import Assembler, CueConfig, ends_sentence
from captioner.streaming.cutting import Cut, best_cut
from captioner.streaming.endpointer import FRAME, Edge, Endpointer, EndpointerConfig
from captioner.streaming.glossary import Term, corrected
from captioner.streaming.guards import without_crammed, without_loops
from captioner.streaming.overload import OverloadConfig, gap_notice
from captioner.streaming.policy import CommitConfig, stable_words
from captioner.streaming.window import AudioWindow, Samples, to_ms, to_samples

VoiceProbability = Callable[[Samples], float]
_SPOKEN = 1_000  # frames: 32 s, more than a pass takes


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """One stream's settings; times in ms."""

    language: str = "en"
    """BCP 47 primary tag, or "" to detect it for each utterance."""
    step_ms: int = 500
    """New audio that makes another pass worth while."""
    first_ms: int = 600
    """Audio needed before the first pass of an utterance."""
    breath_ms: int = 250
    """After so much silence what was said is recognised at once; a pass that heard it heard all there is."""
    window_ms: int = 11_000
    """A longer window is cut in a pause between committed words ..."""
    context_ms: int = 4_500
    """... so that this much before the first uncommitted word stays."""
    pause_db: float = -20.0
    """A pause is so much quieter than loud speech ..."""
    patience_ms: int = 12_500
    """... and a window as long as this is cut at the quietest place there is."""
    unheard_ms: int = 640
    """Speech behind the committed words in which nothing is recognised: the next pass begins there, without them."""
    longest_ms: int = 14_000
    """The most audio of one pass: longer ones cost more time and memory for each second (the model takes 30 s)."""
    preroll_ms: int = 1_000
    """Audio kept before speech was noticed."""
    tail_ms: int = 500
    """Audio kept after the last speech of an utterance."""
    fresh_ms: int = 2_500
    """After a pause of this length earlier text is no context any more."""
    history_words: int = 0
    """Committed words given as context beside the audio: they invite the decoder to repeat and invent."""
    beam: int = 5
    """Hypotheses followed at once, while the machine keeps up."""
    hint: str = ""
    """Text that every pass gets before its audio, such as names that may be said."""
    language_ms: int = 1_500
    """Where the language is detected: audio needed before words are committed in it."""
    min_probability: float = 0.15
    """An utterance whose words average below this is noise."""
    max_no_speech: float = 0.8
    """Above this the model itself says: no speech."""
    endpointer: EndpointerConfig = field(default_factory=EndpointerConfig)
    commit: CommitConfig = field(default_factory=CommitConfig)
    show: CommitConfig = CommitConfig(  # noqa: RUF009 - frozen
        settled_ms=240, agreed_ms=-560, doubt=0.0, sure=0.75, sure_ms=0, followed=False
    )
    """Which words behind the committed ones are shown: of those at the very edge many change from pass to pass."""
    cue: CueConfig = field(default_factory=CueConfig)
    overload: OverloadConfig = field(default_factory=OverloadConfig)


@dataclass(frozen=True, slots=True)
class Request:
    """Audio to recognise now. Word times of the answer are absolute ms on the timeline."""

    audio: Samples
    start_ms: int
    end_ms: int
    prefix: tuple[Word, ...]
    """Words in the audio that are committed: the hypothesis goes on after them."""
    history: str
    """Committed text before the audio."""
    language: str
    """"" when the recogniser shall detect it."""
    final: bool
    """The utterance has ended: everything will be committed."""
    likely: str = ""
    """The language of what was said before, where it is to be detected."""
    behind_ms: int = 0
    """How much speech had waited for this pass."""
    beam: int = 1
    """Hypotheses to follow at once."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the recogniser says after the prefix."""

    words: Sequence[Word]
    language: str
    no_speech: float = 0.0
    """The model's own probability that nobody speaks."""


@dataclass(slots=True)
class _Utterance:
    start: int  # absolute sample of the window's first audio
    end: int | None = None  # absolute sample, once it has ended
    asked: int = 0  # end of the last request
    language: str = ""
    committed: list[Word] = field(default_factory=list)  # words inside the window
    previous: Sequence[Word] = ()
    shown: Sequence[Word] = ()  # of them, what readers see


class Session:
    """One track's stream."""

    def __init__(self, config: SessionConfig, voice: VoiceProbability, run: str, start_ms: int = 0) -> None:
        """Start at `start_ms` of the timeline; `voice` gives the speech probability of FRAME samples."""
        self._config = config
        self._voice = voice
        self._endpointer = Endpointer(config.endpointer, to_ms(FRAME))
        self._assembler = Assembler(run, config.cue)
        self._window = AudioWindow(to_samples(start_ms))
        self._frame = self._window.start  # how far the detector has heard
        self._voiced = self._frame  # end of the last frame with speech
        self._spoken: deque[int] = deque(maxlen=_SPOKEN)  # ends of frames that are certainly speech
        self._waiting: list[_Utterance] = []  # in order; only the last may be open
        self._in_flight = False
        self._history: list[Word] = []
        self._last_language = config.language
        self.glossary: tuple[Term, ...] = ()
        """Names and terms; may be exchanged while the meeting runs."""

    @property
    def heard_ms(self) -> int:
        """End of the audio that was fed."""
        return to_ms(self._window.end)

    @property
    def behind_ms(self) -> int:
        """How much fed speech no pass has covered yet."""
        if not self._waiting:
            return 0
        first = self._waiting[0]
        return max(0, to_ms(self._window.end) - to_ms(max(first.asked, first.start)))

    def feed(self, samples: Samples) -> list[CueUpdate]:
        """Take audio (n,) float32 at 16 kHz; return cues that silence has closed."""
        self._hear(samples)
        updates = self._rest()
        if self._waiting:
            return updates
        self._window.cut(self._frame - to_samples(self._config.preroll_ms + 200))
        return updates + self._assembler.silence(self.heard_ms)

    def _hear(self, samples: Samples) -> None:
        self._window.append(samples)
        while self._window.end - self._frame >= FRAME:
            frame = self._window.read(self._frame, self._frame + FRAME)
            self._frame += FRAME
            probability = self._voice(frame)
            if probability >= self._config.endpointer.offset:
                self._voiced = self._frame
            if probability >= self._config.endpointer.onset:
                self._spoken.append(self._frame)
            match self._endpointer.hear(probability):
                case Edge.START:
                    self._begin()
                case Edge.END:
                    self._end()
                case None:
                    pass

    def relieve(self) -> list[CueUpdate]:
        """Give up speech that lies hopelessly far back, and say so in its place. Call when no request is in flight."""
        config = self._config.overload
        if self.behind_ms <= config.skip_ms:
            return []
        first = self._waiting[0]
        lost_from = max(first.asked, first.start)
        lost_to = self._window.end - to_samples(config.keep_ms)
        updates = self._assembler.take(first.previous, (), self._last_language or "en") if first.previous else []
        heard = [(max(u.start, lost_from), min(lost_to if u.end is None else u.end, lost_to)) for u in self._waiting]
        lost_ms = to_ms(sum(max(0, end - start) for start, end in heard))
        self._waiting = [u for u in self._waiting if u.end is None or u.end > lost_to]
        if self._waiting and self._waiting[0].start < lost_to:
            self._waiting[0] = _Utterance(lost_to, self._waiting[0].end)
        self._window.cut(self._waiting[0].start if self._waiting else min(lost_to, self._frame))
        notice = gap_notice(lost_ms, self._last_language)
        return updates + self._assembler.notice(to_ms(lost_from), to_ms(lost_to), notice)

    def next_request(self) -> Request | None:
        """Return what to recognise now, or None while nothing new is worth a pass."""
        if not self._waiting:
            return None
        now = self._waiting[0]
        limit = now.start + to_samples(self._config.longest_ms)
        end = min(self._window.end if now.end is None else now.end, limit)
        final = now.end is not None and end >= now.end
        if not final and end < limit:
            need = self._config.step_ms if now.asked else self._config.first_ms
            if not self._breath(now) and (self._heard_all(now) or end - (now.asked or now.start) < to_samples(need)):
                return None
        behind = self.behind_ms
        now.asked = end
        self._in_flight = True
        audio = self._window.read(now.start, end)
        known = self._history[-self._config.history_words :] if self._config.history_words else []
        history = f"{self._config.hint} {''.join(word.text for word in known).strip()}".strip()
        return Request(
            audio,
            to_ms(now.start),
            to_ms(end),
            tuple(now.committed),
            history,
            now.language or self._config.language,
            final,
            "" if self._config.language else self._last_language,
            behind,
            1 if behind > self._config.overload.narrow_ms else self._config.beam,
        )

    def receive(self, request: Request, hypothesis: Hypothesis) -> list[CueUpdate]:
        """Take the answer to the request in flight; return updates, finals first."""
        self._in_flight = False
        now = self._waiting[0]
        words = self._believable(hypothesis, now)
        language = hypothesis.language or self._last_language or "en"
        settled = stable_words(now.previous, words, request.end_ms, self._config.commit)
        count = len(words) if request.final else settled
        if not self._config.language and not now.language:
            if request.end_ms - request.start_ms >= self._config.language_ms:
                now.language = language  # enough was heard to stay with it
            elif not request.final:
                count = 0
        committed, tail = words[:count], words[count:]
        if not hypothesis.words and self._afresh(now, request):
            return []
        if words:
            self._endpointer.complete = not request.final and ends_sentence(words[-1].text)
        if words and (self._config.language or now.language or (request.final and not self._last_language)):
            self._last_language = language  # of little audio it is a guess, which must not weigh on the next one
        now.committed += committed
        showing = stable_words(now.previous[count:], tail, request.end_ms, self._config.show)
        now.shown = (*tail[:showing], *now.shown[count:][showing:])  # what was shown does not shrink
        now.previous = tail
        updates = self._assembler.take(committed, () if request.final else now.shown, language)
        if request.final:
            self._leave(now)
        else:
            self._slide(now, to_samples(request.end_ms))
        return updates

    def _leave(self, now: _Utterance) -> None:
        """Be done with the first utterance."""
        self._waiting.pop(0)
        self._remember(now.committed)
        self._window.cut(self._waiting[0].start if self._waiting else min(now.end or 0, self._frame))

    def _heard_all(self, now: _Utterance) -> bool:
        """Tell whether the last pass heard all that was said, and the breath behind it."""
        return now.asked >= self._voiced + to_samples(self._config.breath_ms)

    def _breath(self, now: _Utterance) -> bool:
        """Tell whether somebody has just stopped speaking, and no pass has heard it."""
        breath = to_samples(self._config.breath_ms)
        return self._frame >= self._voiced + breath > now.asked

    def _rest(self) -> list[CueUpdate]:
        """While nobody speaks the last pass stands: what it heard becomes certain by time, without another one."""
        if self._in_flight or len(self._waiting) != 1 or not self._heard_all(self._waiting[0]):
            return []
        now = self._waiting[0]
        tail = now.previous
        language = now.language or self._config.language
        if now.end is not None:
            if now.asked < now.end:
                return []  # where the detector lets go early, there is a last word to hear
            now.committed += tail
            self._leave(now)
            return self._assembler.take(tail, (), language or self._last_language or "en")
        count = stable_words(tail, tail, to_ms(self._frame), self._config.commit) if language else 0
        if not count:
            return []
        now.committed += tail[:count]
        now.previous, now.shown = tail[count:], now.shown[count:]
        return self._assembler.take(tail[:count], now.shown, language)

    def finish(self) -> Request | None:
        """Say that no more audio comes; the last request may follow. Then call `close`."""
        missing = -(self._window.end - self._frame) % FRAME
        self._hear(np.zeros(missing, dtype=np.float32))
        if self._endpointer.speaking and self._waiting and self._waiting[-1].end is None:
            self._end()
        return self.next_request()

    def close(self) -> list[CueUpdate]:
        """Finish the open cue."""
        return self._assembler.close()

    def _afresh(self, now: _Utterance, request: Request) -> bool:
        """Begin again behind the committed words where nothing was recognised although somebody spoke.

        A decoder that is given a whole sentence sometimes ends there, whatever is said afterwards.
        """
        if not now.committed:
            return False
        boundary = to_samples(now.committed[-1].end)
        unheard = sum(boundary + to_samples(200) < frame <= to_samples(request.end_ms) for frame in self._spoken)
        if unheard * to_ms(FRAME) < self._config.unheard_ms:
            return False
        self._remember(now.committed)
        now.start, now.committed, now.previous = boundary, [], ()
        now.asked = 0  # ask at once
        self._window.cut(boundary)
        return True

    def _begin(self) -> None:
        start = self._frame - to_samples(self._config.preroll_ms) - to_samples(self._config.endpointer.min_speech_ms)
        if self._waiting and self._waiting[-1].end is not None:
            start = max(start, self._waiting[-1].end)
        start = max(start, self._window.start)
        if self._history and to_ms(start) - self._history[-1].end > self._config.fresh_ms:
            self._history = []
        self._waiting.append(_Utterance(start, language=""))

    def _end(self) -> None:
        if self._waiting and self._waiting[-1].end is None:
            self._waiting[-1].end = min(self._voiced + to_samples(self._config.tail_ms), self._window.end)

    def _believable(self, hypothesis: Hypothesis, now: _Utterance) -> list[Word]:
        """Drop what a model says that nobody said: noise taken for words, and loops."""
        words = list(hypothesis.words)
        if not words:
            return []
        mean = sum(word.probability for word in words) / len(words)
        if mean < self._config.min_probability or (
            not now.committed and hypothesis.no_speech > self._config.max_no_speech and mean < 0.5  # noqa: PLR2004
        ):
            return []
        return corrected(without_crammed(without_loops(words, now.committed)), self.glossary)

    def _slide(self, now: _Utterance, end: int) -> None:
        """Keep the window short: cut it in a pause between committed words, or before what nobody said anything in."""
        length = to_ms(end - now.start)
        if length <= self._config.window_ms:
            return
        boundary = to_samples(now.committed[-1].end) if now.committed else now.start
        latest = boundary - to_samples(self._config.context_ms)
        if not now.previous:  # the model hears nothing more: do not carry silence along
            latest = max(latest, end - to_samples(self._config.window_ms))
        if latest <= now.start:
            return
        start_ms = to_ms(now.start)
        audio = self._window.read(now.start, end)
        found = best_cut(audio, start_ms, now.committed, to_ms(latest))
        if now.committed and to_samples(now.committed[-1].end) <= latest:
            found = Cut(latest - now.start, len(now.committed), -99.0)  # all of it is long past
        elif not now.committed:
            found = Cut(latest - now.start, 0, -99.0)
        if found is None or (found.level_db > self._config.pause_db and length < self._config.patience_ms):
            return
        self._remember(now.committed[: found.gone])
        now.committed = now.committed[found.gone :]
        now.start += found.at
        now.language = ""  # where the language is detected, somebody may have gone on in another one
        self._window.cut(now.start)

    def _remember(self, words: Sequence[Word]) -> None:
        self._history = [*self._history, *words][-max(1, self._config.history_words) :]
