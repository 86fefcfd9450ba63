"""What catalogues and search engines are told of a record: Dublin Core, and schema.org as JSON-LD. Pure."""

from server.archive.catalogue import Entry
from server.archive.export.content import duration
from server.archive.export.registry import FORMATS
from server.archive.record import Record
from server.archive.templating import machine


def identifier(address: str, meeting: str) -> str:
    """Return a record's persistent URI."""
    return f"{address}/id/{meeting}"


def dublin_core(entry: Entry, address: str) -> dict[str, list[str]]:
    """Return the elements of Dublin Core 1.1 that are known, as {name: values}."""
    quality = "Made automatically; no authoritative record." if entry.automatic else "Made or corrected by a person."
    formats = sorted({made.media_type for made in FORMATS.values()})
    found = {
        "title": [entry.title],
        "subject": [entry.series] if entry.series else [],
        "description": [f"Transcript. {quality}"],
        "date": [machine(entry.started)],
        "type": ["Text"],
        "format": formats,
        "identifier": [identifier(address, entry.id)],
        "language": list(entry.languages),
        "relation": [f"{address}/series/{entry.series_key}/"] if entry.series else [],
        "rights": [entry.licence] if entry.licence else [],
    }
    return {name: values for name, values in found.items() if values}


def json_ld(record: Record, address: str) -> dict[str, object]:
    """Return a schema.org Event that was recorded in an AudioObject with its transcript."""
    meeting, about = record.meeting, record.about
    uri = identifier(address, meeting.id)
    recordings: list[dict[str, object]] = []
    for track in record.tracks:
        length = max((update.cue.end for update in track.cues), default=0)
        audio: dict[str, object] = {
            "@type": "AudioObject",
            "name": f"{meeting.title}: {track.track.label or track.track.id}",
            "inLanguage": track.track.language,
            "duration": duration(length),
            "transcript": " ".join(update.cue.text for update in track.cues),
            "encoding": [
                {
                    "@type": "MediaObject",
                    "encodingFormat": made.media_type,
                    "contentUrl": f"{address}/archive/{meeting.id}/{track.track.id}.{made.ending}",
                }
                for made in FORMATS.values()
            ],
        }
        recordings.append(audio | ({"license": about.licence} if about.licence else {}))
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": uri,
        "name": meeting.title,
        "startDate": machine(meeting.started),
        "url": f"{address}/archive/{meeting.id}/",
        "recordedIn": recordings,
    }
    if about.series:
        found["superEvent"] = {"@type": "EventSeries", "name": about.series}
    return found
