"""`manage.py demo`: when it refuses, and that what it makes is as if it had happened."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from billing.models import BillingEntry, BillingType
from billing.models.batch import ExportBatch
from conversations.models import Conversation, Customer, Message
from tests.factories import UserFactory
from timers.board import Board
from timers.demo.content import ELSEWHERE, WORKSPACE
from timers.models import Interval, Timer
from timers.overlaps import count_overlap
from workspaces.models import Membership, User, Workspace

BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = {
    "a Wednesday afternoon": datetime(2026, 9, 16, 14, 30, tzinfo=BERLIN),
    "a Monday, just after midnight": datetime(2026, 9, 14, 0, 5, tzinfo=BERLIN),
    "a Sunday, in the hour that the spring skips": datetime(2026, 3, 29, 3, 1, tzinfo=BERLIN),
    "a Sunday, in the hour that the autumn repeats": datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
    "the Monday after the clocks changed": datetime(2026, 10, 26, 9, 0, tzinfo=BERLIN),
    "the last minute of a year": datetime(2026, 12, 31, 23, 59, 30, tzinfo=BERLIN),
    "a midnight between months in a leap year": datetime(2028, 3, 1, 0, 0, tzinfo=BERLIN),
}


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moments at which the command would have filled the database."""
    moments: list[datetime] = []
    monkeypatch.setattr("timers.management.commands.demo.build", moments.append)
    return moments


