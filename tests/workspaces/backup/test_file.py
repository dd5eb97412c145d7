"""The file of a backup: named, private, and there as a whole or not at all."""

import os
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.workspaces.backup.databases import MOMENT, manage
from workspaces import backups
from workspaces.backups import BackupFailed, back_up, forget_old


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
