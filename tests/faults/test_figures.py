"""Figures that no column holds, wherever an address or a form takes one: refused, on both databases alike."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.faults.addresses import address_of
from tests.test_access import snapshot, things

__all__ = ["things"]

FIGURES = [
    "9" * 18, "9" * 19, "9" * 30, "9" * 5000, "-1", "0", "1.0", "1e3", "NaN", "Infinity", "0x1", "1_0",
    "٣", "１", "²", " 1", "1\u200b", "",
]  # fmt: skip
IN_ADDRESSES = {
    "conversations:list": "customer page",
    "conversations:create": "customer",
    "timers:status": "on",
    "timers:palette": "on q",
    "billing:new": "conversation billing_type",
    "billing:review": "agent customer page",
    "billing:history": "entry person workspace",
    "billing:statement": "customer batch",
    "billing:batches": "page",
}
IN_FORMS = {
    "conversations:assign": "user",
    "conversations:create": "customer",
    "timers:stop": "on",
    "billing:entry": "version billing_type",
    "billing:new": "conversation submission",
    "billing:discard": "version",
    "billing:approve": "version",
    "billing:return": "version",
    "billing:export": "workspace",
}


def each(where: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, field) for name, fields in where.items() for field in fields.split()]


@pytest.mark.parametrize(("name", "field"), each(IN_ADDRESSES))
def test_an_address_with_a_figure_that_cannot_be_is_answered(
    name: str, field: str, things: dict[str, int], as_manager: Client
) -> None:
    for figure in FIGURES:
        response = as_manager.get(address_of(name, things), {field: figure})
        assert response.status_code in (200, 400, 404, 422), figure[:40]


@pytest.mark.parametrize(("name", "field"), each(IN_FORMS))
def test_a_form_with_a_figure_that_cannot_be_is_answered(
    name: str, field: str, things: dict[str, int], as_agent: Client, as_manager: Client
) -> None:
    client = as_agent if name.startswith(("timers:", "conversations:")) else as_manager
    for figure in FIGURES:
        response = client.post(address_of(name, things), {field: figure})
        assert response.status_code < 500, figure[:40]


HISTORY = "/billing/history/?before="


@pytest.mark.parametrize("moment", ["9" * 16, "9" * 17, "9" * 30, "9" * 5000, "-1", "٣"])
@pytest.mark.parametrize("record", ["1", "9" * 18, "9" * 19, "9" * 5000])
def test_a_page_of_the_history_that_cannot_be_is_answered(
    moment: str, record: str, as_manager: Client
) -> None:
    assert as_manager.get(f"{HISTORY}{moment}-entry-{record}").status_code in (200, 422)


@pytest.mark.parametrize("at", ["9" * 16, "9" * 17, "9" * 5000, "-1", "1.5", "٣", ""])
def test_a_decision_at_a_moment_that_cannot_be_is_not_undone(
    at: str, things: dict[str, int], as_manager: Client
) -> None:
    before = snapshot()
    response = as_manager.post(reverse("billing:undo"), query_params={"at": at})
    assert response.status_code < 500
    assert snapshot() == before


@pytest.mark.parametrize(
    "chosen", ["1", ":", "1:", ":1", "1:1:1", "9" * 19 + ":1", "1:" + "9" * 5000, "٣:1", "-1:1"]
)
def test_a_choice_of_entries_that_cannot_be_is_refused(
    chosen: str, things: dict[str, int], as_manager: Client
) -> None:
    before = snapshot()
    sent: dict[str, Any] = {"decision": "approve", "entry": [f"{things['entry']}:1", chosen]}
    assert as_manager.post(reverse("billing:review_many"), sent).status_code == 422
    assert snapshot() == before
