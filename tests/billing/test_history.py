"""The history that a manager reads: who changed what, worded, filtered, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.history import PER_PAGE
from billing.models import BillingEntry, BillingType
from conversations.models import Customer
from tests.cast import sign_in
from tests.factories import (
    BillingEntryFactory,
    BillingTypeFactory,
    MembershipFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.tampering import unguarded
from workspaces.models import Membership, User, Workspace

PAGE = "/billing/history/"
#: A Wednesday, in Berlin 13:30.
NOW = datetime(2026, 3, 18, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def without_what_the_cast_brought(workspace, agent, manager, customer):
    forget(BillingEntry, BillingType, Workspace, Membership, Customer)


def forget(*models):
    with unguarded():
        for model in models:
            model.history.all().delete()


@pytest.fixture
def entry(agent, conversation):
    return BillingEntryFactory(user=agent, conversation=conversation, description="MTU reset", now=NOW)


def changes(client, query=""):
    """All that a page says of its changes: title, context, sentence, details."""
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 200
    found = [change for _, shown in response.context["history"].days for change in shown]
    page = response.content.decode()
    return response.context["history"], found, page


def only(client, query=""):
    _, (change,), _ = changes(client, query)
    return change


def save(thing, by, **values):
    for name, value in values.items():
        setattr(thing, name, value)
    thing._history_user = by
    thing.save()


def test_a_change_of_an_entry_says_who_did_what_and_what_became_what(as_manager, manager, agent, entry):
    entry.revise(by=agent, version=entry.version, now=NOW, billed_seconds=4500, description="MTU reset, log")
    _, (latest, first), page = changes(as_manager)
    assert first.sentence.startswith("Katharina Wiegand")
    assert latest.title == "MTU reset, log"
    named = ["18 Mar", f"#{entry.conversation_id}", "Reederei Hansen & Söhne", "Katharina Wiegand"]
    assert latest.context == named
    assert latest.sentence == "Katharina Wiegand saved it"
    assert latest.details == ["Billed 1:00:00 → 1:15:00", "Description: “MTU reset” → “MTU reset, log”"]
    assert f'href="/billing/{entry.pk}/"' in page


def test_a_change_of_a_rule_is_told_in_words_and_figures(as_manager, admin, billing_type):
    billing_type.archived_at = None
    save(billing_type, admin, minimum_minutes=None)
    save(
        billing_type,
        admin,
        name="Consulting",
        kind="time",
        unit="day",
        rate=13050,
        rounding="nearest",
        increment_minutes=90,
        minimum_minutes=15,
    )
    _, (latest, _), page = changes(as_manager)
    assert (latest.title, latest.context, latest.sentence) == (
        "Consulting",
        ["Billing type"],
        "Ada Min changed it",
    )
    assert latest.details == [
        "Name: Standard consulting → Consulting",
        "Produces: Service charge → Time entry",
        "Unit: hour → day",
        "Rate: 120.00 EUR → 130.50 EUR",
        "Rounding: up → nearest",
        "Increment: 15 min → 1 h 30 min",
        "Minimum: – → 15 min",
    ]
    assert "Rate: 120.00 EUR → 130.50 EUR" in page


def test_a_new_rule_says_what_it_is(as_manager, workspace):
    BillingTypeFactory(workspace=workspace, name="Night work", rate=20000)
    change = only(as_manager)
    assert (change.title, change.sentence) == ("Night work", "Somebody added it")
    assert change.details == ["200.00 EUR per hour, rounded up to 15 min"]


def test_archiving_a_rule_tells_the_moment_in_the_workspaces_zone(as_manager, admin, workspace):
    spare = BillingTypeFactory(workspace=workspace)
    save(spare, admin, archived_at=NOW)
    _, (latest, _), _ = changes(as_manager)
    assert latest.details == ["Archived at: – → 18 Mar 2026, 13:30"]


def test_settings_are_told_by_their_names_and_no_ids(as_manager, admin, workspace, billing_type):
    save(workspace, admin)
    other = BillingTypeFactory(workspace=workspace, name="Flat")
    save(
        workspace,
        admin,
        name="Brandt",
        hours_per_day=Decimal("7.50"),
        one_running_timer=True,
        default_billing_type=other,
    )
    save(workspace, admin, default_billing_type=None, time_zone="UTC", currency="USD")
    latest, before = changes(as_manager, "kind=workspace")[1][:2]
    assert (before.title, before.context) == ("Brandt", ["Workspace settings"])
    assert before.details == [
        "Name: Kanzlei Brandt & Ohlsen → Brandt",
        "Hours per day: 8 → 7.5",
        "One running timer per user: no → yes",
        "Default billing type: Standard consulting → Flat",
    ]
    assert latest.details == [
        "Time zone: Europe/Berlin → UTC",
        "Currency: EUR → USD",
        "Default billing type: Flat → –",
    ]


def test_a_default_that_was_deleted_since_has_no_id_either(as_manager, admin, workspace):
    gone = BillingTypeFactory(workspace=workspace)
    save(workspace, admin, default_billing_type=gone)
    save(workspace, admin, default_billing_type=None)
    BillingType.objects.filter(pk=gone.pk).delete()
    latest = changes(as_manager, "kind=workspace")[1][0]
    assert latest.details == ["Default billing type: a deleted billing type → –"]


def test_a_membership_names_its_person_and_the_roles(as_manager, admin, agent):
    membership = agent.memberships.get()
    save(membership, admin)
    save(membership, admin, role="manager")
    latest = changes(as_manager)[1][0]
    assert (latest.title, latest.context) == ("Katharina Wiegand", ["Membership"])
    assert (latest.sentence, latest.details) == ("Ada Min changed it", ["Role: Agent → Manager"])


def test_who_is_gone_is_told_as_that(as_manager, workspace):
    person = UserFactory()
    MembershipFactory(workspace=workspace, user=person)
    person.delete()
    removed, added = changes(as_manager)[1]
    assert (removed.title, removed.sentence) == ("A deleted user", "Somebody removed it")
    assert (added.title, added.details) == ("A deleted user", ["Agent"])


def test_saving_without_a_change_is_told_as_that(as_manager, admin, billing_type):
    save(billing_type, admin)
    save(billing_type, admin)
    latest = changes(as_manager)[1][0]
    assert (latest.sentence, latest.details) == ("Ada Min saved it without a change", [])


def test_what_somebody_wrote_is_text_and_nothing_else(as_manager, admin, billing_type, agent, conversation):
    save(billing_type, admin)
    save(billing_type, admin, name="<script>alert(1)</script>")
    BillingEntryFactory(user=agent, conversation=conversation, description='"><img src=x onerror=alert(1)>')
    page = changes(as_manager)[2]
    assert "<script>alert" not in page
    assert "<img" not in page


def test_nothing_of_other_workspaces_is_shown(
    as_manager, manager, admin, other_workspace, outsider, foreign_conversation
):
    MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.AGENT)
    BillingEntryFactory(user=outsider, conversation=foreign_conversation)
    save(other_workspace, admin, name="Renamed Ltd")
    assert changes(as_manager)[1] == []
    assert len(changes(sign_in(outsider), "kind=entry")[1]) == 1


def test_the_time_is_that_of_the_workspace(as_manager, agent, conversation, workspace):
    late = datetime(2026, 3, 18, 23, 30, tzinfo=UTC)
    BillingEntryFactory(user=agent, conversation=conversation, now=late)
    _, _, page = changes(as_manager)
    assert "Thursday, 19 March 2026" in page
    assert ">00:30</time>" in page


class TestFilters:
    @pytest.fixture
    def filled(self, entry, admin, billing_type, workspace, agent):
        """One of each kind; the entry by the agent, all else by the admin."""
        save(billing_type, admin)
        save(workspace, admin)
        save(agent.memberships.get(), admin)
        save(entry.conversation.customer, admin)

    @pytest.mark.parametrize("kind", ["entry", "type", "workspace", "membership", "customer"])
    def test_by_the_kind_of_thing(self, as_manager, filled, kind):
        assert [change.name for change in changes(as_manager, f"kind={kind}")[1]] == [kind]

    def test_by_whoever_did_it(self, as_manager, filled, agent, admin):
        assert [change.name for change in changes(as_manager, f"person={agent.pk}")[1]] == ["entry"]
        assert len(changes(as_manager, f"person={admin.pk}")[1]) == 4

    def test_those_who_did_something_here_are_offered(
        self, as_manager, filled, agent, admin, colleague, outsider
    ):
        save(outsider.memberships.get(), outsider)
        filters = as_manager.get(PAGE).context["filters"]
        assert list(filters.fields["person"].queryset) == [admin, agent]

    def test_by_workspace_where_there_are_several(self, manager, filled, other_workspace, admin):
        assert 'name="workspace"' not in sign_in(manager).get(PAGE).content.decode()
        MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.MANAGER)
        client = sign_in(User.objects.get(pk=manager.pk))
        save(other_workspace, admin)
        _, found, page = changes(client, f"workspace={other_workspace.pk}&kind=workspace")
        assert {change.title for change in found} == {"Elsewhere Ltd"}
        assert 'name="workspace"' in page

    def test_by_a_single_entry(self, as_manager, filled, entry, agent, conversation):
        BillingEntryFactory(user=agent, conversation=conversation)
        assert only(as_manager, f"entry={entry.pk}").record.id == entry.pk

    @pytest.mark.parametrize("field", ["person", "workspace", "entry"])
    def test_what_is_elsewhere_answers_as_what_does_not_exist(
        self, as_manager, field, outsider, other_workspace, foreign_conversation
    ):
        foreign = {
            "person": outsider,
            "workspace": other_workspace,
            "entry": BillingEntryFactory(user=outsider, conversation=foreign_conversation),
        }[field]
        there, nowhere = (as_manager.get(PAGE, {field: pk}) for pk in (foreign.pk, 999_999_999_999))
        assert there.status_code == nowhere.status_code == 422
        assert there.context["filters"].errors == nowhere.context["filters"].errors

    @pytest.mark.parametrize("field", ["kind", "person", "workspace", "entry", "before"])
    @pytest.mark.parametrize("value", ["x", "0", "-1", "NaN", "1" * 5000, str(10**30), "1-entry-1\n"])
    def test_what_makes_no_sense_is_told_and_nothing_is_shown(self, as_manager, filled, field, value):
        response = as_manager.get(PAGE, {field: value})
        assert response.status_code == 422
        assert "There is no such filter" in response.content.decode()
        assert response.context["history"].days == []


class TestPages:
    def walk(self, client, query=""):
        """The cursor and the kind and id of each change, from the latest page to the first."""
        pages, before = [], ""
        while True:
            history, found, _ = changes(client, f"{query}&before={before}")
            pages.append([str(change.cursor) for change in found])
            before = history.older
            if not before:
                return pages

    def test_every_change_is_on_exactly_one_page_also_those_of_one_moment(
        self, as_manager, agent, conversation, workspace, admin, billing_type
    ):
        with time_machine.travel(NOW, tick=False):
            for _ in range(PER_PAGE - 1):
                BillingEntryFactory(user=agent, conversation=conversation, now=NOW)
            for _ in range(PER_PAGE):
                save(billing_type, admin)
            for _ in range(PER_PAGE // 2):
                save(workspace, admin)
                save(agent.memberships.get(), admin)
        pages = self.walk(as_manager)
        assert [len(page) for page in pages] == [PER_PAGE, PER_PAGE, PER_PAGE - 1]
        shown = [cursor for page in pages for cursor in page]
        assert len(set(shown)) == len(shown) == 3 * PER_PAGE - 1

    def test_the_latest_comes_first(self, as_manager, agent, conversation, admin, billing_type):
        moments = [NOW - timedelta(minutes=minutes) for minutes in (5, 1, 9)]
        for moment in moments:
            BillingEntryFactory(user=agent, conversation=conversation, now=moment)
        with time_machine.travel(NOW - timedelta(minutes=3), tick=False):
            save(billing_type, admin)
        found = changes(as_manager)[1]
        assert [change.when for change in found] == sorted((c.when for c in found), reverse=True)
        assert [change.name for change in found] == ["entry", "type", "entry", "entry"]

    def test_the_links_keep_the_filters(self, as_manager, agent, conversation):
        for _ in range(PER_PAGE + 1):
            BillingEntryFactory(user=agent, conversation=conversation, now=NOW)
        history, _, page = changes(as_manager, "kind=entry")
        assert f'href="{PAGE}?kind=entry&amp;before={history.older}"' in page
        assert f'href="{PAGE}?kind=entry"' in changes(as_manager, f"kind=entry&before={history.older}")[2]

    def test_a_full_page_takes_as_many_queries_as_one_change(
        self, as_manager, admin, agent, conversation, workspace, billing_type
    ):
        membership = agent.memberships.get()

        def change_all(times):
            for _ in range(times):
                entry = BillingEntryFactory(user=agent, conversation=conversation)
                entry.revise(by=agent, version=entry.version, now=timezone.now(), description="x")
                for thing in (workspace, billing_type, membership, entry.conversation.customer):
                    save(thing, admin)

        change_all(2)
        with CaptureQueriesContext(connection) as few:
            changes(as_manager)
        change_all(30)
        with CaptureQueriesContext(connection) as many:
            changes(as_manager)
        assert len(many) == len(few)


def test_the_review_leads_to_the_history_and_an_entry_to_its_own(as_manager, entry):
    assert f'href="{PAGE}"' in as_manager.get("/billing/review/").content.decode()
    detail = as_manager.get(f"/billing/{entry.pk}/detail/", headers={"HX-Request": "true"}).content.decode()
    assert f'href="{PAGE}?entry={entry.pk}"' in detail


def test_a_workspace_in_which_nothing_was_changed_says_so(manager):
    Membership.objects.all().delete()
    fresh = WorkspaceFactory()
    MembershipFactory(workspace=fresh, user=manager, role=Membership.Role.MANAGER)
    forget(Workspace, Membership)
    page = changes(sign_in(manager))[2]
    assert "Nothing has been changed yet" in page
