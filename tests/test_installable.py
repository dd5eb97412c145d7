"""What a browser is told so that it can install Stint, and have a page for when there is no network."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from tests.cast import sign_in
from workspaces.models import User


def test_the_manifest_says_what_is_installed(client: Client) -> None:
    response = client.get("/manifest.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert response.headers["Cache-Control"] == "no-cache"
    about = response.json()
    assert (about["short_name"], about["display"]) == ("Stint", "standalone")
    assert (about["start_url"], about["scope"]) == ("/", "/")
    assert [each["url"] for each in about["shortcuts"]] == ["/timers/", "/conversations/"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in about["icons"]}
    assert "maskable" in {icon.get("purpose") for icon in about["icons"]}


@pytest.mark.parametrize("address", ["/manifest.webmanifest", "/offline/", "/sw.js"])
def test_each_speaks_the_language_of_its_reader(client: Client, agent: User, address: str) -> None:
    assert client.get(address).headers["Content-Language"] == "en"
    assert client.get(address, headers={"Accept-Language": "de"}).headers["Content-Language"] == "de"
    User.objects.filter(pk=agent.pk).update(language="fr")
    assert sign_in(agent).get(address).headers["Content-Language"] == "fr"


def test_every_page_leads_to_both(as_agent: Client, client: Client) -> None:
    for html in (as_agent.get("/timers/"), client.get("/accounts/login/")):
        assert re.search(
            r'<link rel="manifest" href="/manifest.webmanifest".* data-worker="/sw.js">', html.text
        )
        assert html.text.count('<meta name="theme-color"') == 2


def test_the_worker_is_a_script_that_browsers_ask_for_anew(client: Client) -> None:
    response = client.get("/sw.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cache-Control"] == "no-cache"


def test_the_worker_is_another_one_when_the_stylesheet_is(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version() -> str:
        found = re.search(r'CACHE = "([^"]+)"', client.get("/sw.js").text)
        assert found
        return found[1]

    first = version()
    assert version() == first
    monkeypatch.setattr(staticfiles_storage, "url", lambda name: f"/static/{name}?changed")
    assert version() != first
    assert "/static/css/app.css?changed" in client.get("/sw.js").text


def test_the_offline_page_is_the_same_whoever_asks(client: Client, as_agent: Client) -> None:
    page = client.get("/offline/").text
    assert "Your timers run on the server" in page
    assert as_agent.get("/offline/").text == page
    assert "csrf" not in page
