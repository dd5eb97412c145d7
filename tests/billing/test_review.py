"""The queue of a reviewer: who sees what of it, its filters, groups, sums and pages."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.flags import UNUSUALLY_LONG
from billing.models import BillingEntry
from billing.sums import Sums
from tests.cast import sign_in
from tests.factories import BillingEntryFactory, ConversationFactory, MembershipFactory, WorkspaceFactory
from workspaces.models import Membership

ADDRESS = "/billing/review/"
#: A Wednesday.
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def entry(agent, conversation):
    """New, confirmed by its agent, without flags: 0:52:13 made 1:00:00, 120.00 EUR."""
    return make(agent, conversation)


def make(user, conversation, **fields):
    return BillingEntryFactory(
        user=user, conversation=conversation, **{"confirmed_at": NOW, "description": "MTU reset"} | fields
    )


def shown(client, query=""):
    """The ids of the rows, in their order."""
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == 200
    return [entry.pk for entry in response.context["queue"].entries]


def test_a_manager_sees_the_new_entries_of_the_workspaces_that_they_manage(
    as_manager, entry, outsider, foreign_conversation
):
    make(outsider, foreign_conversation)
    response = as_manager.get(ADDRESS)
    assert [each.pk for each in response.context["queue"].entries] == [entry.pk]
    assert "1 new entry, 1:00:00 billed, 120.00 EUR" in response.content.decode()


def test_a_manager_of_one_workspace_does_not_review_another_in_which_they_are_an_agent(
    as_manager, manager, entry, other_workspace, foreign_conversation
):
    MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.AGENT)
    make(manager, foreign_conversation)
    assert shown(as_manager) == [entry.pk]


@pytest.mark.parametrize("name", ["review", "batches"])
def test_the_pages_of_managers_refuse_agents(as_agent, entry, name):
    assert as_agent.get(reverse(f"billing:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["review", "batches", "batch_csv", "batch_xlsx", "detail"])
def test_the_pages_of_managers_take_no_post(as_manager, entry, name):
    arguments = [1] if name.startswith("batch_") or name == "detail" else []
    assert as_manager.post(reverse(f"billing:{name}", args=arguments)).status_code == 405


def test_the_queue_is_a_fragment_for_htmx_with_the_badge_and_the_toasts(as_manager, entry):
    response = as_manager.get(f"{ADDRESS}?agent=&state=new", **HTMX)
    page = response.content.decode()
    assert "<html" not in page
    assert 'id="review-badge" hx-swap-oob="true">1<' in page
    assert 'id="toasts" hx-swap-oob="beforeend"' in page
    assert response["HX-Retarget"] == "#queue"
    assert response["HX-Push-Url"] == f"{ADDRESS}?state=new"


@pytest.mark.parametrize("state", BillingEntry.State.values)
def test_each_state_can_be_shown(as_manager, agent, conversation, state):
    entries = {value: make(agent, conversation, state=value) for value in BillingEntry.State.values}
    assert shown(as_manager, f"state={state}") == [entries[state].pk]


def test_entries_are_found_by_agent_and_by_customer(as_manager, entry, colleague, workspace):
    other = make(colleague, ConversationFactory(customer__workspace=workspace))
    assert shown(as_manager, f"agent={colleague.pk}") == [other.pk]
    assert shown(as_manager, f"customer={entry.conversation.customer_id}") == [entry.pk]
    assert shown(as_manager, f"agent={colleague.pk}&customer={entry.conversation.customer_id}") == []


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", [18, 16, 15, 9, 8, 1]),
        ("dates=week", [18, 16]),
        ("dates=last-week", [15, 9]),
        ("dates=month", [18, 16, 15, 9, 8, 1]),
        ("dates=last-month", []),
        ("dates=range&since=2026-03-09&until=2026-03-15", [15, 9]),
        ("dates=range&since=2026-03-16", [18, 16]),
        ("dates=range&until=2026-03-01", [1]),
        ("since=2026-03-16", [18, 16, 15, 9, 8, 1]),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_entries_are_found_by_their_day(as_manager, agent, conversation, query, days):
    for number in (1, 8, 9, 15, 16, 18):
        make(agent, conversation, day=date(2026, 3, number))
    response = as_manager.get(f"{ADDRESS}?{query}")
    assert [entry.date.day for entry in response.context["queue"].entries] == days


@time_machine.travel(datetime(2026, 3, 31, 23, tzinfo=UTC), tick=False)
def test_a_month_begins_where_the_workspace_is(as_manager, agent, conversation):
    """It is April in Berlin already."""
    make(agent, conversation, day=date(2026, 3, 31))
    assert shown(as_manager, "dates=month") == []


@time_machine.travel(datetime(2026, 3, 31, 12, tzinfo=UTC), tick=False)
def test_of_several_workspaces_the_first_by_name_says_what_day_it_is(
    as_manager, manager, agent, conversation
):
    """On Kiritimati it is April already."""
    first = WorkspaceFactory(name="Atoll", time_zone="Pacific/Kiritimati")
    MembershipFactory(workspace=first, user=manager, role=Membership.Role.MANAGER)
    make(agent, conversation, day=date(2026, 3, 31))
    assert shown(as_manager, "dates=month") == []


FLAGS = {
    "adjusted": {"billed_seconds": 5400},
    "unconfirmed": {"confirmed_at": None},
    "overlaps": {"overlap_seconds": 1},
    "long": {"raw_seconds": UNUSUALLY_LONG + 1},
    "clock": {"clock_stepped_back": True},
}


@pytest.mark.parametrize("flag", FLAGS)
def test_entries_are_found_by_their_flags(as_manager, agent, conversation, flag):
    flagged = {name: make(agent, conversation, **fields) for name, fields in FLAGS.items()}
    plain = make(agent, conversation, raw_seconds=UNUSUALLY_LONG)
    assert shown(as_manager, f"flag={flag}") == [flagged[flag].pk]
    assert shown(as_manager, "flag=unflagged") == [plain.pk]
    assert set(shown(as_manager, "flag=flagged")) == {entry.pk for entry in flagged.values()}


@pytest.mark.parametrize(
    "query",
    [
        "state=lost",
        "agent=0",
        f"agent={10**30}",
        "agent=NaN",
        "agent=" + "9" * 5000,
        "customer=x",
        "dates=never",
        "dates=range&since=yesterday",
        "dates=range&since=2026-03-02&until=2026-03-01",
        "flag=red",
        "group=rate",
        "sort=Infinity",
    ],
)
def test_a_filter_that_makes_no_sense_shows_nothing_and_says_so(as_manager, entry, query):
    response = as_manager.get(f"{ADDRESS}?{query}")
    assert response.status_code == 422
    assert response.context["queue"].entries == []
    assert "There is no such filter" in response.content.decode()


def test_a_foreign_customer_is_no_filter(as_manager, entry, foreign_conversation):
    foreign = as_manager.get(f"{ADDRESS}?customer={foreign_conversation.customer_id}")
    missing = as_manager.get(f"{ADDRESS}?customer=999999")
    assert foreign.status_code == missing.status_code == 422
    assert "Foreign" not in foreign.content.decode()


@pytest.mark.parametrize(
    ("group", "titles"),
    [
        ("agent", ["Jonas Feddersen-Lindqvist", "Katharina Wiegand"]),
        ("customer", ["Ashworth", "Reederei Hansen & Söhne"]),
        ("day", ["Wednesday, 18 March 2026", "Monday, 2 March 2026"]),
    ],
)
def test_rows_stand_in_groups_with_the_sums_of_the_page(
    as_manager, agent, colleague, conversation, workspace, group, titles
):
    other = ConversationFactory(customer__workspace=workspace, customer__name="Ashworth")
    make(agent, conversation, day=date(2026, 3, 2))
    make(agent, conversation, day=date(2026, 3, 2), kind="time")
    make(colleague, other, day=date(2026, 3, 18))
    queue = as_manager.get(f"{ADDRESS}?group={group}").context["queue"]
    assert [each.title for each in queue.groups] == titles
    assert [each.sums for each in queue.groups if each.sums.count == 1] == [
        Sums(1, 3133, 3600, {"EUR": 12_000})
    ]
    assert [each.sums for each in queue.groups if each.sums.count == 2] == [
        Sums(2, 6266, 7200, {"EUR": 12_000})
    ]
    assert queue.total == queue.sums == Sums(3, 9399, 3 * 3600, {"EUR": 24_000})


@pytest.mark.parametrize(
    ("sort", "order"), [("", "cab"), ("oldest", "bac"), ("billed", "bca"), ("amount", "cab")]
)
def test_rows_are_sorted_within_their_group(as_manager, agent, conversation, sort, order):
    entries = {
        "a": make(agent, conversation, day=date(2026, 3, 3), raw_seconds=900),
        "b": make(agent, conversation, day=date(2026, 3, 2), raw_seconds=9000, kind="time"),
        "c": make(agent, conversation, day=date(2026, 3, 4), raw_seconds=3600),
    }
    assert shown(as_manager, f"sort={sort}") == [entries[name].pk for name in order]


def test_internal_time_has_no_amount_and_an_adjusted_entry_shows_both_figures(
    as_manager, agent, conversation
):
    make(agent, conversation, kind="time", billed_seconds=5400)
    page = as_manager.get(ADDRESS).content.decode()
    assert '<td role="cell" class="num amount">–</td>' in page
    assert "<del>1:00:00</del> 1:30:00" in page


def test_amounts_of_several_currencies_are_not_added_up(
    as_manager, manager, entry, outsider, other_workspace, foreign_conversation
):
    MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.MANAGER)
    make(outsider, foreign_conversation)
    page = as_manager.get(ADDRESS).content.decode()
    assert "2 new entries, 2:00:00 billed, 120.00 EUR, 120.00 USD" in page
    assert page.count("120.00 EUR, 120.00 USD") == 2  # and in the total of the page


def test_a_page_has_fifty_rows_and_its_links_keep_the_filters(as_manager, agent, conversation):
    for _ in range(51):
        make(agent, conversation)
    response = as_manager.get(f"{ADDRESS}?group=day&page=2")
    assert len(response.context["queue"].entries) == 1
    assert 'href="?group=day&amp;page=1"' in response.content.decode()
    assert as_manager.get(f"{ADDRESS}?page=1e9").status_code == 200


def test_an_empty_queue_says_so(as_manager):
    page = as_manager.get(ADDRESS).content.decode()
    assert "Everything is reviewed" in page
    assert "Approve unflagged" not in page


@pytest.mark.parametrize(
    ("query", "states", "pointed_to"),
    [
        ("", ["discarded", "invoiced"], ["invoiced", "discarded"]),
        ("state=discarded", ["discarded", "invoiced"], ["invoiced"]),
        ("state=invoiced", ["discarded", "invoiced"], ["discarded"]),
        ("state=discarded", ["discarded"], []),
        ("", [], []),
    ],
)
def test_a_page_points_to_other_entries_than_its_own(
    as_manager, agent, conversation, query, states, pointed_to
):
    for state in states:
        make(agent, conversation, state=state)
    page = as_manager.get(f"{ADDRESS}?{query}").content.decode()
    hint = page.partition("Also here:")[2].partition("</p>")[0]
    assert re.findall(r"state=(\w+)", hint) == pointed_to


def test_a_description_cannot_bring_markup_along(as_manager, agent, conversation):
    make(agent, conversation, description='<script>alert("x")</script>')
    page = as_manager.get(ADDRESS).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("query", ["", "group=customer", "state=approved"])
def test_the_queue_takes_as_many_queries_for_thirty_rows_as_for_one(
    manager, agent, workspace, conversation, query
):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert sign_in(manager).get(f"{ADDRESS}?{query}").status_code == 200
        return len(queries)

    make(agent, conversation)
    make(agent, conversation, state="approved")
    before = count()
    for number in range(30):
        other = ConversationFactory(customer__workspace=workspace)
        colleague = MembershipFactory(workspace=workspace).user
        make(colleague, other, state=("new", "approved")[number % 2], overlap_seconds=60)
    assert count() == before


def test_the_detail_of_a_row_shows_calculation_intervals_and_history(as_manager, entry):
    page = as_manager.get(f"/billing/{entry.pk}/detail/", **HTMX).content.decode()
    for part in ("Calculation", "Intervals", "History", "Approve", "Return", "Edit", "Discard"):
        assert part in page
    assert f'name="version" value="{entry.version}"' in page


def test_without_htmx_the_detail_is_the_page_of_the_entry(as_manager, entry):
    response = as_manager.get(f"/billing/{entry.pk}/detail/")
    assert response.status_code == 302
    assert response.url == f"/billing/{entry.pk}/"


@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("colleague", 403), ("outsider", 404)])
def test_nobody_else_opens_the_detail(request, entry, who, status):
    client = request.getfixturevalue(f"as_{who}")
    assert client.get(f"/billing/{entry.pk}/detail/", **HTMX).status_code == status


def test_an_own_entry_where_one_is_an_agent_is_not_for_review(
    as_manager, manager, other_workspace, foreign_conversation
):
    MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.AGENT)
    entry = make(manager, foreign_conversation)
    assert as_manager.get(f"/billing/{entry.pk}/detail/", **HTMX).status_code == 403


def test_a_manager_who_was_removed_reviews_no_more(as_manager, manager, entry):
    manager.memberships.all().delete()
    assert as_manager.get(ADDRESS).status_code == 403
    assert as_manager.post(f"/billing/{entry.pk}/approve/").status_code == 403


def test_the_week_of_the_reviewer_ends_on_sunday(as_manager, agent, conversation):
    with time_machine.travel(datetime(2026, 3, 22, 12, tzinfo=UTC)):
        make(agent, conversation, day=date(2026, 3, 22))
        make(agent, conversation, day=date(2026, 3, 22) + timedelta(days=1))
        response = as_manager.get(f"{ADDRESS}?dates=week")
    assert [entry.date.day for entry in response.context["queue"].entries] == [22]
