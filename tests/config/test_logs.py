"""What the log says of a request, and what it does not."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from config.logs import Json, Lines, OfRequest, logger, request_id, telling_path, user_id
from conversations.models import Conversation
from tests.cast import sign_in
from tests.factories import UserFactory
from workspaces.models import User

SECRET = "hush-hush"
Read = Callable[[], str]


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Read]:
    """All that is logged from here on, as JSON, or as the formatter that the test asks for."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(getattr(request, "param", Json)())
    handler.addFilter(OfRequest())
    logging.root.addHandler(handler)
    yield stream.getvalue
    logging.root.removeHandler(handler)


def lines(log: Read, name: str = "stint.request") -> list[dict[str, Any]]:
    records = [json.loads(line) for line in log().splitlines()]
    return [record for record in records if record["logger"] == name]


def test_a_request_is_one_line(agent: User, conversation: Conversation, log: Read) -> None:
    response = sign_in(agent).get(f"/conversations/{conversation.pk}/?q={SECRET}", REMOTE_ADDR="192.0.2.7")
    [line] = lines(log)
    assert line.pop("milliseconds") >= 0
    assert line.pop("time").endswith("Z")
    assert line.pop("message").startswith(f"GET /conversations/{conversation.pk}/ 200 in ")
    assert line == {
        "level": "INFO",
        "logger": "stint.request",
        "request": response.headers["X-Request-ID"],
        "method": "GET",
        "path": f"/conversations/{conversation.pk}/",
        "route": "conversations/<id:pk>/",
        "status": 200,
        "user": agent.pk,
        "address": "192.0.2.7",
    }
    assert SECRET not in log()


