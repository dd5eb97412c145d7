"""A batch that is reversed while somebody downloads it."""

import pytest
from django.utils import timezone

from billing import exports
from billing.models import ExportBatch
from billing.views import batches
from tests.billing.queue_page import make


@pytest.fixture
def batch(agent, conversation, manager, workspace):
    """Of two entries."""
    for _ in range(2):
        make(agent, conversation, state="approved")
    return ExportBatch.objects.create_from_approved(workspace, by=manager, now=timezone.now())


@pytest.fixture
def reversing(batch, manager):
    """Lets a function reverse the batch before it does its work."""

    def reversing(function):
        def reversed_first(*arguments):
            batch.reverse(by=manager, now=timezone.now())
            return function(*arguments)

        return reversed_first

    return reversing


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_it_is_not_there_once_its_entries_are_gone(as_manager, batch, reversing, monkeypatch, form):
    monkeypatch.setattr(batches, "file_of", reversing(exports.file_of))
    assert as_manager.get(f"/billing/batches/{batch.pk}/{form}/").status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_it_is_not_there_once_some_of_its_entries_are_gone(as_manager, batch, reversing, monkeypatch, form):
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    monkeypatch.setattr(exports, "inert", reversing(exports.inert))
    assert as_manager.get(f"/billing/batches/{batch.pk}/{form}/").status_code == 404
