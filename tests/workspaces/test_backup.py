"""Backups: complete or not there, of one moment, private, and good for a restore. On both databases."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.utils import timezone

from tests.factories import BillingEntryFactory, TimerFactory, UserFactory
from tests.postgres import find_binaries
from timers.models import Interval, Timer
from workspaces import backups
from workspaces.backups import BackupFailed, back_up, forget_old, restore
from workspaces.models import Session, User

MOMENT = datetime(2026, 3, 9, 2, 15, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "postgresql":
        monkeypatch.setenv("PG_BIN", str(find_binaries()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A connection to another database of the same kind, with nothing in it."""
    settings_dict: dict[str, Any] = {**connection.settings_dict, "OPTIONS": {}}
    if connection.vendor == "sqlite":
        settings_dict["NAME"] = str(tmp_path / "empty.sqlite3")
    else:
        settings_dict["NAME"] = f"{connection.settings_dict['NAME']}_empty"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {settings_dict['NAME']}")
    other = connections["default"].__class__(settings_dict, "empty")
    yield other
    other.close()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {settings_dict['NAME']}")


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


# What is in it


@pytest.mark.django_db(transaction=True)
def test_every_row_comes_back_but_the_sessions(
    folder: Path, empty: BaseDatabaseWrapper, agent: User, client: Client
) -> None:
    client.force_login(agent)
    TimerFactory(user=agent)
    BillingEntryFactory(user=agent, description="Ünïcode – 試験 \\ ' \" \n")
    restore(empty, back_up(connection, folder, now=MOMENT))
    before, after = rows(connection), rows(empty)
    assert before.pop(Session._meta.db_table) != []
    assert after.pop(Session._meta.db_table) == []
    assert before["timers_timer"] != [] != before["triggers"]
    assert after == before


@pytest.mark.django_db(transaction=True)
def test_facts_stay_facts_after_a_restore(folder: Path, empty: BaseDatabaseWrapper) -> None:
    TimerFactory(state="stopped")
    restore(empty, back_up(connection, folder, now=MOMENT))
    with empty.cursor() as cursor, pytest.raises(Exception, match="never changed or deleted"):
        cursor.execute("DELETE FROM timers_interval")


@pytest.mark.django_db(transaction=True)
def test_no_session_key_is_in_the_file(folder: Path, agent: User, client: Client) -> None:
    client.force_login(agent)
    key = Session.objects.get().session_key
    path = back_up(connection, folder, now=MOMENT)
    if connection.vendor == "sqlite":
        content = path.read_bytes()
    else:
        content = subprocess.check_output([find_binaries() / "pg_restore", "--file=-", path])
    assert agent.username.encode() in content
    assert key.encode() not in content


@pytest.mark.django_db(transaction=True)
def test_a_backup_under_writers_is_of_one_moment_and_holds_what_was_done_before_it(
    folder: Path, empty: BaseDatabaseWrapper, workspace: Any
) -> None:
    timers = [TimerFactory(conversation__workspace=workspace) for _ in range(3)]
    ended = Event()
    done = [0] * len(timers)

    def work(number: int) -> None:
        try:
            while not ended.is_set():
                timer = Timer.objects.get(pk=timers[number].pk)
                if timer.is_running:
                    timer.stop(timezone.now())
                else:
                    Timer.objects.start(user=timer.user, conversation=timer.conversation, now=timezone.now())
                done[number] += 1
        finally:
            connections.close_all()

    workspace.create_entries_automatically = False
    workspace.save()
    with ThreadPoolExecutor(len(timers)) as pool:
        work_at_it = [pool.submit(work, number) for number in range(len(timers))]
        try:
            while min(done) < 3:
                assert not any(future.done() for future in work_at_it)
            before, steps = Interval.objects.count(), sum(done)
            path = back_up(connection, folder, now=MOMENT)
            after = Interval.objects.count()
            assert sum(done) > steps, "nobody wrote during the backup"
        finally:
            ended.set()
    assert [future.result() for future in work_at_it] == [None] * len(timers)
    restore(empty, path)
    with empty.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM timers_interval")
        assert before <= cursor.fetchone()[0] <= after
    empty.close()
    checked = manage("verify_ledger", database=empty)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.django_db(transaction=True)
