"""What is about SQLite or about PostgreSQL alone."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.factories import UserFactory
from tests.workspaces.backup.databases import MOMENT
from workspaces.backups import BackupFailed, back_up, restore


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
