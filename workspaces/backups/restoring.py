"""A backup goes back into an empty database, and into no other."""

from pathlib import Path

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from workspaces.backups.failures import BackupFailed
from workspaces.backups.formats import format_of, require


def restore(connection: BaseDatabaseWrapper, path: Path) -> None:
    """Fills the empty database of the connection from a backup that was made of the same kind of database.

    Raises BackupFailed; then the database is as empty as it was.
    """
    require(connection, path)
    kind = format_of(connection)
    kind.verify(path)
    try:
        if tables := kind.tables(connection):
            raise BackupFailed(
                f"The database has {len(tables)} tables, and a backup is restored into an empty one only. "
                "Move it aside, or name another in DATABASE_URL; docs/operations.md says how."
            )
        kind.fill(connection, path)
    except Error as error:
        raise BackupFailed(f"Not restored: the database says “{str(error).strip()}”.") from error
    except OSError as error:
        raise BackupFailed(f"Not restored: {error.strerror or error}.") from error
