"""Platforms whose host copies an address for a human captioner's (CART) lines, which have no numbers."""

from captioner.publish.sinks.contract import Shape
from captioner.publish.sinks.platform import OneLine


class Teams(OneLine):
    """Microsoft Teams: lines of 80 to 120 characters. 404 or 400: not begun; 401 and 403: the token has expired."""

    shape = Shape(width=100, lines=1, gap_ms=500)


class Webex(OneLine):
    """Webex: the link for third-party captions."""

    shape = Shape(width=80, lines=1, gap_ms=500)
