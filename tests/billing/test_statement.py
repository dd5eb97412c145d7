"""What a customer is charged, on paper: which charges, how they are worded, and their sums."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import BillingEntry, ExportBatch
from tests.cast import sign_in
from tests.factories import (
    BillingEntryFactory,
    BillingTypeFactory,
    ConversationFactory,
    CustomerFactory,
    MembershipFactory,
)
from workspaces.models import Membership, User

PAGE = "/billing/statement/"
#: A Wednesday.
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_march():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def charge(agent, conversation):
    """Approved, of 4 March: 0:52:13 made 1:00:00, 120.00 EUR."""
    return make(agent, conversation)


def make(user, conversation, **fields):
    usual = {"state": "approved", "day": date(2026, 3, 4), "description": "MTU reset", "confirmed_at": NOW}
    return BillingEntryFactory(user=user, conversation=conversation, **usual | fields)


def ask(client, status=200, **query):
    response = client.get(PAGE, query)
    assert response.status_code == status
    return response.context["statement"], " ".join(response.content.decode().split())


def entries(client, **query):
    return [line.entry for line in ask(client, **query)[0].lines]


def test_a_statement_names_whoever_charges_whom_for_which_days(as_manager, charge, customer):
    statement, page = ask(as_manager, customer=customer.pk)
    assert statement.period == "March 2026"
    for said in (
        "<title>Statement for Reederei Hansen &amp; Söhne, March 2026 · Stint</title>",
        "<dt>From</dt><dd>Kanzlei Brandt &amp; Ohlsen</dd>",
        "<dt>For</dt><dd>Reederei Hansen &amp; Söhne</dd>",
        "<dt>Period</dt><dd>March 2026</dd>",
        "<dt>Printed on</dt><dd>18 March 2026</dd>",
        "data-print",
    ):
        assert said in page


def test_a_charge_says_when_what_who_by_which_rule_how_much(as_manager, charge, customer):
    (line,), page = [ask(as_manager, customer=customer.pk)[0].lines, ask(as_manager, customer=customer.pk)[1]]
    assert line.quantity == "1.00 h"
    assert line.rule.summary == "120.00 EUR per hour, rounded up to 15 min"
    for said in (
        '<time datetime="2026-03-04">4 Mar 2026</time>',
        ">MTU reset</a>",
        f"<small>#{charge.conversation_id} VPN drops after update · Katharina Wiegand</small>",
        f'class="rule">{line.rule.summary}</td>',
        "1:00:00<small>1.00 h</small>",
        'class="num amount">120.00</td>',
        "Amount, EUR",
        "Total of 1 charge<",
        "120.00 EUR</td>",
    ):
        assert said in page


def test_the_rule_is_the_one_under_which_the_charge_was_made(as_manager, charge, customer, billing_type):
    billing_type.rate = 99900
    billing_type.save()
    (line,) = ask(as_manager, customer=customer.pk)[0].lines
    assert line.rule.summary.startswith("120.00 EUR per hour")


def test_a_quantity_is_counted_in_the_unit_of_the_rule(as_manager, agent, conversation, customer, workspace):
    by_day = BillingTypeFactory(workspace=workspace, unit="day", rate=80000, rounding="none")
    make(agent, conversation, billing_type=by_day, raw_seconds=4 * 3600)
    (line,) = ask(as_manager, customer=customer.pk)[0].lines
    assert (line.quantity, line.entry.amount) == ("0.50 d", 40000)


def test_only_approved_and_invoiced_service_charges_of_this_customer_count(
    as_manager, agent, conversation, customer, workspace, charge
):
    invoiced = make(agent, conversation, state="invoiced", day=date(2026, 3, 2))
    for state in ("new", "returned", "discarded"):
        make(agent, conversation, state=state)
    make(agent, conversation, kind="time")
    make(agent, ConversationFactory(customer__workspace=workspace))
    assert entries(as_manager, customer=customer.pk) == [invoiced, charge]


def test_what_is_not_approved_yet_is_counted_beside_it(as_manager, agent, conversation, customer, charge):
    for state in ("new", "returned", "discarded"):
        make(agent, conversation, state=state)
    make(agent, conversation, state="new", day=date(2026, 2, 28))
    statement, page = ask(as_manager, customer=customer.pk)
    assert statement.waiting == 2
    assert "2 charges of these days are not approved yet, and are not in here." in page


def test_charges_in_two_currencies_have_a_sum_each(
    as_manager, agent, conversation, customer, workspace, charge
):
    workspace.currency = "JPY"
    workspace.save()
    conversation.refresh_from_db()
    make(agent, conversation, billing_type=BillingTypeFactory(workspace=workspace, rate=5000))
    statement, page = ask(as_manager, customer=customer.pk)
    assert {currency: sums.money for currency, sums in statement.totals.items()} == {
        "EUR": "120.00 EUR",
        "JPY": "5,000 JPY",
    }
    assert "Amount, " not in page
    assert 'class="num amount">5,000 JPY</td>' in page


class TestDays:
    @pytest.fixture
    def days(self, agent, conversation):
        wanted = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31)]
        return {day.isoformat(): make(agent, conversation, day=day) for day in wanted}

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ({}, ["2026-03-01", "2026-03-31"]),
            ({"dates": "2026-03"}, ["2026-03-01", "2026-03-31"]),
            ({"dates": "2026-02"}, ["2026-02-01", "2026-02-28"]),
            ({"dates": "2026-02", "since": "2026-01-01"}, ["2026-02-01", "2026-02-28"]),
            (
                {"dates": "range", "since": "2026-01-31", "until": "2026-02-28"},
                ["2026-01-31", "2026-02-01", "2026-02-28"],
            ),
            ({"dates": "range", "since": "2026-03-01"}, ["2026-03-01", "2026-03-31"]),
            ({"dates": "range", "until": "2026-01-31"}, ["2026-01-31"]),
        ],
    )
    def test_a_month_or_any_other_days(self, as_manager, days, customer, query, shown):
        assert entries(as_manager, customer=customer.pk, **query) == [days[day] for day in shown]

    def test_other_days_are_named_by_the_first_and_the_last(self, as_manager, days, customer):
        query = {"customer": customer.pk, "dates": "range"}
        assert ask(as_manager, **query)[0].period == "31 January 2026 – 31 March 2026"
        bounded = ask(as_manager, **query, since="2026-02-01", until="2026-02-10")[0]
        assert bounded.period == "1 February 2026 – 10 February 2026"

    def test_the_last_two_years_are_offered_month_by_month(self, as_manager):
        filters = as_manager.get(PAGE).context["filters"]
        offered = [value for value, _ in filters.fields["dates"].choices]
        assert (offered[0], offered[2], offered[3], offered[23]) == (
            "2026-03",
            "2026-01",
            "2025-12",
            "2024-04",
        )
        assert offered[24:] == ["range"]

    def test_it_is_printed_on_the_day_that_it_is_in_the_workspace(self, manager, charge, customer):
        with time_machine.travel(datetime(2026, 3, 31, 22, 30, tzinfo=UTC), tick=False):
            statement, _ = ask(sign_in(manager), customer=customer.pk)
        assert statement.printed_on == date(2026, 4, 1)
        assert statement.period == "April 2026"


class TestBatch:
    @pytest.fixture
    def batch(self, charge, manager, workspace):
        return ExportBatch.objects.create_from_approved(workspace, by=manager, now=NOW)

    def test_the_statement_of_a_batch_has_what_is_in_it_whatever_the_month(
        self, as_manager, agent, conversation, customer, workspace, manager, batch
    ):
        make(agent, conversation)
        old = make(agent, conversation, day=date(2024, 12, 30))
        second = ExportBatch.objects.create_from_approved(workspace, by=manager, now=NOW)
        shown = entries(as_manager, customer=customer.pk, batch=second.pk)
        assert [entry.date.isoformat() for entry in shown] == ["2024-12-30", "2026-03-04"]
        assert shown[0] == old
        statement, page = ask(as_manager, customer=customer.pk, batch=second.pk)
        assert statement.period == "30 December 2024 – 4 March 2026"
        assert "<dt>Batch</dt><dd>2</dd>" in page

    def test_a_batch_leads_to_the_customers_in_it(self, as_manager, batch, customer):
        assert f'href="{PAGE}?batch={batch.pk}"' in as_manager.get("/billing/batches/").content.decode()
        statement, page = ask(as_manager, batch=batch.pk)
        assert [(each, sums.money) for each, sums in statement.customers] == [(customer, "120.00 EUR")]
        assert f'href="{PAGE}?batch={batch.pk}&amp;customer={customer.pk}"' in page

    def test_a_reversed_batch_has_no_statement(self, as_manager, manager, batch):
        batch.reverse(by=manager, now=NOW)
        ask(as_manager, status=422, batch=batch.pk)


def test_while_no_customer_is_chosen_each_one_has_its_sum(as_manager, agent, conversation, workspace, charge):
    make(agent, conversation)
    other = CustomerFactory(workspace=workspace, name="Ärztehaus am Park")
    make(agent, ConversationFactory(customer=other))
    statement, page = ask(as_manager)
    assert [(each.name, sums.count, sums.money) for each, sums in statement.customers] == [
        ("Reederei Hansen & Söhne", 2, "240.00 EUR"),
        ("Ärztehaus am Park", 1, "120.00 EUR"),
    ]
    assert f'href="{PAGE}?customer={other.pk}"' in page
    assert "data-print" not in page


def test_nothing_of_other_workspaces_is_charged(
    as_manager, manager, outsider, other_workspace, foreign_conversation, charge
):
    MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.AGENT)
    make(outsider, foreign_conversation)
    statement, page = ask(as_manager)
    assert [each.name for each, _ in statement.customers] == ["Reederei Hansen & Söhne"]
    assert foreign_conversation.customer.name not in page


def test_a_customer_of_another_workspace_answers_as_one_that_does_not_exist(
    as_manager, foreign_conversation, outsider, other_workspace
):
    make(outsider, foreign_conversation)
    batch = ExportBatch.objects.create_from_approved(other_workspace, by=outsider, now=NOW)
    for field, pk in (("customer", foreign_conversation.customer_id), ("batch", batch.pk)):
        there, nowhere = (as_manager.get(PAGE, {field: each}) for each in (pk, 999_999_999_999))
        assert there.status_code == nowhere.status_code == 422
        assert there.context["filters"].errors == nowhere.context["filters"].errors
        assert there.context["statement"].customers == []


@pytest.mark.parametrize("field", ["customer", "batch", "dates", "since", "until"])
@pytest.mark.parametrize("value", ["x", "-1", "NaN", "2026-13", "0000-00", "1" * 5000, str(10**30)])
def test_what_makes_no_sense_is_told_and_nothing_is_shown(as_manager, charge, field, value):
    statement, page = ask(as_manager, status=422, **{"dates": "range", field: value})
    assert "There is no such filter, so nothing is shown" in page
    assert statement.customers == []


def test_days_that_end_before_they_begin_are_refused(as_manager, charge, customer):
    query = {"customer": customer.pk, "dates": "range", "since": "2026-03-05", "until": "2026-03-04"}
    statement, page = ask(as_manager, status=422, **query)
    assert "The last day is before the first." in page
    assert statement.lines == []


def test_an_empty_month_leads_to_the_last_one_or_to_the_review(as_manager, agent, conversation, customer):
    _, page = ask(as_manager, customer=customer.pk)
    assert "No service charge for Reederei Hansen &amp; Söhne is approved or invoiced in these days." in page
    assert f'href="{PAGE}?customer={customer.pk}&amp;dates=2026-02"' in page
    make(agent, conversation, state="new")
    _, page = ask(as_manager, customer=customer.pk)
    assert f'class="button" href="/billing/review/?customer={customer.pk}"' in page


def test_a_long_statement_takes_as_many_queries_as_a_short_one(
    as_manager, agent, conversation, customer, charge
):
    with CaptureQueriesContext(connection) as few:
        ask(as_manager, customer=customer.pk)
    for _ in range(29):
        make(agent, conversation)
    with CaptureQueriesContext(connection) as many:
        ask(as_manager, customer=customer.pk)
    assert len(many) == len(few)


def test_many_customers_take_as_many_queries_as_one(as_manager, agent, workspace, charge):
    with CaptureQueriesContext(connection) as few:
        ask(as_manager)
    for _ in range(29):
        make(agent, ConversationFactory(customer__workspace=workspace))
    with CaptureQueriesContext(connection) as many:
        ask(as_manager)
    assert len(many) == len(few)


def test_what_somebody_wrote_is_text_and_nothing_else(as_manager, agent, conversation, customer):
    make(agent, conversation, description="<script>alert(1)</script>")
    assert "<script>alert" not in ask(as_manager, customer=customer.pk)[1]


def test_export_leads_to_the_statements(as_manager, workspace):
    assert f'href="{PAGE}"' in as_manager.get("/billing/batches/").content.decode()


def test_a_statement_changes_nothing(as_manager, charge, customer):
    before = list(BillingEntry.objects.values())
    ask(as_manager, customer=customer.pk)
    assert list(BillingEntry.objects.values()) == before


def test_customers_of_several_workspaces_stand_under_theirs(
    manager, other_workspace, foreign_conversation, customer
):
    MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.MANAGER)
    _, page = ask(sign_in(User.objects.get(pk=manager.pk)))
    assert '<optgroup label="Elsewhere Ltd">' in page
