"""Beside the queue, too, entries are counted only as far as anybody reads."""

import pytest

from tests.billing.queue_page import make
from workspaces import counts


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """More than three are not counted."""
    monkeypatch.setattr(counts, "MOST", 3)


@pytest.mark.parametrize(("number", "told"), [(1, "1"), (3, "3"), (4, "3+"), (5, "3+")])
def test_the_top_bar_and_the_statement_say_that_there_are_more(as_manager, agent, conversation, number, told):
    for _ in range(number):
        make(agent, conversation)
    page = as_manager.get("/billing/statement/", {"dates": "range"}).content.decode()
    assert f'id="review-badge">{told}<' in page
    assert f"{told} charge" in page