def test_a_backup_waits_for_nobody_who_has_not_saved_yet(folder: Path, agent: User) -> None:
    with transaction.atomic():
        User.objects.filter(pk=agent.pk).update(first_name="Unsaved")
        with ThreadPoolExecutor(1) as pool:
            path = pool.submit(back_up_elsewhere, folder).result()
    assert path.exists()


def back_up_elsewhere(folder: Path) -> Path:
    try:
        return back_up(connection, folder, now=MOMENT)
    finally:
        connections.close_all()


# The file


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_named_by_its_moment_and_version_and_private(folder: Path) -> None:
    before = os.umask(0)
    try:
        path = back_up(connection, folder, now=MOMENT)
    finally:
        os.umask(before)
    suffix = {"sqlite": "sqlite3", "postgresql": "dump"}[connection.vendor]
    assert path.name == f"stint-20260309T021507Z-{backups.folders.version()}.{suffix}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [path]


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_the_file_and_its_size(folder: Path) -> None:
    printed = StringIO()
    call_command("backup", folder, stdout=printed)
    (path,) = folder.iterdir()
    assert printed.getvalue().startswith(f"{path} (")
    assert printed.getvalue().endswith(("KB)\n", "MB)\n"))


def test_only_own_old_backups_are_forgotten(folder: Path) -> None:
    names = [f"stint-2026030{day}T021507Z-1.0.0.sqlite3" for day in range(1, 6)]
    others = ["stint-old.sqlite3", "stint-20260301T021507Z-1.0.0.sqlite3.gpg", "notes.dump"]
    for name in [*names, *others]:
        (folder / name).touch()
    (folder / "stint-20260101T000000Z-1.0.0.dump").mkdir()
    assert [path.name for path in forget_old(folder, keep=2)] == names[:3]
    assert {path.name for path in folder.iterdir() if path.is_file()} == {*names[3:], *others}


@pytest.mark.django_db(transaction=True)
def test_the_command_keeps_as_many_as_it_is_told(folder: Path) -> None:
    for day in range(1, 4):
        (folder / f"stint-2025030{day}T021507Z-1.0.0.dump").touch()
    call_command("backup", folder, keep=2, stdout=StringIO())
    assert len(list(folder.iterdir())) == 2
    assert (folder / "stint-20250303T021507Z-1.0.0.dump").exists()


@pytest.mark.parametrize("keep", ["0", "-1", "many"])
def test_keeping_none_is_refused(folder: Path, keep: str) -> None:
    with pytest.raises(CommandError, match="--keep"):
        call_command("backup", folder, f"--keep={keep}")


# What fails leaves nothing


