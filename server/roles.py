"""Who may do what: a table, and everything that is not in it is refused. `docs/permissions.md` is made from it."""

import enum


class Grant(enum.StrEnum):
    """What a peer has shown itself to be."""

    STRANGER = "stranger"
    VIEWER = "viewer"
    CORRECTOR = "corrector"
    CAPTIONER = "captioner"
    ARCHIVIST = "archivist"
    HOST = "host"


class Verb(enum.StrEnum):
    """What a peer may ask for."""

    READ = "read"
    SIGNAL = "signal"
    APPEND = "append"
    REPORT = "report"
    CORRECT = "correct"
    SWITCH_POLICY = "switch_policy"
    CONTROL = "control"
    MODERATE = "moderate"
    INVITE = "invite"
    SETUP = "setup"
    EXPORT = "export"
    REVIEW = "review"
    PUBLISH = "publish"
    REDACT = "redact"
    ERASE = "erase"


MEANINGS = {
    Verb.READ: "read the captions and the record",
    Verb.SIGNAL: "tell the host something, such as to slow down",
    Verb.APPEND: "caption a track",
    Verb.REPORT: "say how the captioner is",
    Verb.CORRECT: "correct and retract captions, name speakers",
    Verb.SWITCH_POLICY: "switch the record policy",
    Verb.CONTROL: "pause, resume and end the meeting",
    Verb.MODERATE: "see what readers signal and how many they are",
    Verb.INVITE: "invite, revoke invitations, set the passcode",
    Verb.SETUP: "set the meeting up",
    Verb.EXPORT: "write the archive's files",
    Verb.REVIEW: "review the record",
    Verb.PUBLISH: "publish the record",
    Verb.REDACT: "redact the record",
    Verb.ERASE: "erase the record",
}

_READER = frozenset({Verb.READ, Verb.SIGNAL})
_ALLOWED = {
    Grant.STRANGER: frozenset[Verb](),
    Grant.VIEWER: _READER,
    Grant.CORRECTOR: _READER | {Verb.CORRECT},
    Grant.CAPTIONER: _READER | {Verb.APPEND, Verb.REPORT},
    Grant.ARCHIVIST: _READER | {Verb.EXPORT, Verb.REVIEW, Verb.PUBLISH, Verb.REDACT, Verb.ERASE},
    Grant.HOST: frozenset(Verb),
}


def allowed(grant: Grant, verb: Verb) -> bool:
    """Tell whether `grant` may do `verb`."""
    return verb in _ALLOWED.get(grant, frozenset())


def permissions_page() -> str:
    """Return the table as a page in Markdown: docs/permissions.md, which a test holds to this."""
    grants = [grant for grant in Grant if grant is not Grant.STRANGER]
    lines = [
        "# Who may do what",
        "",
        "The server checks every message and every request against this table; what is not in it is refused. A reader",
        "of an open meeting is a viewer without any token. Who has shown nothing in a meeting with a passcode may do",
        "nothing. `server/roles.py` holds the table; this page is made from it.",
        "",
        "| | " + " | ".join(grants) + " |",
        "| --- |" + " --- |" * len(grants),
    ]
    for verb in Verb:
        cells = " | ".join("yes" if allowed(grant, verb) else "no" for grant in grants)
        lines.append(f"| {MEANINGS[verb]} | {cells} |")
    return "\n".join(lines) + "\n"
