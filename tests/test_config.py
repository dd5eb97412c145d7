"""The settings, what every request passes, and what answers when something fails."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.checks import INSECURE_KEY, refuse_unsafe_settings
from config.proxy import client_address
from tests.factories import IntervalFactory, UserFactory
from timers.models import Interval
from workspaces.models import User
from workspaces.requests import local, page_of

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/conversations/7/?tab=notes"}
SAFE = {"debug": False, "secret_key": "a8#kP!" * 10, "allowed_hosts": ["stint.example"]}
PRODUCTION = {
    "ALLOWED_HOSTS": "stint.example",
    "DEBUG": "off",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "",
    "HTTPS": "on",
    "SECRET_KEY": str(SAFE["secret_key"]),
}


# Starting


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with the settings of a production server, but for those given."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**os.environ, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_safe_settings_are_accepted() -> None:
    refuse_unsafe_settings(**SAFE)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"secret_key": ""}, "SECRET_KEY is not set"),
        ({"secret_key": INSECURE_KEY}, "SECRET_KEY is a default"),
        ({"secret_key": "a8#kP!" * 8}, "too short"),
        ({"secret_key": "abcd" * 20}, "too short"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS is empty"),
        ({"allowed_hosts": ["stint.example", "*"]}, "any host"),
        ({"allowed_hosts": [".*"]}, "any host"),
        ({"debug": True}, "DEBUG is on and ALLOWED_HOSTS names stint.example"),
        ({"debug": True, "allowed_hosts": ["localhost", "*"]}, "DEBUG is on"),
        ({"debug": True, "allowed_hosts": ["0.0.0.0"]}, "DEBUG is on"),
    ],
)
def test_unsafe_settings_are_refused(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(complaint)):
        refuse_unsafe_settings(**{**SAFE, **changed})


def test_debug_on_loopback_needs_no_key() -> None:
    refuse_unsafe_settings(debug=True, secret_key="", allowed_hosts=["127.0.0.1", "localhost", "[::1]"])


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"ALLOWED_HOSTS": "*"}, "any host"),
        ({"DEBUG": "on"}, "DEBUG is on"),
    ],
)
def test_the_server_does_not_start_on_unsafe_settings(environment: dict[str, str], complaint: str) -> None:
    result = run("-c", "import config.wsgi", **environment)
    assert result.returncode != 0
    assert complaint in result.stderr


def test_check_deploy_is_clean() -> None:
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr


def test_cookies_are_secure_and_http_is_redirected_where_https_is_on() -> None:
    names = "SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SECURE_SSL_REDIRECT"
    shown = f"from config.settings import {names}; print([{names}])"
    assert run("-c", shown).stdout.strip() == "[True, True, True]"
    assert run("-c", shown, HTTPS="off").stdout.strip() == "[False, False, False]"


@pytest.mark.django_db
def test_sqlite_waits_for_the_lock_and_syncs_every_commit() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        pragmas = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "busy_timeout")
        }
    assert pragmas == {"synchronous": 2, "busy_timeout": 20_000}
    assert connection.transaction_mode == "IMMEDIATE"


def test_every_static_file_that_a_template_names_exists() -> None:
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    named = {name for path in templates for name in re.findall(r'{% static "([^"]+)"', path.read_text())}
    assert named
    assert [name for name in sorted(named) if not finders.find(name)] == []


# Health


@pytest.mark.django_db
def test_health_is_told_to_anybody(client: Client) -> None:
    response = client.get("/healthz/")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "migrations": "ok"})


@pytest.mark.django_db
def test_a_missing_migration_is_not_healthy(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = client.get("/healthz/")
    assert (response.status_code, response.json()) == (503, {"database": "ok", "migrations": "missing"})


def test_a_database_out_of_reach_is_not_healthy(client: Client, broken_database: None) -> None:
    response = client.get("/healthz/")
    assert response.status_code == 503
    assert response.json() == {"database": "unavailable", "migrations": "unknown"}


# Signing in


def test_a_page_leads_to_the_login_and_back(client: Client) -> None:
    response = client.get("/timers/?open=1")
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/timers/%3Fopen%3D1"


def test_a_fragment_leads_the_whole_page_to_the_login_and_back(client: Client) -> None:
    response = client.post("/timers/7/stop/", headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/conversations/7/%3Ftab%3Dnotes"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/conversations/7/", "/conversations/7/"),
        ("http://evil.example/conversations/7/", "/"),
        ("", "/"),
    ],
)
def test_a_form_leads_to_the_login_and_back_to_its_page(client: Client, referer: str, back: str) -> None:
    response = client.post("/timers/7/stop/", headers={"Referer": referer})
    assert (response.status_code, response.url) == (302, f"/accounts/login/?next={back}")


def sign_in(client: Client, username: str, password: str, **extra: Any) -> HttpResponse:
    return client.post("/accounts/login/", {"username": username, "password": password}, **extra)


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(username="locksmith", password="right")


def test_a_login_leads_only_to_this_site(client: Client, user: User) -> None:
    form = {"username": "locksmith", "password": "right", "next": "//evil.example/"}
    response = client.post("/accounts/login/", form)
    assert (response.status_code, response.url) == (302, "/")


def test_five_bad_passwords_lock_the_user_at_that_address_for_a_while(client: Client, user: User) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        statuses = [sign_in(client, "locksmith", "wrong").status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 200, 429]
        clock.shift(timedelta(minutes=14))
        assert sign_in(client, "locksmith", "right").status_code == 429
        clock.shift(timedelta(minutes=2))
        assert sign_in(client, "locksmith", "right").status_code == 302


def test_a_forged_address_does_not_get_around_the_lock(client: Client, user: User) -> None:
    for number in range(5):
        sign_in(client, "locksmith", "wrong", headers={"X-Forwarded-For": f"10.0.0.{number}"})
    forged = {"X-Forwarded-For": "10.9.9.9", "X-Real-IP": "10.9.9.9", "Forwarded": "for=10.9.9.9"}
    assert sign_in(client, "locksmith", "right", headers=forged).status_code == 429


def test_a_lock_holds_for_nobody_else(client: Client, user: User) -> None:
    UserFactory(username="bystander", password="right")
    for _ in range(5):
        sign_in(client, "locksmith", "wrong")
    assert sign_in(client, "bystander", "right").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "locksmith", "right").status_code == 302


def test_a_successful_login_forgets_the_bad_ones(client: Client, user: User) -> None:
    for password in ["wrong"] * 4 + ["right"]:
        sign_in(client, "locksmith", password)
    assert sign_in(Client(), "locksmith", "wrong").status_code == 200


def test_the_admin_site_is_closed_to_an_agent(as_agent: Client) -> None:
    response = as_agent.get("/admin/", follow=True)
    assert response.redirect_chain == [("/admin/login/?next=/admin/", 302)]
    assert "not authorized" in response.content.decode()


# Every response


def test_a_page_is_kept_in_no_cache(as_agent: Client) -> None:
    assert as_agent.get("/timers/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/", "/?q=%00"])
def test_only_the_sites_own_files_may_run(client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert set(policy.split("; ")) == {
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    }


@pytest.mark.parametrize("path", ["/accounts/login/?next=%00", "/conversations/?q=a%00b", "/%00/"])
def test_nul_in_an_address_is_a_bad_request(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


def test_nul_in_a_cookie_is_a_bad_request(client: Client) -> None:
    client.cookies["sessionid"] = "\0" * 32
    assert client.get("/timers/").status_code == 400


def test_a_percent_sign_before_zeros_is_no_nul(client: Client) -> None:
    assert client.get("/accounts/login/?next=%2500").status_code == 200


# Errors


@pytest.fixture
def broken_database(db: None) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise OperationalError("the database system is shutting down")

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def as_visitor_of_errors(as_agent: Client) -> Client:
    """Sees what a browser sees; Django's client would raise the exception itself."""
    as_agent.raise_request_exception = False
    return as_agent


