"""A second factor that is asked for: of managers by their workspace, of staff by the admin site."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from billing.models import BillingEntry
from conversations.models import Conversation
from tests.factories import MembershipFactory, UserFactory
from tests.workspaces.second_factor import CONFIRM, INDEX, LOGIN, SWITCH_OFF, is_in, set_up
from timers.models import Timer
from workspaces.admin import may_do_more
from workspaces.models import Membership, User, Workspace

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/conversations/"}


# By a workspace


@pytest.fixture
def asking(workspace: Workspace) -> Workspace:
    workspace.second_factor_for_managers = True
    workspace.save()
    return workspace


def test_a_manager_without_it_is_led_to_set_it_up(asking: Workspace, as_manager: Client) -> None:
    for address in ("/", "/conversations/", "/billing/review/", "/accounts/settings/", "/accounts/sessions/"):
        answer = as_manager.get(address)
        assert (answer.status_code, answer.url) == (302, INDEX), address
    page = as_manager.get(INDEX).content.decode()
    assert "asks its managers for a second factor" in page
    main = page[page.index("<main") :]
    assert 'href="/accounts/password_change/"' in main
    assert 'href="/accounts/settings/"' not in main  # it would lead back to here


def test_a_session_from_before_is_held_back_as_well(workspace: Workspace, as_manager: Client) -> None:
    assert as_manager.get("/billing/review/").status_code == 200
    Workspace.objects.filter(pk=workspace.pk).update(second_factor_for_managers=True)
    assert as_manager.get("/billing/review/").url == INDEX


def test_a_click_leads_the_whole_page_there(
    asking: Workspace, as_manager: Client, conversation: Conversation
) -> None:
    answer = as_manager.post(f"/conversations/{conversation.pk}/timer/start/", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, INDEX)
    assert not Timer.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        INDEX, "/accounts/password_change/", "/accounts/password_change/done/", CONFIRM, "/timers/status/",
        "/healthz/", "/offline/",
    ],
)  # fmt: skip
def test_what_is_left_to_them(asking: Workspace, as_manager: Client, address: str) -> None:
    assert as_manager.get(address).status_code in (200, 204)


def test_their_own_timer_they_can_stop_and_nobody_elses(
    workspace: Workspace, conversation: Conversation, manager: User, agent: User, as_manager: Client
) -> None:
    own = Timer.objects.start(user=manager, conversation=conversation, now=timezone.now())
    theirs = Timer.objects.start(user=agent, conversation=conversation, now=timezone.now())
    Workspace.objects.filter(pk=workspace.pk).update(second_factor_for_managers=True)
    assert as_manager.post(f"/timers/{own.pk}/stop/").status_code == 302
    assert as_manager.post(f"/timers/{theirs.pk}/stop/").status_code == 404
    assert [Timer.objects.get(pk=each.pk).is_running for each in (own, theirs)] == [False, True]


def test_they_can_sign_out_and_choose_a_language(asking: Workspace, as_manager: Client) -> None:
    assert as_manager.post("/accounts/language/", {"language": "de", "next": INDEX}).url == INDEX
    assert as_manager.post("/accounts/logout/").url == LOGIN
    assert not is_in(as_manager)


def test_their_role_does_nothing_until_it_is_set_up(
    asking: Workspace, manager: User, as_manager: Client, clock: Any
) -> None:
    assert not manager.is_manager
    assert list(Workspace.objects.managed_by(manager)) == []
    assert BillingEntry.objects.reviewable_by(manager).count() == 0
    set_up(as_manager)
    assert as_manager.get("/billing/review/").status_code == 200


def test_those_who_are_not_asked_see_nothing_of_it(
    asking: Workspace, as_agent: Client, as_outsider: Client
) -> None:
    assert is_in(as_agent)
    assert is_in(as_outsider)


def test_a_manager_elsewhere_is_an_agent_where_it_is_asked_for(
    asking: Workspace, outsider: User, as_outsider: Client
) -> None:
    MembershipFactory(workspace=asking, user=outsider, role=Membership.Role.AGENT)
    assert as_outsider.get("/billing/review/").status_code == 200


def test_while_it_is_asked_for_it_cannot_be_switched_off(
    asking: Workspace, as_manager: Client, clock: Any
) -> None:
    set_up(as_manager)
    for answer in (as_manager.get(SWITCH_OFF), as_manager.post(SWITCH_OFF)):
        assert "It cannot be switched off" in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_asking_costs_no_query(
    asking: Workspace, as_manager: Client, as_agent: Client, clock: Any, django_assert_num_queries: Any
) -> None:
    set_up(as_manager)
    for client in (as_manager, as_agent):
        marks = client.get("/timers/status/").headers
        assert marks
        with django_assert_num_queries(2):  # the session with its user, the timers
            client.get("/timers/status/")


def test_an_admin_asks_for_it_and_the_history_says_so(
    workspace: Workspace, as_admin: Client, as_manager: Client
) -> None:
    address = f"/admin/workspaces/workspace/{workspace.pk}/change/"
    form = as_admin.get(address).context["adminform"].form
    sent = {name: form.initial.get(name) or "" for name in form.fields}
    sent |= {"create_entries_automatically": "on", "second_factor_for_managers": "on"}
    sent |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    assert as_admin.post(address, sent).status_code == 302
    workspace.refresh_from_db()
    assert workspace.second_factor_for_managers
    assert workspace.history.latest().second_factor_for_managers
    Workspace.objects.filter(pk=workspace.pk).update(second_factor_for_managers=False)
    assert "Second factor for managers" in as_manager.get("/billing/history/").content.decode()


# Staff


@pytest.fixture
def for_staff(settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_STAFF = True


def test_the_admin_site_can_ask_for_it(for_staff: None, as_admin: Client, clock: Any) -> None:
    answer = as_admin.get("/admin/")
    assert (answer.status_code, answer.url) == (302, INDEX)
    assert "The admin site asks" in as_admin.get(INDEX).content.decode()
    assert is_in(as_admin)
    set_up(as_admin)
    assert as_admin.get("/admin/").status_code == 200
    assert "It cannot be switched off" in as_admin.get(SWITCH_OFF).content.decode()


def test_the_admin_site_does_not_ask_unless_it_is_told_to(as_admin: Client) -> None:
    assert as_admin.get("/admin/").status_code == 200


def change(client: Client, user: User, **fields: str) -> HttpResponse:
    address = f"/admin/workspaces/user/{user.pk}/change/"
    form = client.get(address).context["adminform"].form
    sent = {name: form.initial.get(name) or "" for name in form.fields} | {"is_active": "on"}
    sent |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "user_permissions": [], "groups": []}
    sent |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    return client.post(address, sent | fields)


def test_an_admin_removes_it_when_the_phone_is_lost(
    as_agent: Client, agent: User, admin: User, as_admin: Client, caplog: pytest.LogCaptureFixture, clock: Any
) -> None:
    secret, codes = set_up(as_agent)
    page = as_admin.get(f"/admin/workspaces/user/{agent.pk}/change/").content.decode()
    assert "Remove the second factor" in page
    assert not any(each in page for each in (secret, *codes))
    assert change(as_admin, agent, remove_second_factor="on").status_code == 302
    assert not Authenticator.objects.exists()
    record = next(each for each in caplog.records if "removed by an admin" in each.message)
    assert (vars(record)["user_id"], vars(record)["by_user_id"]) == (agent.pk, admin.pk)
    assert (
        "Remove the second factor"
        in as_admin.get(f"/admin/workspaces/user/{agent.pk}/history/").content.decode()
    )


def test_saving_a_user_leaves_it(as_agent: Client, agent: User, as_admin: Client, clock: Any) -> None:
    set_up(as_agent)
    assert change(as_admin, agent, first_name="Kat").status_code == 302
    assert User.objects.get(pk=agent.pk).first_name == "Kat"
    assert Authenticator.objects.count() == 2


def test_an_admins_own_is_not_removed_without_the_password(as_admin: Client, admin: User, clock: Any) -> None:
    set_up(as_admin)
    assert (
        "Remove the second factor"
        not in as_admin.get(f"/admin/workspaces/user/{admin.pk}/change/").content.decode()
    )
    change(as_admin, admin, remove_second_factor="on", is_staff="on", is_superuser="on")
    assert Authenticator.objects.count() == 2


def test_staff_take_over_no_manager_who_has_yet_to_set_it_up(
    asking: Workspace, manager: User, agent: User
) -> None:
    staff = UserFactory(is_staff=True)
    assert may_do_more(manager, than=staff)
    assert not may_do_more(agent, than=staff)
