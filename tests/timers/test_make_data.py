"""`manage.py make_data`: ten years of work in any size, which the books agree with."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from billing.models import BillingEntry
from conversations.models import Conversation, Message
from tests.factories import BillingTypeFactory, UserFactory
from timers.ledger import Verification
from timers.making.build import LARGE, build
from timers.making.calculations import Rules
from timers.making.progress import Progress
from timers.making.rows import Rows, columns_of
from timers.making.sizes import PERIODS, Sizes, falling, over_the_years, split
from timers.models import Interval, Timer
from workspaces.models import Membership, User, Workspace

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
SMALL = 0.0005

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Sizes:
    sizes = Sizes.of(SMALL)
    build(sizes, 1, NOW, None)
    return sizes


def standing() -> dict[str, Any]:
    """What the database knows of the large tables: their indexes, keys and checks."""
    with connection.cursor() as cursor:
        return {
            model._meta.db_table: connection.introspection.get_constraints(cursor, model._meta.db_table)
            for model in LARGE
        }


def test_the_books_agree(made: Sizes) -> None:
    verification = Verification()
    assert [str(difference) for difference in verification.differences()] == []
    assert verification.checked["histories of entries"] == made.entries


def test_there_is_as_much_of_everything_as_was_asked_for(made: Sizes) -> None:
    assert BillingEntry.objects.count() == made.entries
    assert Workspace.objects.count() == made.workspaces
    assert User.objects.count() == pytest.approx(made.users, abs=2 * made.workspaces)
    assert Conversation.objects.count() == pytest.approx(made.conversations, abs=made.workspaces)
    assert Message.objects.count() == pytest.approx(made.messages, rel=0.25)
    assert Timer.objects.count() == pytest.approx(made.entries, rel=0.1)
    assert Interval.objects.count() == pytest.approx(1.5 * made.entries, rel=0.1)


def test_most_is_invoiced_and_closed_and_some_still_waits(made: Sizes) -> None:
    states = {state: BillingEntry.objects.filter(state=state).count() for state in BillingEntry.State.values}
    assert states["invoiced"] > 0.95 * made.entries
    assert min(states.values()) > 0
    closed = Conversation.objects.closed().count()
    assert 0.7 * made.conversations < closed < made.conversations
    assert {timer.state for timer in Timer.objects.all()} == set(Timer.State.values)


def test_nobody_records_two_things_at_once(made: Sizes) -> None:
    latest: dict[tuple[int, int], datetime] = {}
    for run in Interval.objects.select_related("timer").order_by("started_at"):
        who = run.timer.user_id, run.workspace_id
        assert who not in latest or run.started_at >= latest[who]
        latest[who] = run.stopped_at


def test_its_people_sign_in_with_the_same_password(made: Sizes) -> None:
    for name, role in (("agent1", "agent"), ("manager1", "manager")):
        user = User.objects.get(username=name)
        assert user.check_password("demo")
        assert user.memberships.get().role == role
    busiest = Workspace.objects.get(memberships__user__username="agent1")
    assert busiest.pk == min(Workspace.objects.values_list("pk", flat=True))
    assert User.objects.get(username="admin").is_superuser


def test_the_same_number_makes_the_same() -> None:
    def texts() -> list[Any]:
        with transaction.atomic():
            build(Sizes.of(SMALL), 7, NOW, None)
            found = list(Message.objects.order_by("pk").values_list("created_at", "body"))
            found += BillingEntry.objects.order_by("pk").values_list("amount", "explanation", "state")
            transaction.set_rollback(True)
        return found

    assert texts() == texts()


def test_every_index_and_key_stands_afterwards() -> None:
    before = standing()
    build(Sizes.of(SMALL), 1, NOW, None)
    assert standing() == before


def test_the_database_goes_on_counting(made: Sizes) -> None:
    conversation = Conversation.objects.with_rules().latest("pk")
    timer = Timer.objects.start(user=UserFactory(), conversation=conversation, now=NOW)
    assert timer.pk == Timer.objects.count()
    timer.stop(NOW)
    assert BillingEntry.objects.latest("pk").pk >= BillingEntry.objects.count()


def test_a_column_that_nobody_fills_is_noticed() -> None:
    columns = columns_of(Message)
    Rows(Message, *columns)
    with pytest.raises(TypeError, match="missing or unknown columns: body"):
        Rows(Message, *(name for name in columns if name != "body"))
    with pytest.raises(TypeError, match="mood"):
        Rows(Message, *columns, "mood")


def test_worth_is_what_the_rules_say(workspace: Workspace) -> None:
    first = BillingTypeFactory(workspace=workspace, name="One")
    second = BillingTypeFactory(
        workspace=workspace, name="Two", unit="day", rounding="nearest", minimum_minutes=20, rate=77_700
    )
    rules, chance = Rules(), Random(3)
    with override("en"):
        for _ in range(2000):
            rule, by_hand = chance.choice([first, second]), chance.choice([False, True])
            raw, chosen = chance.randrange(0, 9000, 60), chance.choice([None, 900, 5400])
            found = rules.calculate(rule, raw, chosen, by_hand=by_hand)
            assert found == rule.calculate(raw, chosen_seconds=chosen, by_hand=by_hand)


def test_a_tenth_is_the_busiest_workspaces() -> None:
    shares = falling(200)
    assert shares[0] == pytest.approx(0.1, abs=0.005)
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    full = Sizes.of(1)
    assert (full.workspaces, full.users, full.conversations) == (200, 10_000, 200_000)
    assert (full.messages, full.entries) == (2_000_000, 2_000_000)


def test_nothing_is_lost_when_it_is_split() -> None:
    assert sum(split(1001, falling(17))) == 1001
    years = list(over_the_years(100_000))
    assert (len(years), sum(years)) == (PERIODS, 100_000)
    assert years[-1] > 2 * years[0]


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def demo(self, settings: Any) -> None:
        settings.DEMO = True

    def test_says_how_far_it_has_come_and_who_can_sign_in(self) -> None:
        out = StringIO()
        call_command("make_data", scale=SMALL, stdout=out)
        assert "taking stock" in out.getvalue()
        assert "agent1" in out.getvalue().splitlines()[-1]
        assert BillingEntry.objects.exists()

    def test_is_silent_when_told_to_be(self) -> None:
        out = StringIO()
        call_command("make_data", scale=SMALL, stdout=out, verbosity=0)
        assert out.getvalue() == ""

    def test_fills_only_an_empty_database(self) -> None:
        UserFactory()
        with pytest.raises(CommandError, match="not empty"):
            call_command("make_data", scale=SMALL)
        assert not BillingEntry.objects.exists()

    def test_refuses_where_a_known_password_would_be_a_door(self, settings: Any) -> None:
        settings.DEMO = False
        with pytest.raises(CommandError, match="password that everybody knows"):
            call_command("make_data", scale=SMALL)
        call_command("make_data", scale=SMALL, even_in_production=True, verbosity=0)
        assert Membership.objects.exists()

    @pytest.mark.parametrize("scale", [0, -1, 11, float("nan")])
    def test_refuses_a_size_that_is_none(self, scale: float) -> None:
        with pytest.raises(CommandError, match="scale"):
            call_command("make_data", scale=scale)


class TestProgress:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
        moment = [100.0]
        monkeypatch.setattr("timers.making.progress.monotonic", lambda: moment[0])

        def pass_seconds(seconds: float) -> None:
            moment[0] += seconds

        return pass_seconds

    def test_a_log_gets_a_line_now_and_then(self, clock: Callable[[float], None]) -> None:
        out = StringIO()
        progress = Progress(OutputWrapper(out), 4000)
        for _ in range(4):
            clock(6)
            progress.advance(600)
        progress.end()
        assert out.getvalue().splitlines() == [
            " 15%  600 rows, 100/s, 0:34 left",
            " 45%  1,800 rows, 100/s, 0:22 left",
        ]

    def test_a_terminal_gets_a_bar_in_one_line(self, clock: Callable[[float], None]) -> None:
        out = StringIO()
        out.isatty = lambda: True  # type: ignore[method-assign]
        progress = Progress(OutputWrapper(out), 1000)
        clock(5)
        progress.advance(500)
        progress.tell("indexes and keys", 1, 9)
        progress.end()
        assert "\r[###############               ]  50%  500 rows, 100/s, 0:05 left" in out.getvalue()
        assert out.getvalue().endswith("\n")
        assert out.getvalue().count("\n") == 1


def test_no_time_is_added_afterwards(made: Sizes) -> None:
    timer = Timer.objects.filter(state="logged").first()
    assert timer
    with pytest.raises(IntegrityError, match="no time is added"), transaction.atomic():
        Interval.objects.create(timer=timer, workspace=timer.workspace, started_at=NOW, stopped_at=NOW)