def test_a_broken_database_is_a_page_that_tries_again(
    as_visitor_of_errors: Client, broken_database: None
) -> None:
    response = as_visitor_of_errors.get("/timers/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert 'http-equiv="refresh"' in response.content.decode()


def test_a_form_is_not_sent_again_by_itself(as_visitor_of_errors: Client, broken_database: None) -> None:
    response = as_visitor_of_errors.post("/timers/7/stop/")
    assert response.status_code == 503
    assert 'http-equiv="refresh"' not in response.content.decode()


def test_a_fragments_error_is_a_toast(as_visitor_of_errors: Client, broken_database: None) -> None:
    response = as_visitor_of_errors.post("/timers/7/stop/", headers=HTMX)
    assert (response.status_code, response.headers["HX-Reswap"]) == (503, "none")
    assert response.content.decode().count('<div id="toasts" hx-swap-oob="beforeend">') == 1
    assert "<html" not in response.content.decode()


def test_a_fault_of_the_code_is_a_500(as_visitor_of_errors: Client) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    with connection.execute_wrapper(fail):
        page = as_visitor_of_errors.get("/timers/")
        toast = as_visitor_of_errors.get("/timers/", headers=HTMX)
    assert (page.status_code, toast.status_code) == (500, 500)
    assert "<html" in page.content.decode()
    assert "<html" not in toast.content.decode()


def test_a_bad_token_is_told(agent: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    page = client.post("/accounts/logout/")
    toast = client.post("/accounts/logout/", headers=HTMX)
    assert (page.status_code, toast.status_code) == (403, 403)
    assert "out of date" in page.content.decode()
    assert "out of date" in toast.content.decode()
    assert "csrftoken" in client.cookies


def test_a_page_that_does_not_exist_is_told(as_agent: Client, client: Client) -> None:
    for visitor in (as_agent, client):
        assert visitor.get("/nowhere/").status_code == 404
    assert "<html" not in as_agent.get("/nowhere/", headers=HTMX).content.decode()


def test_an_unknown_host_is_a_bad_request(client: Client) -> None:
    for headers in ({}, HTMX):
        assert client.post("/timers/", headers={"Host": "evil.example", **headers}).status_code == 400


# The suite itself


@pytest.mark.django_db(transaction=True)
def test_the_flush_between_tests_empties_append_only_tables_and_leaves_them_so() -> None:
    interval = IntervalFactory()
    call_command("flush", interactive=False, verbosity=0)
    assert not Interval.objects.exists()
    interval = IntervalFactory()
    with pytest.raises(DatabaseError):
        Interval.objects.filter(pk=interval.pk).delete()


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


@pytest.mark.parametrize("address", ["/billing/", "/conversations/", "/timers/", "/nowhere/"])
def test_more_fields_than_a_query_may_have_are_no_error_of_the_server(user: User, address: str) -> None:
    client = Client()
    client.force_login(user)
    assert client.get(address + "?" + "a=1&" * 1200).status_code < 500


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
