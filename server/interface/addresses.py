"""Every address of the server, described. A test holds this table to the application's routes, in both directions."""

from captioner.captions.cue import Origin, RecordPolicy
from server.archive.export.registry import FORMATS
from server.archive.folding import MAX_QUERY
from server.archive.importing import MAX_BYTES
from server.archive.recording import MAX_BYTES as MAX_RECORDING
from server.archive.review import Dismissed, Statement
from server.interface.kinds import (
    AFTER,
    FILES,
    FORM,
    IDENTIFIER,
    LANGUAGE,
    NO_MEETING,
    OAI_ARGUMENTS,
    PAGE,
    PASSCODE_FORM,
    SIGNAL_FORM,
    SIGNATURE,
    STATIC,
    TRACK,
    captions_socket,
    changing,
    document,
    ingesting,
    listing,
    reviewing,
    socket,
    stream,
    view,
)
from server.interface.operation import (
    BYTES,
    JSON,
    TEXT,
    Answer,
    Operation,
    Parameter,
    json_of,
    moved,
    page,
    text,
)
from server.metrics import CONTENT_TYPE
from server.older import Older
from server.roles import Verb
from server.routes import answers, invitations, review, setup
from server.routes.sign import SignVideo
from server.setup import MeetingSetup

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/"): Operation("views", "The list of meetings.", {200: page()}),
    ("GET", "/favicon.ico"): Operation("views", "No icon.", {204: Answer("None.")}, stores=False),
    ("GET", "/ws"): captions_socket("Captions as they are said, and whatever a role allows."),
    ("GET", "/staff/ws"): captions_socket("The same as `/ws`; a proxy leads it to the origin."),
    ("GET", "/live/{meeting}"): Operation("views", "The live page.", {200: page()}),
    ("GET", "/viewer/{file}"): Operation(
        "views",
        "The pages' scripts, styles, fonts and pictures.",
        {200: Answer("The file.", STATIC), 304: Answer("It is as it was."), 404: page("There is none.")},
        stores=False,
    ),
    ("GET", "/read/{meeting}"): view("The reading view for Braille displays."),
    ("GET", "/simple/{meeting}"): view("The simple page."),
    ("GET", "/pin/{meeting}"): view("The small window."),
    ("GET", "/beside/{meeting}"): view("Captions beside sign language."),
    ("GET", "/screen/{meeting}"): view("The big screen."),
    ("GET", "/screen/{meeting}/set-up"): view("Sets the big screen up."),
    ("GET", "/embed/{meeting}"): view("Captions inside another site's page."),
    ("GET", "/embed/{meeting}/code"): view("The code to embed captions."),
    ("GET", "/try"): view("All views with a recorded meeting."),
    ("GET", "/try/{view}"): Operation(
        "views", "A view with a recorded meeting.", {200: page(), 404: page("There is none.")}, stores=False
    ),
    ("GET", "/manifest.webmanifest"): Operation(
        "views",
        "What installs the pages.",
        {200: Answer("The manifest.", {"application/manifest+json": {"type": "object"}})},
        stores=False,
    ),
    ("GET", "/sw.js"): Operation(
        "views",
        "The service worker.",
        {200: Answer("The script.", {"text/javascript": TEXT}), 304: Answer("It is as it was.")},
        stores=False,
    ),
    ("GET", "/help/"): view("The guides."),
    ("GET", "/help/{guide}"): Operation("views", "A guide.", {200: page(), 404: page("There is none.")}, stores=False),
    ("GET", "/host/{meeting}"): view("The host's console. The page is public; what it asks for needs a token."),
    ("GET", "/host/{meeting}/setup"): view("The form of the meeting's set-up."),
    ("GET", "/correct/{meeting}"): view("The corrector's page."),
    ("GET", "/cart/{meeting}"): view("The page of a person who captions."),
    ("GET", "/review/{meeting}"): view("The reviewer's page."),
    ("GET", "/speak/{meeting}"): view("The page to speak into."),
    ("GET", "/audio/{meeting}"): socket("Sound from the page to speak into, to a captioner.", "audio.v1"),
    ("GET", "/live/{meeting}/events"): stream(
        "Server-sent events: the messages of `captions.v1`.",
        "text/event-stream",
        Parameter("Last-Event-ID", "As `after`; browsers send it by themselves.", where="header"),
    ),
    ("GET", "/live/{meeting}/text"): stream(
        "Plain text that goes on until the meeting ends.",
        "text/plain",
        TRACK,
        Parameter("number", "1 puts the seq and a tab before each line.", {"enum": ["", "0", "1"]}),
    ),
    ("GET", "/live/{meeting}/plain"): Operation(
        "reading",
        "A page without JavaScript.",
        {200: page(), 303: moved("To the form for the passcode."), 404: page("Nothing is to be read.")},
        parameters=(
            AFTER,
            TRACK,
            Parameter("refresh", "Seconds after which the page loads itself anew.", {"enum": ["", "15", "30", "60"]}),
        ),
        security=("", "token", "passcode"),
    ),
    ("GET", "/live/{meeting}/passcode"): Operation("reading", "The form for the passcode.", {200: page()}),
    ("POST", "/live/{meeting}/passcode"): Operation(
        "reading",
        "Takes the passcode, and leaves a cookie.",
        {
            303: Answer("It was right: to the page.", {"text/plain": TEXT}, headers=("Location", "Set-Cookie")),
            401: page("It was wrong."),
            413: text("The form is too large."),
            429: page("Too many were wrong."),
        },
        body={FORM: PASSCODE_FORM},
    ),
    ("GET", "/live/{meeting}/signal"): Operation(
        "reading", "The form to tell the host something.", {200: page()}, stores=False
    ),
    ("POST", "/live/{meeting}/signal"): Operation(
        "reading",
        "Tells the host and the correctors.",
        {
            200: page("They were told."),
            400: page("There is no such signal."),
            409: page("The meeting is not live."),
            413: text("The form is too large."),
            429: page("Too soon after the last one."),
        },
        Verb.SIGNAL,
        body={FORM: SIGNAL_FORM},
    ),
    ("GET", "/live/{meeting}/history/{cue}"): Operation(
        "reading",
        "What a caption said before it was corrected, while the meeting lasts.",
        {200: json_of(answers.Versions, "The versions."), 404: page("Nothing is to be read.")},
        Verb.READ,
        (Parameter("track", "The caption's track.", required=True),),
    ),
    ("GET", "/live/{meeting}/older/{before}"): Operation(
        "reading",
        "The older captions, for who has the newest: the block of the caption before this number.",
        {
            200: Answer("The block.", {JSON: Older}, headers=("Captions-Seq",)),
            404: page("There is no such block, or nothing of it is to be read."),
        },
        Verb.READ,
    ),
    ("GET", "/live/{meeting}/sign"): Operation(
        "reading",
        "The address of the sign-language video that the host laid down; empty where there is none.",
        {200: json_of(SignVideo, "The address.")},
        Verb.READ,
    ),
    ("GET", "/captions"): Operation(
        "reading",
        "A line of captions after a position, in the shape of StreamText's pull API.",
        {
            200: json_of(answers.Pulled, "The line."),
            400: json_of(answers.Problem, "A parameter is wrong."),
            404: json_of(answers.Problem, "There is no such event, or nothing of it is to be read."),
        },
        Verb.READ,
        (
            Parameter("event", "The meeting's id.", IDENTIFIER, required=True),
            Parameter("last", "The position; -1 for the end.", {"type": "integer"}),
            Parameter("length", "Most characters, up to 500.", {"type": "integer"}),
            Parameter("language", "BCP 47."),
        ),
    ),
    ("GET", "/api/meetings"): Operation(
        "meetings", "The list of meetings, for programs.", {200: json_of(list[answers.Listed], "The list.")}
    ),
    ("POST", "/api/meetings/{meeting}/export"): Operation(
        "meetings",
        "Writes the archive's files.",
        {200: json_of(answers.Exported, "They are written."), 404: NO_MEETING},
        Verb.EXPORT,
    ),
    ("GET", "/api/meetings/{meeting}/invitations"): Operation(
        "meetings",
        "The invitations, without their tokens.",
        {200: json_of(list[answers.Invited], "The list.")},
        Verb.INVITE,
    ),
    ("POST", "/api/meetings/{meeting}/invitations"): Operation(
        "meetings",
        "Invites somebody.",
        {201: json_of(answers.NewInvitation, "The token is in this answer and nowhere else.")},
        Verb.INVITE,
        body={JSON: invitations.Wanted},
    ),
    ("DELETE", "/api/meetings/{meeting}/invitations/{id}"): Operation(
        "meetings",
        "Revokes an invitation; who came with it is put out.",
        {204: Answer("It is revoked."), 404: json_of(answers.Problem, "There is no such invitation.")},
        Verb.INVITE,
    ),
    ("POST", "/api/meetings/{meeting}/passcode"): Operation(
        "meetings",
        "Sets the viewers' passcode, or none.",
        {200: json_of(answers.PasscodeSet, "It is set.")},
        Verb.INVITE,
        body={JSON: invitations.Passcode},
    ),
    ("GET", "/api/meetings/{meeting}/setup"): Operation(
        "meetings", "The set-up.", {200: json_of(MeetingSetup, "The set-up.")}, Verb.SETUP
    ),
    ("PUT", "/api/meetings/{meeting}/setup"): Operation(
        "meetings",
        "Replaces the set-up.",
        {
            200: json_of(MeetingSetup, "As it was taken."),
            422: json_of(answers.InvalidFields, "What is wrong."),
        },
        Verb.SETUP,
        body={JSON: MeetingSetup},
    ),
    ("POST", "/api/meetings/{meeting}/setup/read"): Operation(
        "meetings",
        "Reads a plan (TOML) or an invitation (ICS) into a set-up; nothing is kept.",
        {200: json_of(MeetingSetup, "The set-up."), 422: json_of(answers.InvalidFields, "What is wrong.")},
        Verb.SETUP,
        body={JSON: setup.PlanFile},
    ),
    ("GET", "/api/meetings/{meeting}/terms"): Operation(
        "meetings",
        "Glossary and names, for who captions or corrects.",
        {200: json_of(answers.Terms, "They.")},
        security=("token",),
    ),
    ("GET", "/api/meetings/{meeting}/outputs"): Operation(
        "meetings",
        "How the conference outputs are.",
        {200: json_of(list[answers.OutputTold], "All of them.")},
        Verb.MODERATE,
    ),
    ("GET", "/api/meetings/{meeting}/recording"): Operation(
        "meetings",
        "Says what must be silent in a recording before it is published.",
        {200: json_of(answers.Silence, "The parts."), 404: NO_MEETING, 409: json_of(answers.Problem, "It runs.")},
        Verb.PUBLISH,
    ),
    ("PUT", "/api/meetings/{meeting}/recording"): Operation(
        "meetings",
        "Publishes a recording beside the record; it must be silent where the record has nothing.",
        {
            201: json_of(answers.Recorded, "Where it plays."),
            400: json_of(answers.Problem, "It is no MP3, or consent or the silent parts are not said."),
            404: NO_MEETING,
            409: json_of(answers.Problem, "More can be heard than may be, or the meeting runs."),
            413: json_of(answers.Problem, f"It has more than {MAX_RECORDING} bytes."),
        },
        Verb.PUBLISH,
        (
            Parameter("silent", "The parts that are silent, as JSON."),
            Parameter("consent", "`yes`: everybody who is heard has agreed.", {"const": "yes"}),
        ),
        body={"audio/mpeg": BYTES},
    ),
    ("DELETE", "/api/meetings/{meeting}/recording"): Operation(
        "meetings",
        "Takes the recording away.",
        {
            204: Answer("Done."),
            404: json_of(answers.Problem, "There is no such meeting, or no recording."),
            409: json_of(answers.Problem, "The meeting runs."),
        },
        Verb.PUBLISH,
    ),
    ("GET", "/archive/{meeting}/recording.mp3"): Operation(
        "open archive",
        "The meeting's recording, whole or a part of it.",
        {
            200: Answer("The recording.", {"audio/mpeg": BYTES}),
            206: Answer("A part of it.", {"audio/mpeg": BYTES}),
            404: page("Nothing is here, or nothing is released yet."),
            410: page("It was erased."),
            416: Answer("There is no such part."),
        },
        Verb.READ,
    ),
    ("POST", "/api/meetings/{meeting}/tracks/{track}/import"): Operation(
        "meetings",
        "Takes a WebVTT or SubRip file over as a track.",
        {
            200: json_of(answers.Imported, "What was taken, and what is wrong with the file."),
            400: json_of((answers.NotImported, answers.Problem), "Nothing could be taken."),
            404: NO_MEETING,
            409: json_of(answers.Problem, "The track is taken or the meeting runs."),
            413: json_of(answers.Problem, f"The file has more than {MAX_BYTES} bytes."),
        },
        Verb.REVIEW,
        (
            Parameter("origin", "Who made them.", {"enum": [each.value for each in Origin]}),
            Parameter("language", "BCP 47."),
            Parameter("label", "The track's name."),
            Parameter("speaker", "How names stand in the text, as `NAME: `."),
            Parameter(
                "record",
                "Make the meeting, under this policy, where there is none.",
                {"enum": [each.value for each in RecordPolicy]},
            ),
            Parameter("title", "Of the meeting that is made."),
        ),
        body={"text/vtt": TEXT, "application/x-subrip": TEXT},
    ),
    ("POST", "/api/backup"): Operation(
        "operation",
        "A copy of the log in one moment.",
        {200: Answer("The copy.", {"application/vnd.sqlite3": BYTES})},
        security=("token",),
    ),
    ("GET", "/api/openapi.json"): Operation(
        "operation", "This document.", {200: Answer("The document.", {JSON: {"type": "object"}})}, stores=False
    ),
    ("GET", "/api/asyncapi.json"): Operation(
        "operation",
        "The messages of the sockets.",
        {200: Answer("The document.", {JSON: {"type": "object"}})},
        stores=False,
    ),
    ("GET", "/healthz"): Operation("operation", "The process lives and its log answers.", {200: text("It does.")}),
    ("GET", "/readyz"): Operation(
        "operation",
        "It can take captions and readers.",
        {200: text("It can."), 503: text("What is missing.")},
        stores=False,
    ),
    ("GET", "/metrics"): Operation(
        "operation",
        "Figures for Prometheus; for this machine, or with the host's token.",
        {200: Answer("The figures.", {CONTENT_TYPE.partition(";")[0]: TEXT}), 403: text("Neither.")},
        security=("", "token"),
        stores=False,
    ),
    ("GET", "/api/review/{meeting}"): reviewing(
        "The record under review.", Verb.REVIEW, json_of(answers.UnderReview, "The record.")
    ),
    ("POST", "/api/review/{meeting}/edits"): changing("Changes captions.", Verb.REVIEW, review.Edits),
    ("POST", "/api/review/{meeting}/redact"): changing("Removes names.", Verb.REDACT, review.Spans),
    ("POST", "/api/review/{meeting}/strike"): changing("Strikes a part.", Verb.ERASE, review.Strike),
    ("POST", "/api/review/{meeting}/state"): reviewing(
        "Marks the record as reviewed (`REVIEW`), or publishes it (`PUBLISH`).",
        Verb.REVIEW,
        json_of(answers.Released, "It is done."),
        review.Step,
        _409=json_of(answers.Problem, "Not now."),
    ),
    ("GET", "/api/review/{meeting}/proposals"): Operation(
        "review",
        "Names that may have to go.",
        {200: json_of(answers.Proposals, "The proposals."), 404: NO_MEETING},
        Verb.REDACT,
        (TRACK,),
    ),
    ("POST", "/api/review/{meeting}/dismiss"): reviewing(
        "Refuses a proposal.", Verb.REDACT, json_of(answers.Nothing, "It is refused."), Dismissed
    ),
    ("POST", "/api/review/{meeting}/statements"): Operation(
        "review",
        "Attaches a signed statement.",
        {201: json_of(Statement, "The statement."), 404: NO_MEETING},
        Verb.REVIEW,
        body={JSON: review.Stated},
    ),
    ("DELETE", "/api/review/{meeting}/statements/{id}"): reviewing(
        "Takes a statement away.", Verb.REVIEW, json_of(answers.Nothing, "It is away.")
    ),
    ("POST", "/api/review/{meeting}/erase"): reviewing(
        "Erases the meeting.", Verb.ERASE, json_of(answers.Erased, "It is erased."), review.Erase
    ),
    ("GET", "/archive/{meeting}/"): Operation(
        "open archive",
        "The record.",
        {200: page(), 404: page("There is none, or it is not released."), 410: page("It was erased.")},
        Verb.READ,
    ),
    ("GET", "/archive/{meeting}/v/{number}/"): Operation(
        "open archive",
        "A published version of the record.",
        {200: page(), 404: page("There is none."), 410: page("It was erased.")},
        Verb.READ,
    ),
    ("GET", "/archive/{meeting}/{file}"): Operation(
        "open archive",
        f"A track as a file, `TRACK.FORMAT`: {', '.join(FORMATS)}.",
        {
            200: Answer("The file.", FILES),
            404: page("There is none."),
            410: page("It was erased."),
            503: page("The format is not available here."),
        },
        Verb.READ,
    ),
    ("GET", "/archive/"): listing("The records.", PAGE, LANGUAGE),
    ("GET", "/series/"): listing("The series."),
    ("GET", "/series/{key}/"): listing("A series.", PAGE),
    ("GET", "/speakers/"): listing("Who spoke.", PAGE),
    ("GET", "/speakers/{key}/"): listing("Where somebody spoke.", PAGE),
    ("GET", "/search"): listing(
        "Full-text search.",
        Parameter("q", "What to look for.", {"type": "string", "maxLength": MAX_QUERY}),
        PAGE,
        LANGUAGE,
    ),
    ("GET", "/archive/feed.{kind}"): Operation(
        "open archive",
        "The newest records as a feed.",
        {
            200: Answer("The feed.", {"application/atom+xml": TEXT, "application/rss+xml": TEXT}),
            404: page("There is no such format."),
        },
    ),
    ("GET", "/series/{key}/feed.{kind}"): Operation(
        "open archive",
        "A series as a feed.",
        {
            200: Answer("The feed.", {"application/atom+xml": TEXT, "application/rss+xml": TEXT}),
            404: page("There is no such series or format."),
        },
    ),
    ("GET", "/sitemap.xml"): document("All records for search engines.", "application/xml"),
    ("GET", "/robots.txt"): Operation(
        "open archive", "What search engines may read.", {200: text("The rules.")}, stores=False
    ),
    ("GET", "/opensearch.xml"): document("The search, for browsers.", "application/opensearchdescription+xml"),
    ("GET", "/oai"): Operation(
        "open archive", "OAI-PMH 2.0.", {200: Answer("The answer.", {"text/xml": TEXT})}, parameters=OAI_ARGUMENTS
    ),
    ("POST", "/oai"): Operation(
        "open archive",
        "OAI-PMH 2.0, the arguments as a form.",
        {200: Answer("The answer.", {"text/xml": TEXT}), 413: text("The form is too large.")},
        body={FORM: {"type": "object", "properties": {each.name: TEXT for each in OAI_ARGUMENTS}}},
    ),
    ("GET", "/id/{meeting}"): Operation(
        "open archive",
        "Leads a persistent address on.",
        {302: moved("To the record."), 410: page("It was taken away.")},
    ),
    ("GET", "/id/{meeting}/{part}"): Operation(
        "open archive",
        "Leads a persistent address of a version or a caption on.",
        {302: moved("To the part."), 404: page("There is no such part."), 410: page("It was taken away.")},
    ),
    ("POST", "/ingest/zoom/{meeting}/closedcaption"): ingesting("Captions in the shape of Zoom's API."),
    ("POST", "/ingest/streamtext/{meeting}"): ingesting("Typed characters in the shape of StreamText's API."),
    ("GET", "/ingest/zoom/{meeting}/closedcaption/seq"): Operation(
        "ingest",
        "The last number that was taken.",
        {200: text("The number."), 400: text("The track is wrong."), 403: text("The address is wrong.")},
        parameters=(TRACK,),
        security=(SIGNATURE,),
        stores=False,
    ),
}
"""By method and address, as routes write it."""
