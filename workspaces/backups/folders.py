"""The files of backups: their names, and how one comes to stand in its folder complete or not at all."""

import contextlib
import fcntl
import os
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from workspaces.backups.failures import BackupFailed
from workspaces.backups.formats import format_of

OURS = re.compile(r"stint-\d{8}T\d{6}Z-[^/]+\.(sqlite3|dump)")
PARTIAL = re.compile(rf"\.{OURS.pattern}\.partial")


def back_up(connection: BaseDatabaseWrapper, folder: Path, *, now: datetime) -> Path:
    """Writes the database of the connection into a new file in the folder; returns its path.

    People go on working meanwhile: the file is the state of one moment. It has been read back and is on the
    disk when this returns, and only its owner may read it. Raises BackupFailed; then no file is left.
    """
    kind = format_of(connection)
    path = folder / f"stint-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{version()}.{kind.SUFFIX}"
    partial = folder / f".{path.name}.partial"
    with failures_told(folder), alone_in(folder):
        sweep(folder)
        try:
            partial.touch(mode=0o600, exist_ok=False)
            kind.write(connection, partial)
            kind.verify(partial)
            sync(partial)
            partial.replace(path)
            sync(folder)
        finally:
            partial.unlink(missing_ok=True)
    return path


def forget_old(folder: Path, *, keep: int) -> list[Path]:
    """Deletes all but the newest backups in the folder, as many as `keep`; returns what it deleted.

    Only files that are named as `back_up` names them count.
    """
    ours = sorted(path for path in folder.iterdir() if OURS.fullmatch(path.name) and path.is_file())
    old = ours[:-keep]
    with failures_told(folder):
        for path in old:
            path.unlink()
    return old


def version() -> str:
    """The version of Stint, as pyproject.toml has it."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["version"]


@contextlib.contextmanager
def failures_told(folder: Path) -> Iterator[None]:
    """What the system or the database refuse, as BackupFailed."""
    try:
        yield
    except OSError as error:
        raise BackupFailed(f"No backup in {folder}: {error.strerror or error}.") from error
    except Error as error:
        raise BackupFailed(f"No backup: the database says “{str(error).strip()}”.") from error


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Nobody else makes a backup in this folder meanwhile. The lock ends with the process."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BackupFailed(f"Another backup is being made in {folder}.") from error
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """What a killed backup left. Whoever has the folder's lock knows that nobody is still at it."""
    for path in folder.iterdir():
        if PARTIAL.fullmatch(path.name):
            path.unlink()


def sync(path: Path) -> None:
    """On the disk, whatever happens to the power now."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