@pytest.mark.django_db(transaction=True)
def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No backup in .*/absent: No such file or directory\."):
        call_command("backup", tmp_path / "absent")


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told_and_leaves_no_half_file(folder: Path) -> None:
    failed = manage("backup", str(folder), database=connection, shell="ulimit -f 40;")
    assert failed.returncode == 1
    assert failed.stderr.startswith("CommandError: ")
    assert len(failed.stderr.splitlines()) == 1
    assert list(folder.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_cannot_be_read_back_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = backups.formats.format_of(connection)
    write = kind.write

    def write_and_lose_the_end(connection: BaseDatabaseWrapper, path: Path) -> None:
        write(connection, path)
        os.truncate(path, path.stat().st_size * 3 // 4)

    monkeypatch.setattr(kind, "write", write_and_lose_the_end)
    with pytest.raises(BackupFailed):
        back_up(connection, folder, now=MOMENT)
    assert list(folder.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_is_no_backup(folder: Path, empty: BaseDatabaseWrapper) -> None:
    empty.ensure_connection()
    with pytest.raises(BackupFailed, match="holds no tables of Stint"):
        back_up(empty, folder, now=MOMENT)
    assert list(folder.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_backup_left_is_swept_by_the_next(folder: Path) -> None:
    (folder / ".stint-20260101T000000Z-1.0.0.dump.partial").touch()
    path = back_up(connection, folder, now=MOMENT)
    assert list(folder.iterdir()) == [path]


@pytest.mark.django_db(transaction=True)
def test_two_backups_at_once_do_not_meet_in_a_folder(folder: Path) -> None:
    with backups.folders.alone_in(folder), pytest.raises(BackupFailed, match="Another backup is being made"):
        back_up(connection, folder, now=MOMENT)


# Restoring


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


# About one of the databases


@pytest.fixture
def on_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")


@pytest.fixture
def on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_sqlite")
def test_what_another_database_left_beside_the_file_is_not_taken_for_its_own(
    folder: Path, empty: BaseDatabaseWrapper
) -> None:
    path = back_up(connection, folder, now=MOMENT)
    journal = Path(f"{empty.settings_dict['NAME']}-journal")
    journal.write_bytes(b"not a valid journal")
    with pytest.raises(BackupFailed, match="is left of another database"):
        restore(empty, path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_sqlite")
def test_a_database_with_a_write_ahead_log_is_backed_up_into_one_file(folder: Path, tmp_path: Path) -> None:
    original = tmp_path / "ahead.sqlite3"
    shutil.copy(connection.settings_dict["NAME"], original)
    ahead = connections["default"].__class__({**connection.settings_dict, "NAME": str(original)}, "ahead")
    with closing(sqlite3.connect(original)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE beyond_the_checkpoint (id)")
        writer.commit()
        path = back_up(ahead, folder, now=MOMENT)
    assert list(folder.iterdir()) == [path]
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("SELECT count(*) FROM beyond_the_checkpoint").fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_sqlite")
def test_a_row_that_its_index_does_not_know_is_damage(folder: Path, empty: BaseDatabaseWrapper) -> None:
    UserFactory(username="xylophonist")
    path = back_up(connection, folder, now=MOMENT)
    content = path.read_bytes()
    assert content.count(b"xylophonist") > 1
    path.write_bytes(content.replace(b"xylophonist", b"tsinohpolyx", 1))
    with pytest.raises(BackupFailed, match=r"is damaged: .*index"):
        restore(empty, path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_sqlite")
def test_a_missing_database_is_told_and_not_made(folder: Path, empty: BaseDatabaseWrapper) -> None:
    with pytest.raises(BackupFailed, match=r"There is no database at .*empty\.sqlite3"):
        back_up(empty, folder, now=MOMENT)
    assert not Path(empty.settings_dict["NAME"]).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql")
def test_a_missing_pg_dump_is_told(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(CommandError, match=r"pg_dump is not found\. Install PostgreSQL's client programs"):
        call_command("backup", folder)
    assert list(folder.iterdir()) == []


def pretend(folder: Path, body: str) -> None:
    """A pg_dump that does as the shell script says."""
    program = folder / "pg_dump"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql")
def test_a_pg_dump_older_than_the_server_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(tmp_path, "echo 'pg_dump (PostgreSQL) 9.6.24'")
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(CommandError, match=r"is of PostgreSQL 9 and the server of PostgreSQL \d\d"):
        call_command("backup", folder)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql")
def test_the_password_is_in_the_environment_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(
        tmp_path,
        f'test "$1" = --version && echo "pg_dump (PostgreSQL) 99.1" && exit\n'
        f'echo "$@" > {tmp_path}/arguments; echo "$PGPASSWORD" > {tmp_path}/password; exit 1',
    )
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "s3cret")
    with pytest.raises(CommandError, match="pg_dump ended by an error"):
        call_command("backup", folder)
    assert (tmp_path / "password").read_text() == "s3cret\n"
    assert "s3cret" not in (tmp_path / "arguments").read_text()