def test_each_request_has_an_id_of_its_own(client: Client, db: None, log: Read) -> None:
    ids = [client.get("/accounts/login/").headers["X-Request-ID"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert [line["request"] for line in lines(log)] == ids
    assert request_id.get() == "-"


@pytest.mark.parametrize(
    ("behind_proxy", "sent", "taken"),
    [
        (True, "3f2a9c7e51d04b68", True),
        (True, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", True),
        (True, "short", False),
        (True, "x" * 65, False),
        (True, 'a"b\\c<script>', False),
        (True, "line\nbreak-in-it", False),
        (False, "3f2a9c7e51d04b68", False),
    ],
)
def test_only_a_proxy_may_name_a_request(
    client: Client, db: None, settings: Any, behind_proxy: bool, sent: str, taken: bool
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    response = client.get("/accounts/login/", headers={"X-Request-ID": sent})
    assert (response.headers["X-Request-ID"] == sent) is taken


def test_the_500_page_quotes_the_id_under_which_the_log_keeps_the_fault(agent: User, log: Read) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    client = sign_in(agent)
    client.raise_request_exception = False
    with connection.execute_wrapper(fail):
        page = client.get(f"/timers/?q={SECRET}")
    [fault] = lines(log, "django.request")
    [line] = lines(log)
    assert fault["request"] == line["request"] == page.headers["X-Request-ID"]
    assert line["request"] in page.text
    assert line["status"] == 500
    assert "RuntimeError: a fault" in fault["exc_info"]
    assert SECRET not in log()


def test_what_django_says_at_the_very_end_has_the_id_too(
    client: Client, broken_database: None, log: Read
) -> None:
    response = client.get("/healthz/")
    [last] = lines(log, "django.request")
    assert last["request"] == response.headers["X-Request-ID"]


def test_no_secret_is_logged(agent: User, log: Read) -> None:
    agent.set_password(SECRET)
    agent.email = "agent@stint.example"
    agent.save()
    client = Client()
    client.raise_request_exception = False
    client.cookies["other"] = SECRET
    for password in ("wrong-" + SECRET, SECRET):
        form = {"username": agent.username, "password": password, "next": f"/timers/?token={SECRET}"}
        client.post("/accounts/login/", form)
    session = client.cookies["sessionid"].value
    token = default_token_generator.make_token(agent)
    for path in (
        f"/accounts/password_reset/1-{token}/",
        f"/accounts/password_reset/1-{token}.",
        f"/x/{token}/",
    ):
        client.get(path)
    client.get("/timers/", headers={"Authorization": f"Bearer {SECRET}", "Referer": f"http://x/{SECRET}"})
    client.post("/conversations/", data=SECRET, content_type="text/plain")
    written = log()
    assert len(lines(log)) == 7
    assert [secret for secret in (SECRET, session, token) if secret in written] == []


def test_a_link_that_is_a_secret_is_logged_as_its_route_even_when_it_fails(
    agent: User, log: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(agent)
    client.raise_request_exception = False

    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    with connection.execute_wrapper(fail):
        client.get(reverse("account_reset_password_from_key", args=["1", SECRET]))
        client.get(f"/admin/timers/timer/{SECRET}/change/")
    assert SECRET not in log()
    assert len(lines(log)) == 2


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/conversations/7/timer/start/", "/conversations/7/timer/start/"),
        ("/admin/timers/timer/7/change/", "/admin/timers/timer/7/change/"),
        ("/admin/timers/timer/abc/change/", "/admin/timers/timer/<path:object_id>/change/"),
        ("/nowhere/else/", "/nowhere/…"),
        ("/nowhere/", "/nowhere/"),
        ("/the-link-of-a-mail-without-its-beginning/", "/the-link-of-a-mail-w/"),
        ("/the-link-of-a-mail-without-its-beginning/else/", "/the-link-of-a-mail-w/…"),
        ("/", "/"),
    ],
)
@pytest.mark.django_db
def test_the_path_is_told_where_only_numbers_vary_in_it(
    client: Client, log: Read, path: str, told: str
) -> None:
    client.get(path)
    [line] = lines(log)
    assert line["path"] == told


@pytest.mark.parametrize(("status", "level"), [(204, logging.DEBUG), (200, logging.INFO)])
def test_a_poll_that_found_nothing_new_is_for_debugging(
    agent: User, caplog: pytest.LogCaptureFixture, status: int, level: int
) -> None:
    client = sign_in(agent)
    seen = client.get("/timers/").text.split('name="marks" value="')[1].split('"')[0] if status == 204 else ""
    caplog.set_level(logging.DEBUG, logger.name)
    caplog.clear()
    assert client.get("/timers/status/", {"marks": seen}).status_code == status
    assert [each.levelno for each in caplog.records if each.name == logger.name] == [level]


def test_files_and_good_health_are_not_worth_a_line(
    client: Client, db: None, settings: Any, log: Read
) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    client.get("/healthz/")
    client.head("/static/img/icon.svg")
    assert log() == ""


def test_nobody_is_looked_up_for_the_log(rf: RequestFactory) -> None:
    request = rf.get("/")
    assert user_id(request) is None
    request.user = SimpleLazyObject(lambda: pytest.fail("asked the database"))
    assert user_id(request) is None


@pytest.mark.parametrize("log", [Json, Lines], indirect=True)
def test_nothing_that_is_sent_can_begin_a_line_of_the_log(client: Client, db: None, log: Read) -> None:
    forged = "x\n2026-11-22 03:00:00 INFO stint.request: forged\r\x1b[2J\u2028"
    try:
        raise RuntimeError(forged)
    except RuntimeError:
        logging.getLogger("stint.test").exception("Saw %s", forged)
    client.get("/x%0A2026-11-22 forged/")
    client.post("/accounts/login/", {"username": forged, "password": forged})
    for line in log().splitlines():
        assert "\x1b" not in line
        assert line.startswith(("{", "  ")) or " forged" not in line[:40]
        assert not line.startswith("2026-11-22 03:00:00")


@pytest.mark.parametrize("log", [Lines], indirect=True)
def test_a_line_for_reading_names_its_request(agent: User, log: Read) -> None:
    response = sign_in(agent).get("/timers/")
    assert f" INFO {response.headers['X-Request-ID']} stint.request: GET /timers/ 200 in " in log()


def test_a_path_is_told_of_a_request_that_never_got_to_its_view(rf: RequestFactory) -> None:
    request = rf.get(f"/accounts/{SECRET}/")
    request.resolver_match = None
    assert telling_path(request) == "/accounts/…"


def test_the_user_who_signs_in_is_in_the_line(log: Read, db: None) -> None:
    user = UserFactory(username="keys", password="right")
    Client().post("/accounts/login/", {"username": "keys", "password": "right"})
    assert lines(log)[-1]["user"] == user.pk
