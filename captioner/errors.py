"""Exit codes of the command, and the error that carries one.

Every error a user can meet ends as `Failure`: what is wrong, what to do, and the exit code.
"""

import enum


class ExitCode(enum.IntEnum):
    """Documented in the README; scripts rely on them."""

    OK = 0
    USAGE = 2
    PORT_IN_USE = 3
    STORAGE = 4
    MODEL = 5
    DEVICE = 6
    NOT_AUDIO = 7
    TRACK_TAKEN = 8
    SERVER = 9
    INTERNAL = 70


class Failure(Exception):
    """Something the user can mend."""

    def __init__(self, code: ExitCode, problem: str, remedy: str = "") -> None:
        """Say what is wrong and what to do about it."""
        super().__init__(f"{problem}\n{remedy}".strip())
        self.code = code
        self.problem = problem
        self.remedy = remedy
