"""What a reviewer should look at: the same in a query and on an entry."""

from itertools import chain, combinations

import pytest

from billing.flags import ANY_FLAG, FLAGS, UNUSUALLY_LONG, flags_of
from billing.models import BillingEntry
from billing.review_forms import ReviewFilters
from tests.factories import BillingEntryFactory

RAISED = {
    "adjusted": {"billed_seconds": 5400},
    "unconfirmed": {"confirmed_at": None},
    "overlaps": {"overlap_seconds": 1},
    "long": {"raw_seconds": UNUSUALLY_LONG + 1},
    "clock": {"clock_stepped_back": True},
}
PAIRS = [*chain.from_iterable(combinations(RAISED, count) for count in range(3))]


def test_every_flag_is_tested_here_and_can_be_filtered_by():
    assert [flag.name for flag in FLAGS] == list(RAISED)
    assert {name: ReviewFilters.FLAGS[name] for name in RAISED} == {flag.name: flag.label for flag in FLAGS}


@pytest.mark.django_db
@pytest.mark.parametrize("names", PAIRS)
def test_a_query_finds_what_an_entry_says(names):
    fields = {"confirmed_at": "2026-11-19T13:00Z"}
    for name in names:
        fields |= RAISED[name]
    entry = BillingEntryFactory(**fields)
    assert [flag.name for flag in flags_of(entry)] == list(names)
    for flag in FLAGS:
        assert BillingEntry.objects.filter(flag.condition).exists() is (flag.name in names)
    assert BillingEntry.objects.filter(ANY_FLAG).exists() is bool(names)
