"""A message that announces a transcript to a mailing list. Source: RFC 5322, RFC 2369 and RFC 2919 (List-* headers)."""

import re
import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from captioner.captions.cue import clean_text
from server.archive.catalogue import Entry
from server.archive.metadata import identifier
from server.archive.settings import ArchiveSettings
from server.archive.templating import day

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def announcement(entry: Entry, settings: ArchiveSettings, to: str, now_ms: int) -> EmailMessage:
    """Return the message; ValueError says what is missing or wrong."""
    if not _ADDRESS.fullmatch(to):
        msg = "the list must be an e-mail address, as announce@example.org"
        raise ValueError(msg)
    if not settings.address:
        msg = "archive.toml must name the archive's address, so that the message can lead there"
        raise ValueError(msg)
    if entry.deleted:
        msg = "this transcript was taken away"
        raise ValueError(msg)
    name, _, domain = to.partition("@")
    address = settings.address
    message = EmailMessage()
    message["From"] = f"{clean_text(settings.name)} <{settings.email}>" if settings.name else settings.email
    message["To"] = to
    message["Subject"] = f"Transcript: {clean_text(entry.title)}"
    message["Date"] = format_datetime(datetime.fromtimestamp(now_ms // 1000, UTC))
    message["Message-ID"] = make_msgid(domain=settings.email.rpartition("@")[2] or "localhost")
    message["List-Id"] = f"<{name}.{domain}>"
    message["List-Post"] = f"<mailto:{to}>"
    message["List-Archive"] = f"<{address}/archive/>"
    message["Auto-Submitted"] = "auto-generated"
    quality = (
        "It was made automatically. It may contain errors and should not be treated as an authoritative record."
        if entry.automatic
        else "It was made or corrected by a person."
    )
    lines = [
        f"The transcript of \u201c{clean_text(entry.title)}\u201d is open to everybody:",
        "",
        identifier(address, entry.id),
        "",
        f"Meeting: {day(entry.started)}",
        *([f"Series: {clean_text(entry.series)}"] if entry.series else []),
        f"Languages: {', '.join(entry.languages)}",
        *([f"Licence: {entry.licence}"] if entry.licence else []),
        "",
        quality,
        "",
        "There are captions, plain text, large print, Braille, Word and EPUB files.",
    ]
    message.set_content("\n".join(lines) + "\n")
    return message


def send(message: EmailMessage, host: str, port: int) -> None:
    """Hand the message to an SMTP server, over TLS where it offers that; OSError or SMTPException when it refuses."""
    with smtplib.SMTP(host, port, timeout=30) as server:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        server.send_message(message)
