"""Which kind of file each database is backed up into."""

from pathlib import Path
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from workspaces.backups import postgresql, sqlite
from workspaces.backups.failures import BackupFailed


class Format(Protocol):
    """What the modules sqlite and postgresql offer. Each function raises BackupFailed."""

    SUFFIX: str
    #: What a file of the kind begins with.
    MAGIC: bytes

    def write(self, connection: BaseDatabaseWrapper, path: Path) -> None:
        """Fill the file, which exists and is empty, with the database of the connection."""

    def verify(self, path: Path) -> None:
        """Read the whole file: it is complete, and holds a database of Stint."""

    def tables(self, connection: BaseDatabaseWrapper) -> list[str]:
        """The names of the tables that are there."""

    def fill(self, connection: BaseDatabaseWrapper, path: Path) -> None:
        """Fill the empty database of the connection from the file."""


FORMATS: dict[str, Format] = {"sqlite": sqlite, "postgresql": postgresql}


def format_of(connection: BaseDatabaseWrapper) -> Format:
    return FORMATS[connection.vendor]


def require(connection: BaseDatabaseWrapper, path: Path) -> None:
    """Raises BackupFailed unless the file is a backup of the same kind of database."""
    try:
        with path.open("rb") as file:
            beginning = file.read(16)
    except OSError as error:
        raise BackupFailed(f"{path} cannot be read: {error.strerror}.") from error
    for vendor, kind in FORMATS.items():
        if beginning.startswith(kind.MAGIC):
            if vendor != connection.vendor:
                raise BackupFailed(
                    f"{path} is a backup of {vendor}, and DATABASE_URL names {connection.vendor}. "
                    "A backup goes back into the kind of database that it was made of."
                )
            return
    raise BackupFailed(f"{path} is not a backup of Stint.")
