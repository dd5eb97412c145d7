"""What users set for themselves, and the language of the sign-in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils.translation import get_language

from tests.cast import sign_in
from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory
from workspaces.forms import SettingsForm
from workspaces.models import Membership, User, Workspace

SETTINGS = "/accounts/settings/"
LOGIN = "/accounts/login/"
LANGUAGE = "/accounts/language/"
CONFIRM = "/accounts/reauthenticate/"
COOKIE = site.LANGUAGE_COOKIE_NAME


def fields(**changes: Any) -> dict[str, Any]:
    sent = {
        "first_name": "Kat",
        "last_name": "Wie",
        "email": "",
        "language": "",
        "shortcuts": "on",
    }
    return sent | changes


def columns(user: User) -> dict[str, Any]:
    return User.objects.filter(pk=user.pk).values().get()


def test_what_is_saved_is_the_users_own_and_nothing_else(
    as_agent: Client, agent: User, manager: User
) -> None:
    before, others = columns(agent), columns(manager)
    smuggled = {"username": "root", "password": "x", "is_staff": "on", "is_superuser": "on", "pk": manager.pk}
    response = as_agent.post(SETTINGS, fields() | smuggled)
    assert (response.status_code, response.url) == (302, SETTINGS)
    changed = {"first_name": "Kat", "last_name": "Wie", "shortcuts": True}
    assert columns(agent) == before | changed
    assert columns(manager) == others


def test_another_email_address_is_saved_once_the_password_was_asked_for(
    as_agent: Client, agent: User
) -> None:
    asked = as_agent.post(SETTINGS, fields(email="kat@example.org"))
    assert (asked.status_code, asked.url) == (302, f"{CONFIRM}?next={SETTINGS.replace('/', '%2F')}")
    assert columns(agent)["email"] == ""
    assert as_agent.post(CONFIRM, {"password": "wrong", "next": SETTINGS}).status_code != 302
    assert columns(agent)["email"] == ""
    done = as_agent.post(CONFIRM, {"password": "password", "next": SETTINGS})
    assert (done.status_code, done.url) == (302, SETTINGS)
    assert columns(agent)["email"] == "kat@example.org"
    assert columns(agent)["first_name"] == "Kat"
    assert "Settings saved." in as_agent.get(SETTINGS).content.decode()


def test_what_waits_for_the_password_is_not_done_by_somebody_else(
    as_agent: Client, agent: User, manager: User
) -> None:
    as_agent.post(SETTINGS, fields(email="kat@example.org"))
    as_agent.post("/accounts/logout/")
    as_agent.force_login(manager)
    as_agent.post(CONFIRM, {"password": "password", "next": SETTINGS})
    assert [columns(user)["email"] for user in (agent, manager)] == ["", ""]


def test_the_address_of_another_account_is_refused_however_it_is_written(
    as_agent: Client, agent: User, manager: User
) -> None:
    User.objects.filter(pk=manager.pk).update(email="Boss@example.org")
    answer = as_agent.post(SETTINGS, fields(email="boss@EXAMPLE.org"))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"email": ["Another account has this email address."]}
    assert columns(agent)["email"] == ""


def test_an_address_that_another_account_takes_at_the_same_moment_is_refused(
    agent: User, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.post("/accounts/login/", {"username": "agent", "password": "password"})
    client.post(CONFIRM, {"password": "password", "next": SETTINGS})
    look = User.validate_constraints

    def be_overtaken(user: User, exclude: Collection[str] | None = None) -> None:
        look(user, exclude)
        User.objects.filter(pk=manager.pk).update(email="boss@example.org")

    monkeypatch.setattr(User, "validate_constraints", be_overtaken)
    answer = client.post(SETTINGS, fields(email="boss@example.org"))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"email": ["Another account has this email address."]}
    assert [columns(user)["email"] for user in (agent, manager)] == ["", "boss@example.org"]


def test_shortcuts_by_a_single_key_can_be_switched_off(as_agent: Client, agent: User) -> None:
    sent = fields()
    del sent["shortcuts"]
    as_agent.post(SETTINGS, sent)
    assert columns(agent)["shortcuts"] is False


def test_the_answer_is_in_the_language_that_was_chosen(
    as_agent: Client, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspaces.views._", lambda text: f"{text} ({get_language()})")
    page = as_agent.post(SETTINGS, fields(language="de"), follow=True).content.decode()
    assert '<html lang="de">' in page
    assert "Settings saved. (de)" in page
    assert '<option value="de" selected lang="de">Deutsch</option>' in page
    assert columns(agent)["language"] == "de"


def test_the_sign_in_of_this_device_keeps_the_chosen_language(as_agent: Client) -> None:
    as_agent.post(SETTINGS, fields(language="fr"))
    as_agent.logout()
    as_agent.cookies[COOKIE] = "fr"
    assert '<html lang="fr">' in as_agent.get(LOGIN).content.decode()


def test_as_the_browser_forgets_what_was_chosen_at_the_sign_in(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(language="es")
    client = sign_in(User.objects.get(pk=agent.pk))
    client.cookies[COOKIE] = "ja"
    response = client.post(SETTINGS, fields(), headers={"Accept-Language": "de"})
    assert response.cookies[COOKIE]["max-age"] == 0
    page = client.get(SETTINGS, headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="de">' in page


def test_saving_the_name_alone_leaves_the_language_of_the_sign_in(as_agent: Client) -> None:
    as_agent.cookies[COOKIE] = "ja"
    assert COOKIE not in as_agent.post(SETTINGS, fields()).cookies


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"email": "a" * 300 + "@example.org"},
        {"first_name": "x" * 151},
        {"first_name": "a\0b"},
        {"last_name": "\0"},
        {"language": "nl"},
        {"language": "de\0"},
        {"language": "x" * 5000},
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_saved(
    as_agent: Client, agent: User, wrong: dict[str, str]
) -> None:
    before = columns(agent)
    response = as_agent.post(SETTINGS, fields(**wrong))
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert columns(agent) == before


def test_the_page_that_says_what_is_wrong_names_the_user_as_they_are(as_agent: Client) -> None:
    page = as_agent.post(SETTINGS, fields(first_name="Nobody", email="no")).content.decode()
    assert "Account of Katharina Wiegand" in page
    assert 'value="Nobody"' in page


def test_a_password_that_is_changed_meanwhile_stays_changed(agent: User) -> None:
    form = SettingsForm(fields(), user=agent)
    assert form.is_valid()
    User.objects.filter(pk=agent.pk).update(password=make_password("another"))
    form.save()
    assert User.objects.get(pk=agent.pk).check_password("another")


def test_the_page_shows_where_the_user_works_and_as_what(agent: User, outsider: User) -> None:
    elsewhere = WorkspaceFactory(name="Second Ltd", currency="JPY", time_zone="Asia/Tokyo")
    MembershipFactory(workspace=elsewhere, user=agent, role=Membership.Role.MANAGER)
    page = " ".join(sign_in(agent).get(SETTINGS).content.decode().split())
    for cells in (
        "Brandt &amp; Ohlsen</strong></th> <td>Agent</td> <td>Europe/Berlin</td> <td>EUR</td>",
        "Second Ltd</strong></th> <td>Manager</td> <td>Asia/Tokyo</td> <td>JPY</td>",
    ):
        assert cells in page
    assert "Elsewhere Ltd" not in page


def test_somebody_without_a_workspace_is_told_who_adds_them(db: None) -> None:
    page = sign_in(UserFactory()).get(SETTINGS).content.decode()
    assert "You belong to no workspace. An admin adds you to one." in page


def test_the_account_menu_leads_to_the_settings_and_they_to_how_one_signs_in(
    as_agent: Client, workspace: Workspace
) -> None:
    assert f'href="{SETTINGS}"' in as_agent.get("/timers/").content.decode()
    page = as_agent.get(SETTINGS).content.decode()
    for address in ("/accounts/password_change/", "/accounts/second-factor/", "/accounts/sessions/"):
        assert f'href="{address}"' in page


# Before anybody is signed in


def test_the_sign_in_offers_each_language_in_itself(client: Client, db: None) -> None:
    page = client.get(LOGIN, headers={"Accept-Language": "de"}).content.decode()
    for code, name in site.LANGUAGES:
        current = ' aria-current="true"' if code == "de" else ""
        assert f'<button name="language" value="{code}" lang="{code}"{current}>{name}</button>' in page


def test_a_language_that_is_chosen_at_the_sign_in_stays(client: Client, db: None) -> None:
    response = client.post(LANGUAGE, {"language": "ja", "next": f"{LOGIN}?next=/timers/"})
    assert (response.status_code, response.url) == (302, f"{LOGIN}?next=/timers/")
    cookie = response.cookies[COOKIE]
    assert (cookie.value, cookie["samesite"], cookie["max-age"]) == ("ja", "Lax", 365 * 24 * 3600)
    assert '<html lang="ja">' in client.get(LOGIN).content.decode()


def test_a_signed_in_users_own_choice_goes_before_that_of_the_device(agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(language="fr")
    client = sign_in(User.objects.get(pk=agent.pk))
    client.post(LANGUAGE, {"language": "ja"})
    assert '<html lang="fr">' in client.get("/timers/").content.decode()


@pytest.mark.parametrize("language", ["", "xx", "x" * 5000, "../de"])
def test_no_other_language_is_kept(client: Client, db: None, language: str) -> None:
    assert COOKIE not in client.post(LANGUAGE, {"language": language, "next": LOGIN}).cookies


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_choosing_a_language_leads_nowhere_else(client: Client, db: None, target: str) -> None:
    assert client.post(LANGUAGE, {"language": "de", "next": target}).url == "/"
