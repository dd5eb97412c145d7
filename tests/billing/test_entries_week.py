"""My entries: one's own week."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.timesheet import Timesheet, Week
from conversations.models import Conversation
from tests.cast import join, sign_in
from tests.factories import BillingEntryFactory, MembershipFactory
from workspaces.models import User, Workspace

THURSDAY = date(2026, 11, 19)


@pytest.fixture(autouse=True)
def in_week_47() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 19, 12, tzinfo=UTC)):
        yield


def page(client: Client, week: str = "") -> str:
    response = client.get("/billing/", {"week": week} if week else {})
    assert response.status_code == 200
    return response.content.decode()


def test_the_week_shows_each_day_with_its_sums(
    as_agent: Client, agent: User, conversation: Conversation
) -> None:
    own = {"user": agent, "conversation": conversation}
    BillingEntryFactory(**own, day=THURSDAY, description="MTU reset")
    BillingEntryFactory(**own, day=THURSDAY, raw_seconds=900, kind="time")
    BillingEntryFactory(**own, day=date(2026, 11, 16), raw_seconds=3600)
    html = page(as_agent)
    assert "Week 47, 16–22 November" in html
    assert "1:07 raw, <b>1:15</b> billed, <b>120.00 EUR</b>" in html
    assert html.index("Thursday, 19 November") < html.index("Monday, 16 November")
    assert '<b class="num">2:15</b><small class="num">240.00 EUR</small>' in html
    assert html.count("internal") == 1
    assert "<small>0:52:13</small> 1:00:00" in html
    assert "MTU reset" in html
    assert "VPN drops after update" in html


def test_a_day_of_internal_time_has_no_amount(
    as_agent: Client, agent: User, conversation: Conversation
) -> None:
    BillingEntryFactory(user=agent, conversation=conversation, kind="time")
    assert "0:52 raw, <b>1:00</b> billed</p>" in page(as_agent)


def test_discarded_entries_are_neither_shown_nor_summed(
    as_agent: Client, agent: User, conversation: Conversation
) -> None:
    BillingEntryFactory(user=agent, conversation=conversation, state="discarded", description="Gone")
    html = page(as_agent)
    assert "Gone" not in html
    assert "Nothing logged in this week" in html


def test_money_is_summed_by_currency(
    as_agent: Client, agent: User, conversation: Conversation, foreign_conversation: Conversation
) -> None:
    MembershipFactory(user=agent, workspace=foreign_conversation.workspace)
    for each in (conversation, foreign_conversation):
        BillingEntryFactory(user=agent, conversation=each)
    assert "120.00 EUR, 120.00 USD" in page(as_agent)


def test_entries_of_others_and_of_former_workspaces_are_not_ones_own(
    as_agent: Client,
    agent: User,
    manager: User,
    conversation: Conversation,
    foreign_conversation: Conversation,
) -> None:
    BillingEntryFactory(user=manager, conversation=conversation, description="Of the manager")
    BillingEntryFactory(user=agent, conversation=foreign_conversation, description="Of a former workspace")
    for client in (as_agent, sign_in(join(conversation.workspace, "new", "N", "N", "manager"))):
        html = page(client)
        assert "Of the manager" not in html
        assert "Of a former workspace" not in html


def test_a_returned_entry_says_who_when_and_why(
    as_agent: Client, agent: User, manager: User, conversation: Conversation
) -> None:
    entry = BillingEntryFactory(user=agent, conversation=conversation)
    entry.return_(by=manager, comment="Please <b>split</b> it", now=datetime(2026, 11, 19, 8, 12, tzinfo=UTC))
    html = page(as_agent)
    assert "<strong>Margarethe Oberländer</strong> returned it on" in html
    assert ">19 November, 09:12</time>" in html
    assert "Please &lt;b&gt;split&lt;/b&gt; it" in html
    assert f'href="/billing/{entry.pk}/"' in html
    assert "returned to you" not in html


def test_entries_that_were_returned_in_other_weeks_are_pointed_to(
    as_agent: Client, agent: User, manager: User, conversation: Conversation
) -> None:
    for day in (date(2026, 11, 3), date(2026, 12, 1)):
        entry = BillingEntryFactory(user=agent, conversation=conversation, day=day)
        entry.return_(by=manager, comment="?", now=datetime(2026, 11, 19, 8, tzinfo=UTC))
    html = page(as_agent)
    assert "2 entries were returned to you" in html
    assert "of 3 Nov" in html
    assert "of 1 Dec" in html
    assert "1 entry was returned to you" in page(as_agent, "2026-W49")


def test_today_is_that_of_the_workspace(
    as_agent: Client, workspace: Workspace, conversation: Conversation
) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(time_zone="Pacific/Auckland")
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        html = page(as_agent)
    assert "Week 48" in html
    assert 'aria-current="date"' in html.split("Mon 23")[0]


def test_earlier_and_later_weeks_are_one_click_away(as_agent: Client) -> None:
    html = page(as_agent, "2026-W01")
    assert "Week 1, 29 December 2025 – 4 January 2026" in html
    assert 'href="?week=2025-W52" rel="prev"' in html
    assert 'href="?week=2026-W02" rel="next"' in html
    assert 'aria-current="date"' not in html


@pytest.mark.parametrize(
    "week",
    [
        "x",
        "-1",
        "2026-47",
        "2026W47",
        "2026-W47x",
        "２０２６-W47",
        "2026-W00",
        "2026-W54",
        "2025-W53",
        "0001-W01",
        "1999-W01",
        "9999-W52",
        "9" * 5000,
    ],
)
def test_a_week_that_makes_no_sense_is_this_week(as_agent: Client, week: str) -> None:
    assert "Week 47, 16–22 November" in page(as_agent, week)


def test_every_week_of_the_century_can_be_opened(as_agent: Client) -> None:
    for week in ("2000-W01", "2099-W53"):
        assert "Nothing logged" in page(as_agent, week)


def test_somebody_without_a_workspace_sees_an_empty_week(as_admin: Client) -> None:
    assert "Nothing logged in this week" in page(as_admin)


def test_the_page_is_only_for_reading(as_agent: Client) -> None:
    assert as_agent.post("/billing/").status_code == 405


def test_thirty_entries_take_as_many_queries_as_one(
    as_agent: Client, agent: User, manager: User, conversation: Conversation
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(as_agent)
        return len(captured)

    add_entries(agent, manager, conversation, 1)
    few = queries()
    add_entries(agent, manager, conversation, 29)
    assert queries() == few <= 9


def add_entries(agent: User, manager: User, conversation: Conversation, count: int) -> None:
    now = datetime(2026, 11, 19, 8, tzinfo=UTC)
    for number in range(count):
        for day in (THURSDAY - timedelta(days=number % 4), THURSDAY - timedelta(days=30)):
            entry = BillingEntryFactory(user=agent, conversation=conversation, day=day)
            entry.return_(by=manager, comment="?", now=now)


# The week itself


@pytest.mark.parametrize(
    ("week", "dates"),
    [
        ("2026-W47", "16–22 November"),
        ("2026-W49", "30 November – 6 December"),
        ("2026-W53", "28 December 2026 – 3 January 2027"),
    ],
)
def test_a_week_says_its_dates(week: str, dates: str) -> None:
    assert Week.read(week).dates == dates


@pytest.mark.parametrize("day", [date(2025, 12, 29), date(2026, 1, 4), date(2027, 1, 3), THURSDAY])
def test_a_week_is_written_and_read_alike(day: date) -> None:
    week = Week.of(day)
    assert Week.read(str(week)) == week
    assert day in week.days
    assert week.next.previous == week


@pytest.mark.django_db
def test_a_bar_is_full_at_a_working_day_and_no_longer_for_a_longer_one() -> None:
    entries = [
        BillingEntryFactory(day=THURSDAY, raw_seconds=6 * 3600 + 900),
        BillingEntryFactory(day=THURSDAY - timedelta(days=1), raw_seconds=3600),
    ]
    week = Week.of(THURSDAY)
    for entry in entries:
        entry.billed_seconds = entry.raw_seconds
    days = Timesheet(week, entries, workday=8 * 3600).days
    assert [day.bar for day in days] == ["0.0", "0.0", "5.0", "31.2", "0.0", "0.0", "0.0"]
    days = Timesheet(week, entries, workday=3600).days
    assert [(day.bar_top, day.bar) for day in days[2:4]] == [("0.0", "40.0")] * 2
