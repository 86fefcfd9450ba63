"""Which second looks a meeting has, where their answers go, and when."""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence

from captioner import messages
from captioner.background import Background, Refine, refiner, translator
from captioner.captions.cue import CueUpdate
from captioner.config import PipelineSettings
from captioner.publish.server import ServerSink
from captioner.publish.sink import CaptionSink, Emitted
from captioner.recognition.base import Recognizer
from captioner.streaming.afterwards import REFINING, TRANSLATING
from captioner.streaming.glossary import Term


@contextlib.contextmanager
def second_looks(
    settings: PipelineSettings,
    recognizer: Recognizer,
    glossary: Callable[[], tuple[Term, ...]],
    sinks: Sequence[CaptionSink],
    translation: ServerSink | None,
) -> Iterator[list[Background]]:
    """Give what refines, and what translates to `translation`; at the end everything is delivered.

    Text that is refined for the archive is held until then: what live readers have read stays as it is.
    """
    looks: list[Background] = []
    held: list[CueUpdate] = []
    patient = bool(settings.audio.file)
    if settings.model.refine != Refine.OFF:
        live = settings.model.refine == Refine.LIVE
        work = refiner(recognizer, glossary)
        deliver = (lambda update: publish(sinks, update)) if live else held.append
        looks.append(Background(REFINING, work, deliver, patient=patient))
    if translation is not None:
        to = (translation,)
        work = translator(recognizer, secrets.token_hex(3))
        looks.append(Background(TRANSLATING, work, lambda update: publish(to, update), patient=patient))
    try:
        yield looks
    finally:
        for look in looks:
            look.close()
        for update in held:
            publish(sinks, update)
        given_up = sum(look.given_up for look in looks)
        if given_up:
            messages.say(messages.Note(text=f"{given_up} second looks were given up: the machine was busy."))


def publish(sinks: Sequence[CaptionSink], update: CueUpdate) -> None:
    """Push an update that comes after the fact."""
    for each in sinks:
        each.push(Emitted(update, update.cue.end, update.cue.end))
