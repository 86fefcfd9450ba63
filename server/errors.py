"""Errors of the server. Each message says what to do; `exit_code` is what the process ends with.

ServerError
├── PortInUse           another program listens there (3)
├── CannotListen        the address is not this machine's, or not allowed (3)
├── CannotUseBackplane  the backplane's address is none, or its library is not installed (2)
└── StorageError        the data folder cannot be used (4)
    ├── StorageFull     no room, or the disk refuses; nothing already kept is lost, and writing may be tried again
    ├── LogInUse        another server has the log open
    ├── LogCorrupt      the log is damaged or no database at all
    └── LogTooNew       a newer version wrote the log
"""

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_PORT = 3
EXIT_STORAGE = 4


class ServerError(Exception):
    """Base of every error of this package."""

    exit_code = 1


class PortInUse(ServerError):
    """Another program listens on the port."""

    exit_code = EXIT_PORT


class CannotListen(ServerError):
    """The address cannot be listened on."""

    exit_code = EXIT_PORT


class CannotUseBackplane(ServerError):
    """The backplane cannot be used as configured."""

    exit_code = EXIT_USAGE


class StorageError(ServerError):
    """The data folder cannot be used."""

    exit_code = EXIT_STORAGE


class StorageFull(StorageError):
    """No room on the disk, or it refuses. What was kept before is safe; the write may be tried again."""


class LogInUse(StorageError):
    """Another server has the log open."""


class LogCorrupt(StorageError):
    """The log is damaged."""


class LogTooNew(StorageError):
    """A newer version of this program wrote the log."""
