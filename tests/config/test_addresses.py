"""Whose word an address is: that of a connection, and that of the page a request came from."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from workspaces.addresses import client_address
from workspaces.requests import local, page_of


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (False, "", "10.0.0.1"),
        (False, "203.0.113.9", "10.0.0.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (True, "", "10.0.0.1"),
    ],
)
def test_a_clients_address_is_the_connections_or_the_proxys_word(
    rf: RequestFactory, settings: Any, behind_proxy: bool, forwarded: str, address: str
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR="10.0.0.1")) == address


@pytest.mark.parametrize(
    ("connection", "address"),
    [("999.1.1.1", ""), ("unix:", ""), ("", ""), ("fe80::1%eth0", "fe80::1"), ("2001:db8::7", "2001:db8::7")],
)
def test_an_address_is_one_that_both_databases_keep(
    rf: RequestFactory, connection: str, address: str
) -> None:
    assert client_address(rf.get("/", REMOTE_ADDR=connection)) == address


@pytest.mark.django_db
@pytest.mark.parametrize("connection", ["999.1.1.1", "unix:", "", "fe80::1%eth0"])
def test_a_sign_in_over_a_connection_without_an_address_is_answered(client: Client, connection: str) -> None:
    sent = {"username": "agent", "password": "wrong"}
    assert client.post("/accounts/login/", sent, REMOTE_ADDR=connection).status_code < 500


@pytest.mark.parametrize(
    ("sent", "page"),
    [
        ({"Referer": "http://testserver/billing/?week=1"}, "/billing/?week=1"),
        ({"Referer": "http://testserver//evil.example/x"}, ""),
        ({"Referer": "http://testserver/"}, ""),
        ({"Referer": "https://evil.example/x"}, ""),
        ({"Referer": "http://["}, ""),
        ({"HX-Request": "true", "HX-Current-URL": "http://testserver/timers/"}, "/timers/"),
        ({"HX-Request": "true", "HX-Current-URL": "http://["}, ""),
        ({"HX-Request": "true", "HX-Current-URL": "//evil.example"}, ""),
        ({}, ""),
    ],
)
def test_where_a_request_came_from_is_a_page_of_this_site(
    rf: RequestFactory, sent: dict[str, str], page: str
) -> None:
    assert page_of(rf.post("/", headers=sent)) == page


@pytest.mark.parametrize("address", ["abc", "0", "healthz", "//evil.example", "/\\evil.example", "x:y", ""])
def test_no_other_address_is_local(address: str) -> None:
    assert local(address) == ""
