"""Backups of PostgreSQL, by its own pg_dump and pg_restore."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from workspaces.backups.failures import BackupFailed
from workspaces.backups.left_out import TABLES_LEFT_OUT

SUFFIX = "dump"
MAGIC = b"PGDMP"
#: Who owns and may use the tables is what the database they go into says.
ANYBODYS = ("--no-owner", "--no-privileges")


def write(connection: BaseDatabaseWrapper, path: Path) -> None:
    run(
        connection,
        "pg_dump",
        "--format=custom",
        *ANYBODYS,
        *(f"--exclude-table-data={table}" for table in TABLES_LEFT_OUT),
        f"--file={path}",
    )


def verify(path: Path) -> None:
    """Reads and unpacks every block of the file; the list of its contents alone stands at its beginning."""
    execute([program("pg_restore"), "--file=/dev/null", str(path)])
    if " workspaces_workspace " not in execute([program("pg_restore"), "--list", str(path)]):
        raise BackupFailed("The database holds no tables of Stint.")


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.temporary_connection():
        return connection.introspection.table_names()


def fill(connection: BaseDatabaseWrapper, path: Path) -> None:
    run(connection, "pg_restore", "--single-transaction", "--exit-on-error", *ANYBODYS, str(path))
    with connection.cursor() as cursor:
        # A restored table has no statistics, and without them its queries are slow.
        cursor.execute("ANALYZE")


def run(connection: BaseDatabaseWrapper, name: str, *arguments: str) -> None:
    """Runs the program on the connection's database. A password goes by the environment, which is private."""
    (_, *where, database), secrets = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    path = program(name, server=server_version(connection))
    execute([path, *where, "--no-password", f"--dbname={database}", *arguments], **(secrets or {}))


def server_version(connection: Any) -> int:
    """The first part of the server's version."""
    with connection.temporary_connection():
        return connection.pg_version // 10_000


def program(name: str, *, server: int = 0) -> str:
    """Where the program is; at least as new as the server. Raises BackupFailed, saying what to install."""
    path = shutil.which(name, path=os.environ.get("PG_BIN"))
    if not path:
        raise BackupFailed(
            f"{name} is not found. Install PostgreSQL's client programs, or set PG_BIN to the folder "
            "that they are in."
        )
    version = re.search(r"\d+", execute([path, "--version"]))
    if version and int(version[0]) < server:
        raise BackupFailed(
            f"{path} is of PostgreSQL {version[0]} and the server of PostgreSQL {server}. Install the client "
            f"programs of PostgreSQL {server}, or set PG_BIN to the folder that they are in."
        )
    return path


def execute(command: list[str], **environment: str) -> str:
    """What the command printed. Raises BackupFailed with its complaint."""
    result = subprocess.run(  # noqa: S603
        command,
        env={**os.environ, **environment, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode:
        how = f"signal {signal.Signals(-result.returncode).name}" if result.returncode < 0 else "an error"
        complaint = " ".join(result.stderr.split()) or f"{Path(command[0]).name} ended by {how}"
        raise BackupFailed(f"PostgreSQL says “{complaint}”.")
    return result.stdout
