"""What the tests of a password’s reset share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import UserFactory
from workspaces.models import User


@pytest.fixture(autouse=True)
def mail_is_sent(settings: Any) -> None:
    settings.PASSWORD_RESET_BY_MAIL = True
    settings.MAIL_TO_FILES = False


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(username="locksmith", password="old", email="Lock.Smith@example.com")
