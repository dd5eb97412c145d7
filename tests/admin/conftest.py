"""The staff member, who may do in the admin what its pages offer but is no superuser."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests.cast import sign_in
from tests.factories import UserFactory
from workspaces.models import User

OURS = ["workspaces", "conversations", "billing", "timers", "auth"]


@pytest.fixture
def staff(db: None) -> User:
    staff = UserFactory(username="staff", first_name="Sten", last_name="Staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label__in=OURS))
    return staff


@pytest.fixture
def as_staff(staff: User) -> Client:
    return sign_in(staff)
