"""The admin's first page: what waits, what runs, and the models; and whose name every page bears."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.admin.pages import rows_of, text
from tests.cast import sign_in
from tests.factories import (
    BillingEntryFactory,
    ConversationFactory,
    IntervalFactory,
    TimerFactory,
    UserFactory,
    WorkspaceFactory,
)

HOUR = timedelta(hours=1)
WAITING, RUNNING = 'id="waiting"', 'id="running"'


@pytest.fixture
def entries(conversation, foreign_conversation, agent, outsider):
    """In one workspace three New (one confirmed), one Returned and one Approved; in the other one New."""
    now = timezone.now()
    mine = {"conversation": conversation, "user": agent}
    BillingEntryFactory(**mine, day=date(2026, 3, 2))
    BillingEntryFactory(**mine, day=date(2026, 2, 27))
    BillingEntryFactory(**mine, day=date(2026, 3, 1), kind="time", confirmed_at=now)
    BillingEntryFactory(**mine, day=date(2026, 1, 1), state="returned")
    BillingEntryFactory(**mine, day=date(2026, 1, 1), state="approved")
    BillingEntryFactory(
        conversation=foreign_conversation, user=outsider, day=date(2026, 2, 28), confirmed_at=now
    )


@pytest.mark.usefixtures("entries")
def test_it_says_what_waits_in_each_workspace_the_longest_first(as_admin, time_machine):
    time_machine.move_to("2026-03-03 12:00:00Z")
    assert rows_of(as_admin.get("/admin/"), WAITING) == [
        ["Kanzlei Brandt & Ohlsen", "3", "27 Feb", "240.00 EUR", "2", "1"],
        ["Elsewhere Ltd", "1", "28 Feb", "120.00 USD", "–", "–"],
    ]


@pytest.mark.usefixtures("entries")
def test_each_figure_leads_to_the_entries_that_it_counts(as_admin):
    page = as_admin.get("/admin/").content.decode()
    links = re.findall(r'<a href="(/admin/billing/billingentry/\?[^"]*)">(.*?)</a>', page)
    assert len(links) == 4
    for url, figure in links:
        listed = as_admin.get(url.replace("&amp;", "&"))
        assert listed.context["cl"].result_count == int(text(figure)), url
        assert listed.context["cl"].has_active_filters


def test_it_says_who_runs_what_since_when_the_unusually_long_first(as_admin, conversation, agent, colleague):
    now = timezone.now()
    other = ConversationFactory(customer=conversation.customer, subject="Other")
    # Not the one that has run longest, but the one that has recorded most.
    paused = TimerFactory(conversation=other, user=agent, running_since=now - HOUR)
    IntervalFactory(timer=paused, started_at=now - 30 * HOUR, stopped_at=now - 20 * HOUR)
    TimerFactory(conversation=conversation, user=colleague, running_since=now - 2 * HOUR)
    TimerFactory(conversation=conversation, user=agent, state="stopped")
    response = as_admin.get("/admin/")
    first, second = rows_of(response, RUNNING)
    assert first[:3] == ["Katharina Wiegand", f"#{other.pk} Other", "Kanzlei Brandt & Ohlsen"]
    assert re.fullmatch(r"unusually long 11:00:0\d", first[4])
    assert second[:2] == ["Jonas Feddersen-Lindqvist", f"#{conversation.pk} VPN drops after update"]
    assert re.fullmatch(r"2:00:0\d", second[4])
    page = response.content.decode()
    for url in (
        f"/admin/timers/timer/{paused.pk}/change/",
        f"/admin/workspaces/user/{agent.pk}/change/",
        f"/admin/conversations/conversation/{other.pk}/change/",
    ):
        assert f'href="{url}"' in page
        assert as_admin.get(url).status_code == 200


def test_of_many_running_timers_it_shows_ten_and_leads_to_all(as_admin, conversation):
    for _ in range(11):
        TimerFactory(conversation=conversation)
    response = as_admin.get("/admin/")
    assert len(rows_of(response, RUNNING)) == 10
    assert "All 11 running timers" in response.content.decode()


def test_where_nothing_waits_or_runs_it_says_so(as_admin):
    page = as_admin.get("/admin/").content.decode()
    assert "No entry waits for review, and none is returned." in page
    assert "No timer runs." in page
    assert "<table" not in page


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize(
    ("permissions", "waits", "runs"),
    [
        (["view_billingentry"], True, False),
        (["view_timer"], False, True),
        (["view_customer"], False, False),
    ],
)
def test_it_shows_what_the_user_may_see(conversation, permissions, waits, runs):
    TimerFactory(conversation=conversation)
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    page = sign_in(staff).get("/admin/").content.decode()
    assert ("Waits for review" in page, "240.00 EUR" in page) == (waits, waits)
    assert ("Runs now" in page, conversation.subject in page) == (runs, runs)
    # And no link leads where they are not let in.
    for url in set(re.findall(r'href="(/admin/[^"]*)"', page)):
        assert sign_in(staff).get(url.replace("&amp;", "&")).status_code == 200, url


def test_whoever_is_staff_and_may_nothing_gets_a_page_that_says_so(db):
    page = sign_in(UserFactory(is_staff=True)).get("/admin/").content.decode()
    assert "You don’t have permission to view or edit anything." in page
    assert "Waits for review" not in page


def test_it_takes_the_same_queries_for_1_and_30_of_everything(as_admin):
    counts = []
    for more in (1, 29):
        for _ in range(more):
            conversation = ConversationFactory(customer__workspace=WorkspaceFactory())
            BillingEntryFactory(conversation=conversation)
            TimerFactory(conversation=conversation)
        as_admin.get("/admin/")
        with CaptureQueriesContext(connection) as queries:
            assert as_admin.get("/admin/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_models_are_grouped_as_people_think_of_them(as_admin):
    groups = as_admin.get("/admin/").context["app_list"]
    assert [(str(group["name"]), [model["name"] for model in group["models"]]) for group in groups] == [
        ("Workspaces", ["Workspaces", "Memberships", "Users"]),
        ("Conversations", ["Customers", "Conversations", "Messages"]),
        ("Billing", ["Billing types", "Billing entries", "Export batches"]),
        ("Timers", ["Timers", "Intervals"]),
        (
            "Sign-in and permissions",
            ["Groups", "Access attempts", "Access failures", "Access logs", "Social accounts"],
        ),
    ]


def test_groups_in_which_the_user_may_see_nothing_are_left_out(db):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_customer", "view_timer"]))
    groups = sign_in(staff).get("/admin/").context["app_list"]
    assert [str(group["name"]) for group in groups] == ["Conversations", "Timers"]


def test_the_models_stand_beside_every_page_and_the_one_shown_is_marked(as_admin):
    page = as_admin.get("/admin/billing/billingtype/add/").content.decode()
    navigation = page[page.index('id="admin-nav"') : page.index("</nav>", page.index('id="admin-nav"'))]
    assert navigation.count("<li>") == 16
    assert re.findall(r'aria-current="page">(.*?)<', navigation) == ["Billing types"]


# Under our name


def test_the_pages_carry_the_name_and_a_way_back(as_admin):
    page = as_admin.get("/admin/").content.decode()
    assert "<title>Administration · Stint</title>" in page
    assert re.search(r'<a [^>]*href="/">View site</a>', page)


def test_a_list_is_called_what_it_lists(as_admin):
    page = as_admin.get("/admin/billing/billingentry/").content.decode()
    assert "<title>Billing entries · Stint</title>" in page
    assert "<h1>Billing entries</h1>" in page


def test_the_door_is_that_of_the_application(client):
    page = client.get("/admin/login/", follow=True).content.decode()
    assert "<title>Sign in · Stint</title>" in page
    assert 'class="door"' in page


def test_whoever_is_signed_in_but_no_staff_is_told_so_at_the_door(as_agent):
    page = as_agent.get("/admin/", follow=True).content.decode()
    assert "You are authenticated as agent" in page


def test_staff_get_in_at_the_door_and_where_they_wanted(client, admin):
    door = client.get("/admin/login/?next=/admin/billing/").url
    sent = {"username": "admin", "password": "password", "next": "/admin/billing/"}
    assert client.post(door, sent).url == "/admin/billing/"


def test_what_is_not_there_is_told_as_a_page_of_the_admin(as_admin):
    for url in ("/admin/nope/", "/admin/billing/nope/", "/admin/billing/billingtype/0/history/"):
        response = as_admin.get(url)
        assert response.status_code == 404
        page = response.content.decode()
        assert "<title>Not found · Stint</title>" in page
        assert 'href="/admin/">' in page


def test_so_is_what_the_user_may_not_do(billing_type):
    staff = UserFactory(is_staff=True)
    for url in ("/admin/billing/billingtype/", f"/admin/billing/billingtype/{billing_type.pk}/change/"):
        response = sign_in(staff).get(url)
        assert response.status_code == 403
        page = response.content.decode()
        assert "<title>Not allowed · Stint</title>" in page
        assert "Not among your permissions" in page


def test_times_say_that_they_are_in_utc(as_admin):
    assert "Times are in UTC." in as_admin.get("/admin/").content.decode()
