"""A backup is complete, and of one moment."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.utils import timezone

from tests.factories import BillingEntryFactory, TimerFactory
from tests.postgres import find_binaries
from tests.workspaces.backup.databases import MOMENT, back_up_elsewhere, manage, rows
from timers.models import Interval, Timer
from workspaces.backups import back_up, restore
from workspaces.models import Session, User


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
