"""The page of one entry: looking, changing, calculating."""

from datetime import date
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from billing.forms import ANOTHER_FIGURE
from billing.models import BillingEntry, BillingType
from conversations.models import Conversation
from tests.billing.entry_page import HTMX, address, columns, decide, shown
from tests.factories import BillingEntryFactory, BillingTypeFactory
from workspaces.models import Membership, User, Workspace


@pytest.fixture
def entry(agent: User, conversation: Conversation) -> BillingEntry:
    """0:52:13 recorded, 1:00:00 billed, 120.00 EUR."""
    return BillingEntryFactory(
        user=agent, conversation=conversation, day=date(2026, 11, 19), description="MTU"
    )


@pytest.fixture
def six_minutes(workspace: Workspace) -> BillingType:
    return BillingTypeFactory(
        workspace=workspace, name="Partner advice", increment_minutes=6, rate=28_000, kind="time"
    )


# Looking


def test_the_page_shows_the_form_the_raw_time_and_the_receipt(as_agent: Client, entry: BillingEntry) -> None:
    html = as_agent.get(address(entry)).content.decode()
    assert 'name="billed" value="1:00"' in html
    assert '<time datetime="PT3133S">0:52:13</time>' in html
    assert 'class="ruler"' in html
    assert "rounded up to 15 min" in html
    assert 'href="/conversations/' in html
    assert 'name="raw_seconds"' not in html


def test_an_adjusted_entry_shows_the_calculated_and_the_chosen_figure(
    as_agent: Client, agent: User, entry: BillingEntry
) -> None:
    entry.revise(by=agent, version=entry.version, now=timezone.now(), billed_seconds=4500)
    html = as_agent.get(address(entry)).content.decode()
    assert "<dt>By the rule</dt><dd>1:00:00</dd>" in html
    assert "<dt>Adjusted to</dt><dd>1:15:00</dd>" in html


@pytest.mark.parametrize(
    ("state", "agents", "managers"),
    [
        ("new", True, True),
        ("returned", True, False),
        ("approved", False, False),
        ("invoiced", False, False),
        ("discarded", False, False),
    ],
)
def test_who_may_change_it_depends_on_its_state(
    as_agent: Client,
    as_manager: Client,
    manager: User,
    entry: BillingEntry,
    state: str,
    agents: bool,
    managers: bool,
) -> None:
    decide(entry, state, manager)
    for client, editable in ((as_agent, agents), (as_manager, managers)):
        response = client.get(address(entry))
        assert response.status_code == 200
        assert (b'name="billed"' in response.content) is editable


def test_nobody_else_can_tell_it_from_one_that_does_not_exist(
    as_colleague: Client, as_outsider: Client, as_admin: Client, entry: BillingEntry
) -> None:
    before = columns(entry)
    for client in (as_colleague, as_outsider, as_admin):
        assert client.get(address(entry)).status_code == 404
        for verb in ("", "calculate/", "discard/", "reinstate/"):
            missing = client.post(f"/billing/{10**18 - 1}/{verb}", shown(entry))
            refused = client.post(address(entry, verb), shown(entry))
            assert (refused.status_code, missing.status_code) == (404, 404)
    assert columns(entry) == before


def test_a_former_member_sees_their_entries_no_more(
    as_agent: Client, agent: User, entry: BillingEntry
) -> None:
    Membership.objects.filter(user=agent).delete()
    assert as_agent.get(address(entry)).status_code == 404
    assert as_agent.post(address(entry), shown(entry)).status_code == 404


def test_what_changes_an_entry_is_not_done_by_looking(as_agent: Client, entry: BillingEntry) -> None:
    for verb in ("calculate/", "discard/", "reinstate/"):
        assert as_agent.get(address(entry, verb)).status_code == 405
    assert as_agent.put(address(entry)).status_code == 405


# Saving


def test_saving_leads_to_the_week_of_the_entry(as_agent: Client, entry: BillingEntry) -> None:
    response = as_agent.post(address(entry), shown(entry, billed="90m", description="Second attempt"))
    assert (response.status_code, response.url) == (302, "/billing/?week=2026-W47")
    entry.refresh_from_db()
    assert (entry.billed_seconds, entry.amount, entry.description) == (5400, 18_000, "Second attempt")
    assert entry.confirmed_at
    page = as_agent.get(response.url)
    assert f"Saved 1:30:00, 180.00 EUR on #{entry.conversation_id}." in page.content.decode()


def test_a_manager_is_led_back_to_the_review(as_manager: Client, manager: User, entry: BillingEntry) -> None:
    response = as_manager.post(address(entry), shown(entry, billed="45m"))
    assert (response.status_code, response.url) == (302, "/billing/review/")
    entry.refresh_from_db()
    assert (entry.amount, entry.confirmed_at) == (9000, None)
    assert entry.history.first().history_user == manager


