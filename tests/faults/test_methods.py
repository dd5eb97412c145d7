"""A change is a POST and nothing else, whatever a client calls it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.faults.addresses import address_of
from tests.test_access import MATRIX, POSTS, READ_AND_WRITTEN, ask, snapshot, things

__all__ = ["things"]

OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("name", [name for name in POSTS if name not in READ_AND_WRITTEN])
def test_no_other_method_changes_anything(
    name: str, method: str, things: dict[str, int], as_manager: Client
) -> None:
    before = snapshot()
    response = as_manager.generic(method, address_of(name, things), "kind=service&decision=approve")
    assert response.status_code == 405
    assert snapshot() == before


@pytest.mark.parametrize("name", POSTS)
def test_to_ask_what_is_allowed_changes_nothing(
    name: str, things: dict[str, int], as_manager: Client
) -> None:
    before = snapshot()
    assert as_manager.options(address_of(name, things)).status_code in (200, 405)
    assert snapshot() == before


@pytest.mark.parametrize("name", [name for name in POSTS if name not in READ_AND_WRITTEN])
def test_a_get_that_claims_to_be_a_post_is_a_get(
    name: str, things: dict[str, int], as_manager: Client
) -> None:
    before = snapshot()
    for header in OVERRIDES:
        address = f"{address_of(name, things)}?_method=POST"
        assert as_manager.get(address, headers={header: "POST"}).status_code == 405
    assert snapshot() == before


@pytest.mark.parametrize("name", [name for name, (method, *_) in MATRIX.items() if method == "get"])
def test_a_page_for_reading_changes_nothing_whatever_its_query_says(
    name: str, things: dict[str, int], as_manager: Client
) -> None:
    """As a link in a mail could: every field and verb in the query of every page."""
    verbs: dict[str, Any] = {"decision": "approve", "kind": "service", "state": "approved", "comment": "x"}
    verbs |= {"entry": f"{things['entry']}:1", "version": 1, "billed": "1:00", "user": "", "body": "x"}
    before = snapshot()
    as_manager.get(address_of(name, things), verbs)
    assert snapshot() == before


def test_a_form_that_claims_to_be_another_method_is_what_it_is(
    things: dict[str, int], as_manager: Client
) -> None:
    """Nothing here listens to `_method`: a POST that wants to be a DELETE is the POST."""
    fields = {"_method": "DELETE"}
    response = as_manager.post(
        address_of("conversations:close", things), fields, headers={"X-HTTP-Method-Override": "DELETE"}
    )
    assert response.status_code == 302
    assert ask(as_manager, "conversations:detail", things).status_code == 200
