"""What the tests of the ledger check ask of it, and do to the books of the fixture `books`."""

from billing.models import BillingEntry
from tests.tampering import unguarded
from timers.ledger import Verification


def differences(workspace=None):
    return list(Verification(workspace).differences())


def told(*expected, workspace=None):
    """The differences are these, each by its thing, what, expected and found."""
    found = [(each.thing, each.what, each.expected, each.found) for each in differences(workspace)]
    assert found == list(expected)


def invoiced():
    return BillingEntry.objects.get(state="invoiced")


def new():
    return BillingEntry.objects.get(state="new")


def altered(entry, **values):
    """Also in the history, as somebody thorough would."""
    with unguarded():
        BillingEntry.objects.filter(pk=entry.pk).update(**values)
        latest = BillingEntry.history.filter(id=entry.pk).first()
        BillingEntry.history.filter(history_id=latest.history_id).update(**values)
