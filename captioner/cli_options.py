"""Options that several commands take, each with its help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from captioner.background import Refine
from captioner.captions.cue import RecordPolicy

Title = Annotated[str, typer.Option(help="The meeting's title, as readers see it.")]
MeetingId = Annotated[
    str,
    typer.Option(
        "--meeting",
        help="The meeting's id, in addresses and file names. Made from the title or file and the time if left out.",
    ),
]
TrackId = Annotated[str, typer.Option("--track", help="The track's id; one captioner a track.")]
Language = Annotated[
    str, typer.Option("--language", "-l", help="Spoken language as a code such as en, fr, ar; 'auto' to detect it.")
]
Record = Annotated[
    RecordPolicy,
    typer.Option("--record", help="on_record, chatham (no names are kept) or off_record (nothing is kept)."),
]
Model = Annotated[str, typer.Option("--model", help="Speech model; see: captioner models list.")]
Compute = Annotated[str, typer.Option("--compute-type", help="auto (as measured here), int8_float32 or float32.")]
Threads = Annotated[int, typer.Option("--threads", min=0, max=64, help="Threads of recognition; 0: as measured.")]
Glossary = Annotated[
    Path | None,
    typer.Option("--glossary", help="Names and terms, one a line: DCAD = decad, D-card. Read again when it changes."),
]
RefineOption = Annotated[
    Refine,
    typer.Option("--refine", help="A second look at finished speech: for the archive, live, or off."),
]
Translate = Annotated[
    bool, typer.Option("--translate", help="Also publish a track with the machine translation to English.")
]
TellApart = Annotated[
    bool,
    typer.Option("--voices", help="Label who speaks by the voice: Speaker 1, Speaker 2. For one microphone or file."),
]


class ProxyHeader(StrEnum):
    """See server.proxies.Header."""

    X_FORWARDED_FOR = "X-Forwarded-For"
    FORWARDED = "Forwarded"


Host = Annotated[
    str,
    typer.Option("--host", help="Address to listen on; 127.0.0.1 is this machine only, 0.0.0.0 is the whole network."),
]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of the log and the archive.")]
Events = Annotated[
    Path | None, typer.Option("--events", help="Also write every update as a line of JSON to this file.")
]
Open = Annotated[bool, typer.Option("--open", help="Open the captions in a browser, where there is a desktop.")]
Outputs = Annotated[
    list[str],
    typer.Option("--output", help="Also send to a conference: a name of outputs.toml, or KIND=@FILE; repeatable."),
]
Plain = Annotated[bool, typer.Option("--plain", help="Plain lines: no colours, no redrawing; reads well aloud.")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines, for scripts.")]
