"""What somebody is told when something fails: a page, or a toast where a fragment was asked for."""

import re

import pytest
from django.db import connection
from django.test import Client

from tests.cast import sign_in
from tests.config.protection import assert_protected
from tests.factories import UserFactory
from workspaces.models import User

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/conversations/7/?tab=notes"}


def test_a_broken_database_is_a_page_that_tries_again(
    as_visitor_of_errors: Client, broken_database: None
) -> None:
    response = as_visitor_of_errors.get("/timers/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert 'http-equiv="refresh"' in response.text
    assert_protected(response)


def test_a_form_is_not_sent_again_by_itself(as_visitor_of_errors: Client, broken_database: None) -> None:
    response = as_visitor_of_errors.post("/timers/7/stop/")
    assert response.status_code == 503
    assert 'http-equiv="refresh"' not in response.text


def test_a_fragments_error_is_a_toast(as_visitor_of_errors: Client, broken_database: None) -> None:
    response = as_visitor_of_errors.post("/timers/7/stop/", headers=HTMX)
    assert (response.status_code, response.headers["HX-Reswap"]) == (503, "none")
    assert response.text.count('<div id="toasts" hx-swap-oob="beforeend">') == 1
    assert "<html" not in response.text


def test_a_fault_of_the_code_is_a_500_that_names_its_request(as_visitor_of_errors: Client) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    with connection.execute_wrapper(fail):
        page = as_visitor_of_errors.get("/timers/")
        toast = as_visitor_of_errors.get("/timers/", headers=HTMX)
    assert (page.status_code, toast.status_code) == (500, 500)
    assert "<html" in page.text
    assert "<html" not in toast.text
    for response in (page, toast):
        assert response.headers["X-Request-ID"] in response.text
        assert "a fault" not in response.text
        assert_protected(response)


def test_a_bad_token_is_told(agent: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    page = client.post("/accounts/logout/")
    toast = client.post("/accounts/logout/", headers=HTMX)
    assert (page.status_code, toast.status_code) == (403, 403)
    assert "out of date" in page.text
    assert "out of date" in toast.text
    assert "csrftoken" in client.cookies


def test_a_page_that_does_not_exist_is_told(as_agent: Client, client: Client) -> None:
    for visitor in (as_agent, client):
        assert visitor.get("/nowhere/").status_code == 404
    assert "<html" not in as_agent.get("/nowhere/", headers=HTMX).text


def test_opening_what_a_button_sends_to_is_a_page_that_leads_back(as_agent: Client, client: Client) -> None:
    page = as_agent.get("/timers/7/stop/")
    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert "Nothing to open here" in page.text
    assert 'href="/"' in page.text
    toast = as_agent.get("/timers/7/stop/", headers=HTMX)
    assert (toast.status_code, toast.headers["Allow"]) == (405, "POST")
    assert "<html" not in toast.text
    assert client.get("/accounts/logout/").status_code in (302, 405)
    for response in (page, toast):
        assert_protected(response)


@pytest.mark.parametrize("path", ["/accounts/login/?next=%00", "/conversations/?q=a%00b", "/%00/"])
def test_nul_in_an_address_is_a_bad_request(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


def test_whoever_is_signed_in_stays_so_on_the_page_that_says_so(agent: User, as_agent: Client) -> None:
    User.objects.filter(pk=agent.pk).update(language="de")
    page = as_agent.get("/conversations/?q=%00").text
    assert re.search(r'<html lang="de"', page)
    assert agent.display_name in page


def test_nul_in_a_cookie_is_a_bad_request(client: Client) -> None:
    client.cookies["sessionid"] = "\0" * 32
    assert client.get("/timers/").status_code == 400


def test_a_percent_sign_before_zeros_is_no_nul(client: Client) -> None:
    assert client.get("/accounts/login/?next=%2500").status_code == 200


def test_an_unknown_host_is_a_bad_request(client: Client) -> None:
    for headers in ({}, HTMX):
        response = client.post("/timers/", headers={"Host": "evil.example", **headers})
        assert response.status_code == 400
        assert "evil.example" not in response.text
        assert_protected(response)


@pytest.mark.parametrize("address", ["/billing/", "/conversations/", "/timers/", "/nowhere/"])
def test_more_fields_than_a_query_may_have_are_no_error_of_the_server(db: None, address: str) -> None:
    client = sign_in(UserFactory())
    assert client.get(address + "?" + "a=1&" * 1200).status_code < 500
