"""What the tests of OpenID Connect share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import UserFactory
from tests.workspaces.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIDProvider
from workspaces.models import User


@pytest.fixture
def provider(settings: Any) -> Iterator[OpenIDProvider]:
    provider = OpenIDProvider()
    settings.OIDC_ISSUER = provider.issuer
    settings.OIDC_CLIENT_ID = CLIENT_ID
    settings.OIDC_CLIENT_SECRET = CLIENT_SECRET
    settings.OIDC_NAME = "Brandt & Ohlsen"
    yield provider
    provider.close()


@pytest.fixture
def katharina(db: None) -> User:
    return UserFactory(username="katharina", email="katharina@example.com")