def test_htmx_is_led_there_too(as_agent: Client, entry: BillingEntry) -> None:
    response = as_agent.post(address(entry), shown(entry), headers=HTMX)
    assert response["HX-Redirect"] == "/billing/?week=2026-W47"


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/billing/review/?page=2", "/billing/review/?page=2"),
        ("//evil.example", "/billing/?week=2026-W47"),
        ("https://evil.example/", "/billing/?week=2026-W47"),
        ("javascript:alert(1)", "/billing/?week=2026-W47"),
        ("", "/billing/?week=2026-W47"),
    ],
)
def test_the_next_page_is_one_of_ours(
    as_agent: Client, entry: BillingEntry, wanted: str, reached: str
) -> None:
    page = as_agent.get(address(entry), {"next": wanted}).content.decode()
    assert ('value="/billing/review/?page=2"' in page) is (wanted == reached)
    assert as_agent.post(address(entry), shown(entry, next=wanted)).url == reached


def test_extra_fields_are_ignored(
    as_agent: Client, manager: User, other_workspace: Workspace, entry: BillingEntry
) -> None:
    before = columns(entry)
    forged = {
        "id": "1",
        "amount": "1",
        "batch": "1",
        "by_hand": "on",
        "calculated_seconds": "1",
        "confirmed_at": "2020-01-01",
        "conversation": "1",
        "currency": "JPY",
        "explanation": "x",
        "rate": "1",
        "raw_seconds": "1",
        "return_comment": "x",
        "reviewed_by": str(manager.pk),
        "rule": "{}",
        "state": "approved",
        "user": str(manager.pk),
        "workspace": str(other_workspace.pk),
    }
    assert as_agent.post(address(entry), shown(entry) | forged).status_code == 302
    after = columns(entry)
    assert after["confirmed_at"] == after["updated_at"] > before["updated_at"]
    changed = {name: after[name] for name in ("confirmed_at", "updated_at")}
    assert after == before | changed | {"version": before["version"] + 1}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("billed", "abc", "Write 1:30, 90m, 1.5h or 1.5."),
        ("billed", "25:99", "Write 1:30, 90m, 1.5h or 1.5."),
        ("billed", "999999", "That is more than 100,000 hours."),
        ("date", "1999-12-31", "Choose a day from 2000 to 2099."),
        ("description", "x" * 2001, "at most 2000 characters"),
        ("kind", "gift", "Select a valid choice"),
        ("billing_type", "9" * 31, "Select a valid choice"),
    ],
)
def test_an_invalid_form_comes_back_with_what_is_accepted(
    as_agent: Client, entry: BillingEntry, field: str, value: str, message: str
) -> None:
    before = columns(entry)
    response = as_agent.post(address(entry), shown(entry, **{field: value}))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert columns(entry) == before


def test_a_foreign_billing_type_is_refused(
    as_agent: Client, other_workspace: Workspace, entry: BillingEntry
) -> None:
    before = columns(entry)
    foreign = other_workspace.default_billing_type_id
    response = as_agent.post(address(entry), shown(entry, billing_type=foreign))
    assert response.status_code == 422
    assert b"Elsewhere" not in response.content
    assert columns(entry) == before


def test_an_unseen_figure_is_shown_before_it_is_saved(
    as_agent: Client, entry: BillingEntry, six_minutes: BillingType
) -> None:
    response = as_agent.post(address(entry), shown(entry, billing_type=six_minutes.pk))
    html = response.content.decode()
    assert response.status_code == 422
    assert str(ANOTHER_FIGURE) in html
    assert "252.00 EUR" in html
    assert 'name="billed" value="0:54"' in html
    seen = f"{six_minutes.fingerprint}-3240"
    assert f'value="{seen}"' in html
    again = shown(entry, billing_type=six_minutes.pk, billed="0:54", seen=seen)
    assert as_agent.post(address(entry), again).status_code == 302


def test_saving_a_returned_entry_sends_it_back_to_new(
    as_agent: Client, manager: User, entry: BillingEntry
) -> None:
    entry.return_(by=manager, comment="Split it", now=timezone.now())
    assert "Split it" in as_agent.get(address(entry)).content.decode()
    assert as_agent.post(address(entry), shown(entry)).status_code == 302
    entry.refresh_from_db()
    assert entry.state == "new"


# Two at once


