"""Who gets into the admin, and what a staff member who is no superuser cannot reach from there."""

from typing import Any

import pytest
from django.contrib import admin as site
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import Group, Permission

from tests.admin.pages import address, errors, save
from tests.cast import sign_in
from tests.factories import UserFactory
from workspaces.models import Membership, User

OF_THE_SIGN_IN = ("axes", "admin", "contenttypes", "socialaccount")
MODELS: list[Any] = [model for model in site.site._registry if model._meta.app_label not in OF_THE_SIGN_IN]
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
POWERS = {"is_superuser": "on", "is_staff": "on"}


@EVERY_MODEL
def test_whoever_is_not_staff_gets_no_page(model, as_agent, as_manager, client):
    for visitor in (as_agent, as_manager, client):
        assert visitor.get(address(model)).status_code == 302


@EVERY_MODEL
def test_staff_without_permissions_get_no_page(model, db):
    assert sign_in(UserFactory(is_staff=True)).get(address(model)).status_code == 403


@EVERY_MODEL
def test_staff_with_permissions_and_superusers_get_every_list(model, as_staff, as_admin):
    for visitor in (as_staff, as_admin):
        assert visitor.get(address(model)).status_code == 200


def test_a_superuser_makes_a_superuser(as_admin, agent):
    save(as_admin, address(agent), **POWERS)
    agent.refresh_from_db()
    assert agent.is_superuser
    assert agent.is_staff


def test_staff_edit_a_member_but_cannot_give_them_powers(as_staff, agent):
    group = Group.objects.create(name="Everything")
    permission = Permission.objects.get(codename="delete_contenttype")
    powers = POWERS | {"groups": [group.pk], "user_permissions": [permission.pk]}
    response = save(as_staff, address(agent), last_name="Renamed", **powers)
    agent.refresh_from_db()
    assert response.status_code == 302
    assert agent.last_name == "Renamed"
    assert (agent.is_superuser, agent.is_staff) == (False, False)
    assert not agent.groups.exists()
    assert not agent.user_permissions.exists()


def test_staff_cannot_give_themselves_powers(as_staff, staff):
    before = set(staff.get_all_permissions())
    save(as_staff, address(staff), is_superuser="on", user_permissions=[])
    staff = User.objects.get(pk=staff.pk)
    assert not staff.is_superuser
    assert staff.get_all_permissions() == before


def test_staff_cannot_add_somebody_with_powers(as_staff):
    secret = "a-long-enough-secret"
    new = {"username": "new", "password1": secret, "password2": secret, "usable_password": "true"}
    assert save(as_staff, address(User, "add"), **new, **POWERS).status_code == 302
    made = User.objects.get(username="new")
    assert (made.is_superuser, made.is_staff) == (False, False)


@pytest.fixture(params=["superuser", "inactive superuser", "more permissions", "inactive, more permissions"])
def mightier(request, db):
    user = UserFactory(
        is_staff=True, is_superuser="superuser" in request.param, is_active="inactive" not in request.param
    )
    if "permissions" in request.param:
        group = Group.objects.create(name="Sessions")
        group.permissions.add(Permission.objects.get(codename="delete_contenttype"))
        user.groups.add(group)
    return user


def test_staff_edit_nobody_who_may_do_more(as_staff, mightier):
    before = User.objects.filter(pk=mightier.pk).values().get()
    for visited in (address(mightier), f"/admin/workspaces/user/{mightier.pk}/password/"):
        secret = "a-long-enough-secret"
        sent = {"username": "x", "password1": secret, "password2": secret, "usable_password": "true"}
        assert as_staff.post(visited, sent).status_code == 403
    assert as_staff.get(f"/admin/workspaces/user/{mightier.pk}/password/").status_code == 403
    assert User.objects.filter(pk=mightier.pk).values().get() == before


def test_staff_may_look_at_a_superuser(as_staff, admin):
    response = as_staff.get(address(admin))
    assert response.status_code == 200
    assert b'name="_save"' not in response.content


def test_staff_set_the_password_of_a_member(as_staff, agent):
    secret = "a-long-enough-secret"
    url = f"/admin/workspaces/user/{agent.pk}/password/"
    as_staff.post(url, {"password1": secret, "password2": secret, "usable_password": "true"})
    agent.refresh_from_db()
    assert check_password(secret, agent.password)


def test_only_superusers_change_groups(as_staff, as_admin):
    group = Group.objects.create(name="Billing")
    assert as_staff.get(address(group)).status_code == 200
    for url in (address(group), address(Group, "add"), address(group, "delete")):
        assert as_staff.post(url, {"name": "Mine"}).status_code == 403
    assert save(as_admin, address(group), name="Renamed").status_code == 302
    assert [each.name for each in Group.objects.all()] == ["Renamed"]


def test_a_user_is_never_deleted(as_admin, agent):
    assert as_admin.get(address(agent, "delete")).status_code == 403
    assert as_admin.post(address(agent, "delete"), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=agent.pk).exists()


def test_a_user_gets_a_membership_where_they_are_edited(as_admin, agent, workspace, other_workspace):
    rows = {
        "memberships-TOTAL_FORMS": 2,
        "memberships-1-workspace": other_workspace.pk,
        "memberships-1-role": "manager",
        "memberships-1-user": agent.pk,
    }
    assert save(as_admin, address(agent), **rows).status_code == 302
    assert User.objects.get(pk=agent.pk).roles == {workspace.pk: "agent", other_workspace.pk: "manager"}


def test_one_membership_per_workspace_is_a_message(as_admin, agent, workspace):
    twice = {"workspace": workspace.pk, "user": agent.pk, "role": "manager"}
    response = save(as_admin, address(Membership, "add"), **twice)
    assert "already exists" in str(errors(response)) or "violated" in str(errors(response))
    assert Membership.objects.get(user=agent).role == "agent"


def test_a_membership_has_a_history(as_admin, admin, agent):
    membership = agent.memberships.get()
    save(as_admin, address(membership), role="manager")
    page = as_admin.get(address(membership, "history")).content.decode()
    assert "Agent → Manager" in page
    assert admin.display_name in page


def test_staff_who_may_make_no_managers_set_no_managers_password(manager):
    staff = UserFactory(username="clerk", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client = sign_in(staff)
    fields = {"password1": "a-new-Passw0rd-of-mine", "password2": "a-new-Passw0rd-of-mine"}
    client.post(f"/admin/workspaces/user/{manager.pk}/password/", fields)
    before = manager.password
    manager.refresh_from_db()
    assert manager.password == before
