"""Backups of SQLite, by its own online copy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from workspaces.backups.failures import BackupFailed
from workspaces.backups.left_out import TABLES_LEFT_OUT

SUFFIX = "sqlite3"
MAGIC = b"SQLite format 3\x00"
#: Seconds to wait for a writer that holds the database.
PATIENCE = 60
#: What SQLite keeps beside a database that was not closed: it would be taken for the restored one's.
LEFTOVERS = ("-journal", "-wal", "-shm")


def write(connection: BaseDatabaseWrapper, path: Path) -> None:
    source = Path(connection.settings_dict["NAME"]).resolve()
    if not source.is_file():
        raise BackupFailed(f"There is no database at {source}.")
    with told(), opened(source, "rw") as original, opened(path, "rw") as copy:
        # One transaction, so the copy is of one moment: without it, every write begins the copy anew.
        original.execute("BEGIN")
        original.execute("SELECT count(*) FROM sqlite_master").fetchone()
        original.backup(copy)
        # One file, whatever the original's mode; and no second one beside it, half-way.
        copy.execute("PRAGMA journal_mode = MEMORY")
        forget_sessions(copy)


def forget_sessions(copy: sqlite3.Connection) -> None:
    # Otherwise what was deleted stays readable in the file.
    copy.execute("PRAGMA secure_delete = ON")
    there = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for table in TABLES_LEFT_OUT:
        if (table,) in there:
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608


def verify(path: Path) -> None:
    with told(), opened(path, "ro") as copy:
        complaints = [line for (line,) in copy.execute("PRAGMA integrity_check") if line != "ok"]
        if complaints:
            raise BackupFailed(f"{path.name} is damaged: {complaints[0]}.")
        if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'workspaces_workspace'").fetchone():
            raise BackupFailed("The database holds no tables of Stint.")


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    target = Path(connection.settings_dict["NAME"]).resolve()
    # Before anything opens the database: opening it would play them back.
    for leftover in LEFTOVERS:
        if not target.exists() and (beside := Path(f"{target}{leftover}")).exists():
            raise BackupFailed(f"{beside} is left of another database. Move it aside.")
    if not target.exists():
        return []
    with told(), opened(target, "ro") as database:
        return [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def fill(connection: BaseDatabaseWrapper, path: Path) -> None:
    target = Path(connection.settings_dict["NAME"]).resolve()
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        with told(), opened(path, "ro") as backup, opened(partial, "rw") as copy:
            backup.backup(copy)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """A connection that commits each statement, to a file that exists."""
    address = f"{path.resolve().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as connection:
        yield connection


@contextmanager
def told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupFailed(f"SQLite says “{error}”.") from error