def test_the_later_one_is_shown_both_versions(as_agent: Client, manager: User, entry: BillingEntry) -> None:
    mine = shown(entry, billed="1:30", description="Mine")
    entry.revise(
        by=manager, version=entry.version, now=timezone.now(), billed_seconds=2700, description="Theirs"
    )
    before = columns(entry)
    response = as_agent.post(address(entry), mine)
    html = response.content.decode()
    assert response.status_code == 409
    assert "<strong>Margarethe Oberländer saved it at" in html
    assert "<td>0:45:00</td><td><mark>1:30:00</mark></td>" in html
    assert "<td>Theirs</td><td><mark>Mine</mark></td>" in html
    assert "<td>90.00 EUR</td><td><mark>180.00 EUR</mark></td>" in html
    assert f'href="{address(entry)}">Keep the saved one</a>' in html
    assert columns(entry) == before
    assert as_agent.post(address(entry), hidden_fields(html)).status_code == 302
    entry.refresh_from_db()
    assert (entry.billed_seconds, entry.description) == (5400, "Mine")


def test_versions_that_do_not_differ_are_not_put_side_by_side(
    as_agent: Client, manager: User, entry: BillingEntry
) -> None:
    mine = shown(entry)
    entry.revise(by=manager, version=entry.version, now=timezone.now())
    response = as_agent.post(address(entry), mine)
    assert response.status_code == 409
    assert b"<table" not in response.content


def test_a_form_that_is_sent_twice_is_saved_once(as_agent: Client, entry: BillingEntry) -> None:
    mine = shown(entry, description="Mine")
    for _ in range(2):
        assert as_agent.post(address(entry), mine).status_code == 302
    entry.refresh_from_db()
    assert (entry.description, entry.version) == ("Mine", 2)


def test_mine_is_not_saved_over_a_third_change(as_agent: Client, manager: User, entry: BillingEntry) -> None:
    mine = shown(entry, description="Mine")
    entry.revise(by=manager, version=entry.version, now=timezone.now(), description="Second")
    over = hidden_fields(as_agent.post(address(entry), mine).content.decode())
    entry.revise(by=manager, version=entry.version, now=timezone.now(), description="Third")
    assert as_agent.post(address(entry), over).status_code == 409
    entry.refresh_from_db()
    assert entry.description == "Third"


@pytest.mark.parametrize("changes", [{}, {"billed": "nonsense"}])
def test_an_entry_that_was_approved_meanwhile_stays_as_it_is(
    as_agent: Client, manager: User, entry: BillingEntry, changes: dict[str, str]
) -> None:
    mine = shown(entry, description="Mine", **changes)
    entry.approve(by=manager, now=timezone.now())
    before = columns(entry)
    response = as_agent.post(address(entry), mine)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Margarethe Oberländer approved it" in html
    assert "Save mine over it" not in html
    assert columns(entry) == before


def test_a_manager_does_not_change_what_waits_for_its_agent(
    as_manager: Client, manager: User, entry: BillingEntry
) -> None:
    entry.return_(by=manager, comment="Split it", now=timezone.now())
    before = columns(entry)
    assert as_manager.post(address(entry), shown(entry, billed="2:00")).status_code == 409
    assert columns(entry) == before


def hidden_fields(html: str) -> dict[str, str]:
    """What the form of a conflict would send."""
    found: dict[str, str] = {}

    class Inputs(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            if tag == "input" and values.get("type") == "hidden":
                found[values["name"] or ""] = values.get("value") or ""

    Inputs().feed(html)
    return found


# Calculating while it is filled in


def test_calculating_changes_nothing(as_agent: Client, entry: BillingEntry, six_minutes: BillingType) -> None:
    before, records = columns(entry), entry.history.count()
    response = as_agent.post(
        address(entry, "calculate/"), shown(entry, billing_type=six_minutes.pk), headers=HTMX
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "252.00 EUR" in html
    assert 'id="entry-billed-field"' in html
    assert 'value="0:54"' in html
    assert f'id="entry-seen" value="{six_minutes.fingerprint}-3240" hx-swap-oob="true"' in html
    assert str(ANOTHER_FIGURE) not in html
    assert (columns(entry), entry.history.count()) == (before, records)


def test_a_billed_time_is_calculated_without_writing_it_over(as_agent: Client, entry: BillingEntry) -> None:
    response = as_agent.post(address(entry, "calculate/"), shown(entry, billed="1:30", date=""))
    assert response.status_code == 200
    assert b"180.00 EUR" in response.content
    assert b"entry-billed-field" not in response.content


def test_a_time_entry_is_said_to_be_internal(as_agent: Client, entry: BillingEntry) -> None:
    html = as_agent.post(address(entry, "calculate/"), shown(entry, kind="time")).content.decode()
    assert "the customer is not billed" in html


def test_what_cannot_be_calculated_says_what_is_accepted(as_agent: Client, entry: BillingEntry) -> None:
    response = as_agent.post(address(entry, "calculate/"), shown(entry, billed="abc"))
    assert response.status_code == 422
    assert b"Write 1:30, 90m, 1.5h or 1.5." in response.content
