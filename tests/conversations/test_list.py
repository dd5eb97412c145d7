"""The list of conversations: views, filters, order, search, pages."""

import pytest
from django.test import Client
from django.urls import reverse

from conversations.models import Conversation, Customer
from tests.cast import sign_in
from tests.factories import (
    BillingEntryFactory,
    ConversationFactory,
    CustomerFactory,
    MembershipFactory,
    MessageFactory,
    TimerFactory,
    WorkspaceFactory,
)
from workspaces.models import User, Workspace

URL = reverse("conversations:list")


def subjects(client: Client, **query: str | int) -> list[str]:
    response = client.get(URL, query)
    assert response.status_code == 200
    return [conversation.subject for conversation in response.context["page"]]


@pytest.fixture
def four(customer: Customer, agent: User, colleague: User) -> dict[str, Conversation]:
    """One of the agent's, one of the colleague's, one of nobody's, and a closed one of the agent's."""
    return {
        "mine": ConversationFactory(customer=customer, subject="mine", assignee=agent),
        "theirs": ConversationFactory(customer=customer, subject="theirs", assignee=colleague),
        "nobodys": ConversationFactory(customer=customer, subject="nobodys"),
        "closed": ConversationFactory(customer=customer, subject="closed", assignee=agent, state="closed"),
    }


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (None, {"mine", "theirs", "nobodys"}),
        ("open", {"mine", "theirs", "nobodys"}),
        ("mine", {"mine"}),
        ("unassigned", {"nobodys"}),
        ("closed", {"closed"}),
    ],
)
def test_each_view_shows_its_conversations(
    as_agent: Client, four: dict, view: str | None, expected: set[str]
) -> None:
    assert set(subjects(as_agent, **({"view": view} if view else {}))) == expected


def test_the_views_say_how_many_each_holds(as_agent: Client, four: dict) -> None:
    counts = as_agent.get(URL).context["counts"]
    assert counts == {"open": 3, "mine": 1, "unassigned": 1}
    found = as_agent.get(URL, {"q": "hansen"}).context["counts"]
    assert found == counts | {"closed": 1}
    assert as_agent.get(URL, {"view": "closed"}).context["counts"] == found


