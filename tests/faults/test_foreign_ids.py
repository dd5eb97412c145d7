"""Ids of another workspace, wherever a request carries them, answer as ids that do not exist."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.test_access import MATRIX, NO_SUCH_ID, WITH_ID, snapshot, things

__all__ = ["things"]

#: What nobody outside `workspace` may read.
SECRETS = ("Reederei", "Wiegand", "Katharina", "VPN drops", "Kanzlei", "Standard consulting")
#: Tokens, fingerprints and figures differ from one answer to the next.
VARYING = re.compile(r"[A-Za-z0-9]{32,}|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12}(\.[0-9a-f]{12})*|\d+")


def told(response: Any) -> tuple[int, str, str]:
    """What an answer says, apart from the id that was asked for."""
    page = response.content.decode() if "text" in response.headers.get("Content-Type", "text") else ""
    return (
        response.status_code,
        VARYING.sub("0", response.headers.get("Location", "")),
        VARYING.sub("0", page),
    )


@pytest.mark.parametrize("with_htmx", [False, True])
@pytest.mark.parametrize("name", WITH_ID)
def test_an_address_says_no_more_than_of_one_that_does_not_exist(
    name: str, with_htmx: bool, things: dict[str, int], as_outsider: Client
) -> None:
    """Also where the headers of htmx claim to be on a page of the other workspace."""
    method, thing, fields, _ = MATRIX[name]
    before = snapshot()
    answers = []
    for number in (things[thing], NO_SUCH_ID):
        page = f"http://testserver/conversations/{number}/"
        headers = {"Referer": page}
        if with_htmx:
            headers |= {"HX-Request": "true", "HX-Current-URL": page, "HX-Target": f"entry-{number}"}
        answers.append(getattr(as_outsider, method)(reverse(name, args=[number]), fields, headers=headers))
    there, nowhere = map(told, answers)
    assert there == nowhere
    assert there[0] == 404
    assert snapshot() == before


FILTERS = [
    ("/billing/review/", "agent", "user"),
    ("/billing/review/", "customer", "customer"),
    ("/billing/history/", "entry", "entry"),
    ("/billing/history/", "person", "user"),
    ("/billing/history/", "workspace", "workspace"),
    ("/billing/statement/", "customer", "customer"),
    ("/billing/statement/", "batch", "batch"),
    ("/billing/new/", "conversation", "conversation"),
    ("/billing/new/", "billing_type", "billing_type"),
    ("/conversations/", "customer", "customer"),
    ("/conversations/new/", "customer", "customer"),
    ("/palette/", "on", "conversation"),
    ("/palette/", "q", "conversation"),
    ("/timers/status/", "on", "conversation"),
]


@pytest.fixture
def ids(things: dict[str, int], conversation: Any, agent: Any, billing_type: Any) -> dict[str, int]:
    more = {"user": agent.pk, "customer": conversation.customer_id, "billing_type": billing_type.pk}
    return things | more


@pytest.mark.parametrize("with_htmx", [False, True])
@pytest.mark.parametrize(("address", "field", "thing"), FILTERS)
def test_a_filter_says_no_more_than_of_one_that_does_not_exist(
    address: str, field: str, thing: str, with_htmx: bool, ids: dict[str, int], as_outsider: Client
) -> None:
    headers = {"HX-Request": "true"} if with_htmx else {}
    there, nowhere = (
        told(as_outsider.get(address, {field: number}, headers=headers))
        for number in (ids[thing], NO_SUCH_ID)
    )
    assert there == nowhere
    assert there[0] in (200, 422)
    assert not [secret for secret in SECRETS if secret in there[2]]


BODIES = [
    (
        "/billing/new/",
        "conversation",
        "conversation",
        {"worked": "1:00", "date": "2026-03-02", "description": "x"},
    ),
    ("/conversations/new/", "customer", "customer", {"subject": "x", "kind": "note", "body": "x"}),
    ("/billing/batches/export/", "workspace", "workspace", {}),
]


@pytest.mark.parametrize(("address", "field", "thing", "fields"), BODIES)
def test_a_form_says_no_more_than_of_one_that_does_not_exist(
    address: str, field: str, thing: str, fields: dict[str, str], ids: dict[str, int], as_outsider: Client
) -> None:
    before = snapshot()
    there, nowhere = (
        told(as_outsider.post(address, fields | {field: number})) for number in (ids[thing], NO_SUCH_ID)
    )
    assert there == nowhere
    assert there[0] == 422
    assert snapshot() == before


@pytest.mark.parametrize("decision", ["approve", "ask", "return", "discard", "reinstate"])
def test_a_decision_on_many_says_no_more_either(
    decision: str, ids: dict[str, int], as_outsider: Client
) -> None:
    before = snapshot()
    there, nowhere = (
        told(
            as_outsider.post(
                reverse("billing:review_many"),
                {"decision": decision, "entry": f"{number}:1", "comment": "x"},
            )
        )
        for number in (ids["entry"], NO_SUCH_ID)
    )
    assert there == nowhere
    assert there[0] == 422
    assert snapshot() == before


def test_a_page_named_by_htmx_is_read_with_the_users_own_eyes(
    ids: dict[str, int], as_outsider: Client
) -> None:
    """The queue that a click leaves behind is that of the page it names, under the same permission."""
    page = f"http://testserver/billing/review/?agent={ids['user']}&customer={ids['customer']}"
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    response = as_outsider.post("/billing/review/decide/", {"decision": "approve"}, headers=headers)
    assert response.status_code == 422
    assert not [secret for secret in SECRETS if secret in response.content.decode()]
