"""What a restore takes, and what it leaves where it fails."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.workspaces.backup.databases import MOMENT, manage, rows
from workspaces.backups import BackupFailed, back_up, restore
from workspaces.models import User


@pytest.mark.django_db(transaction=True)
def test_a_database_with_anything_in_it_is_not_restored_into(folder: Path, agent: User) -> None:
    path = back_up(connection, folder, now=MOMENT)
    before = rows(connection)
    with pytest.raises(CommandError, match=r"has \d+ tables, and a backup is restored into an empty"):
        call_command("restore", path)
    assert rows(connection) == before


@pytest.mark.django_db(transaction=True)
def test_the_command_restores_and_says_what_comes_next(folder: Path, empty: BaseDatabaseWrapper) -> None:
    path = back_up(connection, folder, now=MOMENT)
    restored = manage("restore", str(path), database=empty)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "manage.py verify_ledger" in restored.stdout
    assert manage("migrate", "--check", database=empty).returncode == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("damage", ["cut", "scribbled", "foreign", "other kind", "absent"])
def test_a_file_that_is_no_sound_backup_restores_nothing(
    folder: Path, empty: BaseDatabaseWrapper, damage: str
) -> None:
    path = back_up(connection, folder, now=MOMENT)
    if damage == "cut":
        os.truncate(path, path.stat().st_size * 3 // 4)
    elif damage == "scribbled":
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            file.write(b"\xa5" * 5000)
    elif damage == "foreign":
        path.write_text("id,name\n")
    elif damage == "other kind":
        path.write_bytes(b"PGDMP" if connection.vendor == "sqlite" else b"SQLite format 3\x00")
    else:
        path.unlink()
    with pytest.raises(BackupFailed):
        restore(empty, path)
    assert empty.introspection.table_names() == []


@pytest.mark.django_db(transaction=True)
def test_a_restore_that_fails_half_way_leaves_an_empty_database(
    folder: Path, empty: BaseDatabaseWrapper, agent: User
) -> None:
    path = back_up(connection, folder, now=MOMENT)
    if connection.vendor == "postgresql":
        # In the way of an index: tables and rows are there by then.
        with empty.cursor() as cursor:
            cursor.execute("CREATE TYPE one_open_timer_per_conversation AS (nothing int)")
    shell = "ulimit -f 40;" if connection.vendor == "sqlite" else ""
    failed = manage("restore", str(path), database=empty, shell=shell)
    assert failed.returncode == 1
    assert failed.stderr.startswith("CommandError: ")
    assert empty.introspection.table_names() == []