def test_each_view_is_counted_by_itself_and_to_an_end(
    as_agent: Client, agent: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspaces.counts.MOST", 2)
    ConversationFactory.create_batch(4, customer=customer)
    mine = [ConversationFactory(customer=customer, subject=name, assignee=agent) for name in "ab"]
    response = as_agent.get(URL, {"view": "mine"})
    counts = {view: str(count) for view, count in response.context["counts"].items()}
    assert counts == {"open": "2+", "mine": "2", "unassigned": "2+"}
    assert [row.pk for row in response.context["page"]] == [each.pk for each in reversed(mine)]


def test_pages_end_with_what_is_counted(
    as_agent: Client, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspaces.counts.MOST", 2)
    monkeypatch.setattr("conversations.listing.PER_PAGE", 1)
    for name in "abcd":
        ConversationFactory(customer=customer, subject=name)
    assert subjects(as_agent, page=99) == ["c"]
    assert "2–2 of 2+" in as_agent.get(URL, {"page": 2}).content.decode()


def test_a_customer_is_picked_out(as_agent: Client, four: dict, workspace: Workspace) -> None:
    other = CustomerFactory(workspace=workspace)
    ConversationFactory(customer=other, subject="the other's")
    assert subjects(as_agent, customer=other.pk) == ["the other's"]
    assert as_agent.get(URL, {"customer": other.pk}).context["counts"]["open"] == 1


def test_the_last_activity_comes_first_unless_asked_otherwise(as_agent: Client, four: dict) -> None:
    in_order = subjects(as_agent)
    assert in_order == ["nobodys", "theirs", "mine"]
    assert subjects(as_agent, sort="oldest") == in_order[::-1]


def test_most_time_counts_what_was_billed_but_not_what_was_discarded(as_agent: Client, four: dict) -> None:
    BillingEntryFactory(conversation=four["mine"], raw_seconds=3600)
    BillingEntryFactory(conversation=four["mine"], raw_seconds=3600)
    BillingEntryFactory(conversation=four["nobodys"], raw_seconds=3600)
    BillingEntryFactory(conversation=four["nobodys"], raw_seconds=36000, state="discarded")
    response = as_agent.get(URL, {"sort": "time"})
    rows = [(row.subject, row.logged_seconds) for row in response.context["page"]]
    assert rows == [("mine", 7200), ("nobodys", 3600), ("theirs", None)]
    assert '<span class="num logged-time">2:00</span>' in response.content.decode()


@pytest.mark.parametrize("text", ["VPN", "vpn hamburg", "Reederei vpn", "windows"])
def test_search_finds_every_word_in_subject_customer_or_messages(
    as_agent: Client, four: dict, customer: Customer, text: str
) -> None:
    found = ConversationFactory(customer=customer, subject="VPN drops in Hamburg")
    MessageFactory(conversation=found, body="Since last night’s Windows update.")
    assert subjects(as_agent, q=text) == ["VPN drops in Hamburg"]


def test_search_finds_a_number(as_agent: Client, four: dict) -> None:
    assert subjects(as_agent, q=four["theirs"].number) == ["theirs"]


def test_a_search_without_result_offers_to_be_cleared(as_agent: Client, four: dict) -> None:
    html = as_agent.get(URL, {"q": "<b>Lübeck"}).content.decode()
    assert "No conversation matches “&lt;b&gt;Lübeck”" in html
    assert "Clear the search" in html


def test_a_search_that_only_closed_ones_match_leads_to_them(as_agent: Client, four: dict) -> None:
    assert "Show 1 closed" in as_agent.get(URL, {"q": "closed"}).content.decode()


@pytest.mark.parametrize("field", ["view", "customer", "sort", "page", "q"])
@pytest.mark.parametrize("junk", ["x", "-1", "0", "9" * 30, "9" * 5000, "NaN", "١", "'\"<x>", " ", "\ud83d"])
def test_what_makes_no_sense_is_passed_over(as_agent: Client, four: dict, field: str, junk: str) -> None:
    response = as_agent.get(f"{URL}?{field}={junk.encode('utf-8', 'replace').decode()}")
    assert response.status_code == 200


def test_nul_is_refused(as_agent: Client) -> None:
    assert as_agent.get(f"{URL}?q=%00").status_code == 400


def test_another_workspaces_customer_is_passed_over(
    as_agent: Client, four: dict, foreign_conversation: Conversation
) -> None:
    assert len(subjects(as_agent, customer=foreign_conversation.customer_id)) == 3


def test_other_workspaces_are_invisible(as_outsider: Client, four: dict) -> None:
    response = as_outsider.get(URL)
    assert list(response.context["page"]) == []
    assert response.context["counts"]["open"] == 0
    assert "Reederei" not in response.content.decode()
    assert "No conversations yet" in response.content.decode()


def test_who_left_the_workspace_sees_nothing_any_more(as_agent: Client, agent: User, four: dict) -> None:
    agent.memberships.all().delete()
    html = as_agent.get(URL).content.decode()
    assert "You belong to no workspace" in html
    assert "Admin site" not in html


def test_an_admin_without_a_workspace_is_led_to_the_admin_site(as_admin: Client) -> None:
    html = as_admin.get(URL).content.decode()
    assert "You belong to no workspace" in html
    assert reverse("admin:index") in html


def test_only_get_is_allowed(as_agent: Client) -> None:
    assert as_agent.post(URL).status_code == 405


def test_a_visitor_is_sent_to_the_login(client: Client, db: None) -> None:
    assert client.get(URL).headers["Location"] == f"/accounts/login/?next={URL}"


def test_a_row_carries_my_open_timer_and_no_one_elses(
    as_agent: Client, agent: User, colleague: User, four: dict
) -> None:
    TimerFactory(conversation=four["mine"], user=agent)
    TimerFactory(conversation=four["theirs"], user=agent, state="stopped")
    TimerFactory(conversation=four["nobodys"], user=colleague)
    html = as_agent.get(URL).content.decode()
    rows = html[html.index('class="conversations"') :]
    assert rows.count('data-state="green" role="img" aria-label="Timer running"') == 1
    assert rows.count('data-state="red" role="img" aria-label="Timer stopped"') == 1
    assert rows.count("data-seconds=") == 2


def test_what_waits_for_a_reply_stands_out(as_agent: Client, customer: Customer) -> None:
    ConversationFactory(customer=customer, awaiting_reply=True)
    assert '<li class="unread">' in as_agent.get(URL).content.decode()


def test_a_page_holds_thirty(as_agent: Client, customer: Customer) -> None:
    ConversationFactory.create_batch(31, customer=customer)
    assert len(subjects(as_agent)) == 30
    assert len(subjects(as_agent, page=2)) == 1
    assert len(subjects(as_agent, page=999)) == 1


def test_customers_are_grouped_where_the_user_has_several_workspaces(agent: User, customer: Customer) -> None:
    second = WorkspaceFactory(name="Second & Sons")
    MembershipFactory(workspace=second, user=agent)
    CustomerFactory(workspace=second, name="Theirs")
    html = sign_in(agent).get(URL).content.decode()
    assert '<optgroup label="Second &amp; Sons">' in html
    assert html.count("<optgroup") == 2


def test_one_workspaces_customers_need_no_group(as_agent: Client, customer: Customer) -> None:
    assert "<optgroup" not in as_agent.get(URL).content.decode()
