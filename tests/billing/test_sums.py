"""What entries come to together, added up in memory and by the database."""

import pytest

from billing.models import BillingEntry
from billing.sums import Sums
from tests.factories import BillingEntryFactory, BillingTypeFactory, ConversationFactory, WorkspaceFactory


@pytest.fixture
def entries(agent, colleague, conversation):
    """A charge and internal time in euros, a charge worth nothing in dollars, and internal time in yen."""
    elsewhere = {}
    for currency in ("USD", "JPY"):
        workspace = WorkspaceFactory(currency=currency)
        place = ConversationFactory(customer__workspace=workspace)
        rule = BillingTypeFactory(workspace=workspace, rate=0)
        elsewhere[currency] = {"conversation": place, "billing_type": rule}
    return [
        BillingEntryFactory(user=agent, conversation=conversation),
        BillingEntryFactory(user=colleague, conversation=conversation, kind="time"),
        BillingEntryFactory(user=agent, **elsewhere["USD"]),
        BillingEntryFactory(user=agent, **elsewhere["JPY"], kind="time"),
    ]


def test_only_service_charges_count_as_money(entries):
    sums = Sums.of(entries)
    assert sums == Sums(4, 4 * 3133, 4 * 3600, {"EUR": 12_000, "USD": 0})
    assert sums.money == "120.00 EUR, 0.00 USD"


def test_nothing_comes_to_nothing(db):
    assert Sums.of([]) == BillingEntry.objects.sums() == Sums()
    assert Sums().money == ""
    assert BillingEntry.objects.sums_by("workspace") == {}


def test_the_database_adds_up_the_same_in_one_query(entries, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert BillingEntry.objects.order_by("-amount").sums() == Sums.of(entries)


@pytest.mark.parametrize("field", ["user", "workspace", "kind", "currency"])
def test_the_database_adds_up_the_same_by_a_field(entries, field, django_assert_num_queries):
    name = f"{field}_id" if field in ("user", "workspace") else field
    values = {getattr(entry, name) for entry in entries}
    expected = {value: Sums.of(each for each in entries if getattr(each, name) == value) for value in values}
    with django_assert_num_queries(1):
        assert BillingEntry.objects.sums_by(field) == expected


def test_a_sum_of_sums_is_that_of_all(entries):
    assert Sums.of(entries[:1]) + Sums.of(entries[1:]) == Sums.of(entries)
