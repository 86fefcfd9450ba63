"""Plain text in the form of the IGF's transcripts: `>> NAME: ...` where a speaker is known, else paragraphs."""

from server.archive.export.content import Heading, Turn, facts, parts
from server.archive.record import Missing, Record, TrackRecord


def text(record: Record, track: TrackRecord) -> str:
    """Return the track as a .txt file: one line a paragraph, blank lines between, for any width of window."""
    head = [record.meeting.title, record.date, track.quality]
    body: list[str] = []
    for part in parts(record, track):
        match part:
            case Heading(title=title):
                body.append(title.upper())
            case Missing():
                body.append(f"[{part}]")
            case Turn(paragraph=said, opens=opens):
                body.append(f">> {said.speaker.upper()}: {said.text}" if opens else said.text)
            case _:
                body.append(f"[Dissenting statement by {part.author}, {part.date}: {' '.join(part.text.splitlines())}]")
    if record.about.signals:
        body.append("\n".join(["ANNEX: WHAT READERS TOLD THE HOST", *map(str, record.about.signals)]))
    foot = [f"{name}: {value}" for name, value in facts(record, track)]
    return "\n\n".join([*head, *body, "\n".join(foot)]) + "\n"
