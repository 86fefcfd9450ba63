"""Who may do what: a table, and everything that is not in it is refused."""

import enum


class Grant(enum.Enum):
    """What a peer has shown itself to be."""

    STRANGER = enum.auto()
    VIEWER = enum.auto()
    HOST = enum.auto()


class Verb(enum.Enum):
    """What a peer may ask for."""

    READ = enum.auto()
    APPEND = enum.auto()
    REPORT = enum.auto()
    SWITCH_POLICY = enum.auto()
    END = enum.auto()
    EXPORT = enum.auto()


_ALLOWED = {
    Grant.STRANGER: frozenset[Verb](),
    Grant.VIEWER: frozenset({Verb.READ}),
    Grant.HOST: frozenset({Verb.APPEND, Verb.REPORT, Verb.SWITCH_POLICY, Verb.END, Verb.EXPORT}),
}


def allowed(grant: Grant, verb: Verb) -> bool:
    """Tell whether `grant` may do `verb`."""
    return verb in _ALLOWED.get(grant, frozenset())