@pytest.mark.django_db
class TestCommand:
    def test_it_refuses_a_database_with_users(self, settings, builds):
        settings.DEMO = True
        UserFactory()
        with pytest.raises(CommandError, match="not empty"):
            call_command("demo")
        with pytest.raises(CommandError, match="not empty"):
            call_command("demo", "--even-in-production")
        assert builds == []

    def test_if_empty_leaves_a_database_with_users_alone(self, builds, capsys):
        UserFactory()
        call_command("demo", "--if-empty")
        assert builds == []
        assert len(capsys.readouterr().out.splitlines()) == 1

    def test_it_refuses_where_neither_debug_nor_demo_is_on(self, settings, builds):
        settings.DEBUG = settings.DEMO = False
        for arguments in ([], ["--if-empty"]):
            with pytest.raises(CommandError, match="--even-in-production"):
                call_command("demo", *arguments)
        assert builds == []

    @pytest.mark.parametrize(
        ("debug", "demo", "arguments"),
        [(True, False, []), (False, True, ["--if-empty"]), (False, False, ["--even-in-production"])],
    )
    def test_it_fills_an_empty_database_where_it_may(self, settings, builds, capsys, debug, demo, arguments):
        settings.DEBUG, settings.DEMO = debug, demo
        call_command("demo", *arguments)
        assert len(builds) == 1
        printed = capsys.readouterr().out
        assert all(f"  {name} " in printed for name in ("agent", "agent2", "manager", "admin"))

    def test_nothing_stays_of_a_demo_that_failed(self, settings, monkeypatch):
        settings.DEMO = True
        monkeypatch.setattr("timers.demo.build.Story.tell", lambda story: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            call_command("demo")
        assert not User.objects.exists()
        assert not Workspace.objects.exists()


def count_from_one(table: str) -> None:
    """As in a database of its own: here other tests may have come to higher numbers before."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_by_name_sql(
            no_style(), [{"table": table, "column": "id"}]
        ):
            cursor.execute(statement)


@pytest.fixture(scope="class", params=list(MOMENTS.values()), ids=list(MOMENTS))
def now(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[datetime]:
    """The moment at which the demo was made; it is there for the whole class, which only reads."""
    with django_db_blocker.unblock(), transaction.atomic():
        count_from_one(Conversation._meta.db_table)
        with time_machine.travel(request.param, tick=False):
            call_command("demo", "--even-in-production", "--verbosity=0")
        yield request.param
        transaction.set_rollback(True)


@pytest.mark.usefixtures("now")
class TestDemo:
    def test_it_has_what_the_content_promises(self):
        for record in (WORKSPACE, ELSEWHERE):
            workspace = Workspace.objects.get(name=record.name)
            works = [work for conversation in record.conversations for work in conversation.work]
            assert workspace.customers.count() == len(record.customers)
            assert workspace.conversations.count() == len(record.conversations)
            assert workspace.billing_types.count() == len(record.billing_types)
            assert workspace.entries.count() == sum(work.state != "running" for work in works)
            assert str(workspace.default_billing_type) == record.default_billing_type
            messages = Message.objects.filter(conversation__workspace=workspace).exclude(kind="event")
            assert messages.count() == sum(len(each.messages) for each in record.conversations)
        workspace = Workspace.objects.get(name=WORKSPACE.name)
        assert workspace.conversations.count() == 40
        assert workspace.customers.count() == 10
        assert workspace.billing_types.count() == 6

    def test_every_state_is_there(self):
        entries = BillingEntry.objects.filter(workspace__name=WORKSPACE.name)
        assert set(entries.values_list("state", flat=True)) == set(BillingEntry.State.values)
        assert set(Timer.objects.values_list("state", flat=True)) == set(Timer.State.values)
        assert set(Conversation.objects.values_list("state", flat=True)) == {"open", "closed"}
        assert entries.filter(by_hand=True).exists()
        unconfirmed = entries.filter(confirmed_at=None, timer__state="logged")
        assert {entry.state for entry in unconfirmed} == {"new"}

    def test_entries_are_in_the_states_that_the_content_gives_them(self):
        for record in (WORKSPACE, ELSEWHERE):
            for conversation in record.conversations:
                works = [work for work in conversation.work if work.state != "running"]
                entries = BillingEntry.objects.filter(conversation__subject=conversation.subject)
                found = {(entry.user.username, entry.description): entry for entry in entries}
                assert len(found) == len(works)
                for work in works:
                    entry = found[work.who, work.description]
                    assert entry.state == {"unconfirmed": "new", "stopped": "new"}.get(work.state, work.state)
                    assert entry.return_comment == work.comment
                    assert entry.kind == (work.kind or entry.rule["kind"])

    def test_the_accounts(self):
        known = {"agent", "agent2", "manager", "admin"}
        assert {user.username for user in User.objects.all() if user.has_usable_password()} == known
        assert all(user.check_password("demo") for user in User.objects.filter(username__in=known))
        admin = User.objects.get(username="admin")
        assert admin.is_staff and admin.is_superuser and not admin.roles
        assert User.objects.get(username="manager").is_manager
        assert User.objects.filter(is_staff=True).count() == 1

    @pytest.mark.parametrize("username", ["agent", "agent2", "manager"])
    def test_the_other_workspace_is_out_of_sight(self, username):
        user = User.objects.get(username=username)
        assert [workspace.name for workspace in Workspace.objects.for_user(user)] == [WORKSPACE.name]
        for seen in (
            Customer.objects.visible_to(user),
            Conversation.objects.visible_to(user),
            BillingType.objects.visible_to(user),
            BillingEntry.objects.visible_to(user),
            BillingEntry.objects.reviewable_by(user),
            Timer.objects.stoppable_by(user),
            ExportBatch.objects.reviewable_by(user),
        ):
            assert not seen.exclude(workspace__name=WORKSPACE.name).exists()

    def test_the_icons_show_every_colour(self, now):
        summaries = {}
        for user in User.objects.filter(memberships__workspace__name=WORKSPACE.name):
            board = Board(user, now)
            summaries[user.username] = board.state, board.summary
        assert summaries["agent"] == ("green", "1 running, 2 stopped")
        assert summaries["agent2"] == ("green", "1 running")
        assert summaries["manager"] == ("white", "none")
        assert summaries["emile"] == ("red", "1 stopped")

    def test_stopped_timers_carry_their_entry_and_running_ones_have_begun(self, now):
        for timer in Timer.objects.filter(state="stopped"):
            assert timer.entry and timer.entry.state == "new" and timer.entry.confirmed_at is None
        for timer in Timer.objects.filter(state="running"):
            assert timer.running_since < now and timer.note

    def test_every_figure_follows_from_the_entrys_own_rule(self):
        for entry in BillingEntry.objects.select_related("workspace"):
            chosen = entry.billed_seconds if entry.is_adjusted else None
            again = entry.rule_then.calculate(entry.raw_seconds, chosen_seconds=chosen, by_hand=entry.by_hand)
            assert again.calculated_seconds == entry.calculated_seconds
            assert again.billed_seconds == entry.billed_seconds
            assert again.amount == entry.amount
            assert again.explanation == entry.explanation
            assert entry.currency == entry.workspace.currency

    def test_raw_time_is_the_sum_of_the_intervals(self, now):
        for entry in BillingEntry.objects.filter(by_hand=False):
            assert entry.raw_seconds == entry.timer.raw_seconds(now)
            first = entry.timer.intervals.earliest("started_at")
            assert entry.date == entry.workspace.local_date(first.started_at)
        assert not Timer.objects.filter(entry__by_hand=True).exists()

    def test_intervals_are_behind_us_and_follow_one_another(self, now):
        assert not Interval.objects.filter(stopped_at__gte=now).exists()
        assert not Interval.objects.filter(stopped_at__lte=F("started_at")).exists()
        for timer in Timer.objects.prefetch_related("intervals"):
            for one, following in pairwise(timer.intervals.all()):
                assert one.stopped_at < following.started_at

    def test_overlaps_are_what_the_application_counts(self):
        overlapping = BillingEntry.objects.filter(overlap_seconds__gt=0)
        assert overlapping.count() == 6
        for entry in BillingEntry.objects.filter(by_hand=False):
            overlap = count_overlap(entry.timer, entry.timer.intervals.all())
            assert (overlap.seconds, overlap.conversation_id) == (
                entry.overlap_seconds,
                entry.overlap_with_id,
            )

    def test_nothing_happens_before_its_time_or_after_now(self, now):
        for entry in BillingEntry.objects.select_related("conversation", "batch"):
            moments = [entry.conversation.created_at, entry.created_at]
            moments += filter(None, [entry.confirmed_at, entry.reviewed_at])
            moments += [entry.batch.created_at] if entry.batch else []
            assert moments == sorted(moments)
            assert moments[-1] <= entry.updated_at < now
            history = list(entry.history.order_by("history_id"))
            dates = [record.history_date for record in history]
            assert dates == sorted(dates)
            assert (dates[0], dates[-1]) == (entry.created_at, entry.updated_at)
            assert all(record.history_user and record.history_change_reason for record in history)
        for model in (Workspace, BillingType, Membership):
            assert model.history.exists()
            assert not model.history.filter(history_date__gte=now - timedelta(days=365)).exists()
        assert not Message.objects.filter(created_at__gte=now).exists()
        assert not Message.objects.filter(created_at__lt=F("conversation__created_at")).exists()
        assert not Timer.objects.filter(changed_at__gte=now).exists()

    def test_conversations_end_as_their_messages_say(self):
        for conversation in Conversation.objects.prefetch_related("messages"):
            messages = list(conversation.messages.all())
            said = [message for message in messages if message.kind != "event"]
            spoken = [message.kind for message in said if message.kind != "note"]
            assert conversation.created_at == messages[0].created_at
            assert conversation.last_message_at == said[-1].created_at
            waits = conversation.is_open and spoken[-1:] == ["incoming"]
            assert conversation.awaiting_reply == waits
            if not conversation.is_open:
                assert messages[-1].body == "closed the conversation"

    def test_nobody_worked_at_a_weekend_unless_it_is_now(self, now):
        recent = now - timedelta(hours=5)
        for entry in BillingEntry.objects.filter(created_at__lt=recent):
            assert entry.date.weekday() < 5
        assert BillingEntry.objects.filter(created_at__gte=recent).count() >= 5

    def test_approved_entries_left_in_numbered_batches_on_mondays(self):
        batches = ExportBatch.objects.filter(workspace__name=WORKSPACE.name).order_by("created_at")
        assert [batch.number for batch in batches] == list(range(1, len(batches) + 1))
        assert len(batches) in (2, 3)
        for batch in batches:
            assert batch.entries.exists()
            assert batch.created_at.weekday() == 0
        assert not BillingEntry.objects.filter(state="invoiced", batch=None).exists()

    def test_conversations_are_numbered_from_1001_on(self):
        numbers = list(Conversation.objects.order_by("pk").values_list("pk", flat=True))
        assert numbers == list(range(1001, 1044))
        customer = Customer.objects.earliest("created_at")
        with transaction.atomic():
            following = Conversation.objects.create(
                customer=customer, workspace=customer.workspace, subject="Next", created_at=timezone.now()
            )
            assert following.number == "#1044"
            transaction.set_rollback(True)
