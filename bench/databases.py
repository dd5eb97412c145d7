"""A fresh database for a program, and what can be seen of it from outside."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import django
import psycopg

from tests.postgres import Postgres

#: Whatever the shell's and .env say.
ENVIRONMENT = {
    "ALLOWED_HOSTS": "127.0.0.1",
    "BEHIND_PROXY": "off",
    "CSRF_TRUSTED_ORIGINS": "",
    "DATABASE_POOL_MAX": "8",
    "DATABASE_POOL_MIN": "1",
    "DATABASE_POOL_TIMEOUT": "5",
    "DATABASE_POOLER": "off",
    "DEBUG": "off",
    "DEMO": "off",
    "DJANGO_SETTINGS_MODULE": "bench.settings",
    "HTTPS": "off",
    "SECRET_KEY": "the-benches-own-key-0123456789-0123456789-0123456789",
}
#: Byte of an SQLite file that is locked for as long as a transaction writes.
RESERVED_BYTE = 0x40000001
#: A connection that stands still for so long belongs to a process that was stopped.
STANDSTILL_SECONDS = 0.05


class Sqlite:
    """A file in a folder of its own."""

    name = "SQLite"

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="stint-bench-", dir="/tmp"))
        self.path = self.folder / "stint.sqlite3"
        self.url = f"sqlite:///{self.path}"
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def deadlocks(self) -> int:
        """There are none: whoever waits too long is told that the database is locked."""
        return 0

    def is_writing(self, worker: int) -> bool:
        """Whether the process holds the lock of a writing transaction."""
        file = self.path.stat().st_ino
        wanted = ["WRITE", str(worker), str(file), str(RESERVED_BYTE)]
        locks = (re.split(r"[ :]+", line) for line in Path("/proc/locks").read_text().splitlines())
        # Such as "2: POSIX  ADVISORY  WRITE 16970 fe:00:2179161 1073741825 1073741825".
        return any([*lock[3:5], *lock[7:9]] == wanted for lock in locks if "->" not in lock)

    def copy(self, name: str) -> str:
        """The address of a copy, made while nobody writes."""
        copied = self.folder / f"{name}.sqlite3"
        shutil.copy(self.path, copied)
        return f"sqlite:///{copied}"

    def damage(self, name: str, *statements: str) -> None:
        """Run SQL on a copy as somebody does who owns the file, past every trigger."""
        damaged = sqlite3.connect(self.folder / f"{name}.sqlite3", isolation_level=None)
        triggers = damaged.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for trigger, _ in triggers:
            damaged.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            damaged.execute(statement)
        for _, made in triggers:
            damaged.execute(made)
        damaged.close()


class PostgreSQL(Postgres):
    """A server of its own, as durable as in production."""

    name = "PostgreSQL"

    def __init__(self) -> None:
        super().__init__(durable=True)

    def deadlocks(self) -> int:
        """How often the server had to end one, as its log says."""
        return (self.folder / "log").read_text().count("deadlock detected")

    def is_writing(self, worker: int) -> bool:
        """Whether a transaction stands still, once the process was stopped: then it is that process's."""
        before = self._idle_in_transaction()
        time.sleep(STANDSTILL_SECONDS)
        return bool(before & self._idle_in_transaction())

    def _idle_in_transaction(self) -> set[tuple[Any, ...]]:
        seen = "SELECT pid, state_change FROM pg_stat_activity WHERE state = 'idle in transaction'"
        return set(self.query(seen))

    def copy(self, name: str) -> str:
        """The address of a copy, made while nobody is connected."""
        self.query(f"CREATE DATABASE {name} TEMPLATE stint", database="postgres")
        return self.url.removesuffix("stint") + name

    def damage(self, name: str, *statements: str) -> None:
        """Run SQL on a copy as the owner of the server can, past every trigger."""
        for statement in statements:
            self.query(f"SET session_replication_role = replica; {statement}", database=name)

    def query(self, statement: str, database: str = "stint") -> list[tuple[Any, ...]]:
        where = f"host={self.folder} user=stint dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


Database = Sqlite | PostgreSQL
DATABASES: dict[str, type[Sqlite] | type[PostgreSQL]] = {"sqlite": Sqlite, "postgresql": PostgreSQL}


def arguments(
    description: str | None, *, choice: bool = True, **numbers: tuple[int, str]
) -> argparse.Namespace:
    """What the command line says: a database, if there is a choice, and the program's own numbers, by default
    and meaning.
    """
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    if choice:
        help_of_choice = "this one only, instead of one after the other"
        parser.add_argument("--database", choices=DATABASES, help=help_of_choice)
    for name, (default, meaning) in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{meaning} (default {default})")
    return parser.parse_args()


def on_each(program: str) -> int:
    """Run the program on one database after the other, each in a process of its own; 1 if one fails."""
    results = [
        subprocess.run([sys.executable, "-m", program, *sys.argv[1:], "--database", name], check=False)
        for name in DATABASES
    ]
    return int(any(result.returncode for result in results))


def prepare(database: Database) -> None:
    """Make the database the one of this process, and give it its tables."""
    os.environ.update(ENVIRONMENT, DATABASE_URL=database.url)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def disconnect() -> None:
    """Give back this process's connections, so that the database can be copied or stopped."""
    from django.db import connection

    connection.close()
    if close_pool := getattr(connection, "close_pool", None):
        close_pool()
