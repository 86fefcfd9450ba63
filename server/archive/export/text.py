"""Plain text in the form of the IGF's transcripts: `>> NAME: ...` where a speaker is known, else paragraphs."""

from server.archive.record import Record, TrackRecord, paragraphs


def text(record: Record, track: TrackRecord) -> str:
    """Return the track as a .txt file: one line a paragraph, blank lines between, for any width of window."""
    head = [record.meeting.title, record.date, track.quality]
    body: list[str] = []
    spans = list(record.off_record)
    speaker = ""
    for paragraph in paragraphs(track.cues):
        while spans and spans[0].start <= paragraph.cues[0].cue.start:
            body.append(f"[Off the record {spans.pop(0)}]")
        words = " ".join(update.cue.text for update in paragraph.cues)
        if not paragraph.speaker or paragraph.speaker == speaker:
            body.append(words)
        else:
            body.append(f">> {paragraph.speaker.upper()}: {words}")
        speaker = paragraph.speaker
    body += [f"[Off the record {span}]" for span in spans]
    return "\n\n".join([*head, *body]) + "\n"
