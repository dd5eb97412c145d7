"""The headers that protect every response. tests/test_access.py holds them at every address and role."""

from __future__ import annotations

from http.cookies import Morsel
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from conversations.models import Conversation
from tests.cast import sign_in
from tests.config.protection import assert_protected
from tests.factories import UserFactory
from workspaces.models import User


def test_a_page_is_kept_in_no_cache(as_agent: Client) -> None:
    assert as_agent.get("/timers/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/sw.js"])
def test_what_belongs_to_nobody_may_be_kept_and_is_asked_for_anew(client: Client, path: str) -> None:
    assert_protected(client.get(path), kept=True)


def test_every_page_of_the_admin_site_is_protected(admin: User, conversation: Conversation) -> None:
    client = sign_in(admin)
    for model in _models():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for address in (reverse(f"{base}_changelist"), reverse(f"{base}_add")):
            assert_protected(client.get(address))
    change = reverse("admin:conversations_conversation_change", args=[conversation.pk])
    for address in (
        "/admin/",
        change,
        change.replace("change", "nowhere"),
        "/admin/nowhere/",
        "/admin/jsi18n/",
    ):
        assert_protected(client.get(address))
    assert_protected(Client().get("/admin/"))
    assert_protected(sign_in(UserFactory(is_staff=True)).get("/admin/conversations/conversation/"))


def _models() -> Any:
    return admin.site._registry


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "options", "trace"])
@pytest.mark.parametrize(
    "path", ["/", "/nowhere/", "/timers/7/stop/", "/accounts/login/", "/healthz/", "/timers"]
)
def test_no_method_gets_round_them(client: Client, db: None, method: str, path: str) -> None:
    assert_protected(getattr(client, method)(path))


def test_over_https_a_browser_is_told_to_stay_there(client: Client, db: None, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    client = Client()
    page = client.get("/accounts/login/", secure=True)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    for response in (page, client.get("/accounts/login/")):
        assert_protected(response)
    assert client.get("/accounts/login/").url == "https://testserver/accounts/login/"
    unknown = client.get("/", secure=True, headers={"Host": "evil.example"})
    assert unknown.status_code == 400
    assert_protected(unknown)


def test_a_file_may_load_nothing(client: Client, db: None, settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    response = client.head("/static/img/icon.svg")
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" not in response.headers["Cache-Control"]
    assert not response.cookies


def test_a_file_that_is_not_there_is_a_protected_page(client: Client, db: None) -> None:
    response = client.get("/static/nowhere.js")
    assert response.status_code == 404
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/accounts/logout/", "/admin/logout/"])
def test_a_logout_empties_the_browsers_cache_and_keeps_the_language(admin: User, address: str) -> None:
    client = sign_in(admin)
    client.cookies["django_language"] = "de"
    assert "Clear-Site-Data" not in client.get("/conversations/").headers
    response = client.post(address)
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert response.cookies["sessionid"].value == ""
    assert "django_language" not in response.cookies
    assert "Clear-Site-Data" not in client.get("/accounts/logout/").headers


def test_scripts_cannot_read_the_session_and_other_sites_do_not_send_it(db: None) -> None:
    UserFactory(username="keys", password="right")
    client = Client()
    client.post("/accounts/login/", {"username": "keys", "password": "right"})
    session: Morsel = client.cookies["sessionid"]
    assert (session["httponly"], session["samesite"], session["path"]) == (True, "Lax", "/")
    assert client.cookies["csrftoken"]["samesite"] == "Lax"
