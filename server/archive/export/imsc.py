"""IMSC 1.1 text. Source: W3C TTML Profiles for Internet Media Subtitles and Captions 1.1, text profile."""

from lxml import etree

from captioner.captions.webvtt import format_time
from server.archive.export.content import facts
from server.archive.export.reading import reading
from server.archive.record import Record, TrackRecord
from server.archive.templating import direction

_TT = "http://www.w3.org/ns/ttml"
_TTP = f"{_TT}#parameter"
_TTS = f"{_TT}#styling"
_TTM = f"{_TT}#metadata"
_XML = "http://www.w3.org/XML/1998/namespace"
_PROFILE = f"{_TT}/profile/imsc1.1/text"


def imsc(record: Record, track: TrackRecord) -> bytes:
    """Return the track as a .ttml file. Ids of cues get `cue-` before them, since XML wants a letter there."""
    root = etree.Element(f"{{{_TT}}}tt", nsmap={None: _TT, "ttp": _TTP, "tts": _TTS, "ttm": _TTM})
    root.set(f"{{{_XML}}}lang", track.track.language)
    root.set(f"{{{_TTP}}}contentProfiles", _PROFILE)
    root.set(f"{{{_TTP}}}timeBase", "media")
    head = etree.SubElement(root, f"{{{_TT}}}head")
    agents = _metadata(head, record, track)
    layout = etree.SubElement(head, f"{{{_TT}}}layout")
    region = {"origin": "10% 80%", "extent": "80% 15%", "displayAlign": "after", "textAlign": "center"}
    _element(layout, "region", "bottom", {f"{{{_TTS}}}{name}": value for name, value in region.items()})
    division = etree.SubElement(etree.SubElement(root, f"{{{_TT}}}body"), f"{{{_TT}}}div")
    division.set("region", "bottom")
    for part in reading(track):
        cue = part.cue
        times = {"begin": format_time(cue.start), "end": format_time(cue.end)}
        paragraph = _element(division, "p", f"cue-{cue.id.replace('~', '-part-')}", times)
        if cue.speaker:
            paragraph.set(f"{{{_TTM}}}agent", agents[cue.speaker])
        if cue.language != track.track.language:
            paragraph.set(f"{{{_XML}}}lang", cue.language)
        if direction(cue.language) == "rtl":
            paragraph.set(f"{{{_TTS}}}direction", "rtl")
        for number, line in enumerate(part.lines):
            if number:
                etree.SubElement(paragraph, f"{{{_TT}}}br")
            etree.SubElement(paragraph, f"{{{_TT}}}span").text = xml_text(line)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def xml_text(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold."""
    return "".join(letter for letter in text if letter not in "\ufffe\uffff" and not "\ud800" <= letter <= "\udfff")


def _metadata(head: etree._Element, record: Record, track: TrackRecord) -> dict[str, str]:
    """Write what is known of the record; return the ids of the speakers."""
    data = etree.SubElement(head, f"{{{_TT}}}metadata")
    etree.SubElement(data, f"{{{_TTM}}}title").text = xml_text(record.meeting.title)
    remarks = [remark for remark in record.about.remarks if remark.track == track.track.id]
    said = [f"Dissenting statement by {r.author} on {r.first} to {r.last}, {r.date}: {r.text}" for r in remarks]
    known = [f"{name}: {value}" for name, value in facts(record, track)]
    lines = [record.date, track.quality, *record.missing_lines, *known, *said]
    etree.SubElement(data, f"{{{_TTM}}}desc").text = xml_text("\n".join(lines))
    if record.about.licence:
        etree.SubElement(data, f"{{{_TTM}}}copyright").text = xml_text(record.about.licence)
    agents: dict[str, str] = {}
    for update in track.cues:
        name = update.cue.speaker
        if name and name not in agents:
            agents[name] = f"agent-{len(agents) + 1}"
            agent = _element(data, "agent", agents[name], {"type": "person"}, _TTM)
            etree.SubElement(agent, f"{{{_TTM}}}name", type="full").text = xml_text(name)
    return agents


def _element(
    parent: etree._Element, name: str, identifier: str, attributes: dict[str, str], space: str = _TT
) -> etree._Element:
    made = etree.SubElement(parent, f"{{{space}}}{name}", attributes)
    made.set(f"{{{_XML}}}id", identifier)
    return made
