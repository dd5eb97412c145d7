"""Another database beside the one of the tests, and all that is in one."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from workspaces.backups import back_up

MOMENT = datetime(2026, 3, 9, 2, 15, 7, tzinfo=UTC)


def address(other: BaseDatabaseWrapper) -> str:
    """The DATABASE_URL of a connection."""
    if other.vendor == "sqlite":
        return f"sqlite:///{other.settings_dict['NAME']}"
    return "postgres://{USER}@/{HOST}/{NAME}".format(**other.settings_dict)


def manage(*arguments: str, database: BaseDatabaseWrapper, shell: str = "") -> subprocess.CompletedProcess:
    """Runs manage.py in a process of its own, after what the shell is told."""
    return subprocess.run(
        ["/bin/sh", "-c", f'{shell} exec "$@"', "sh", sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": address(database)},
        capture_output=True,
        text=True,
        check=False,
    )


def rows(other: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """Every row of every table, and what defines the tables' triggers."""
    found = {}
    with other.cursor() as cursor:
        for table in other.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
        if other.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal")
        found["triggers"] = sorted(map(repr, cursor.fetchall()))
    return found


def back_up_elsewhere(folder: Path) -> Path:
    try:
        return back_up(connection, folder, now=MOMENT)
    finally:
        connections.close_all()
