"""Fixtures for every test: a quick and plain configuration, databases, browsers."""

from collections.abc import Iterator

import hypothesis
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import translation
from playwright.sync_api import BrowserType
from pytest_django.live_server_helper import LiveServer

from conversations import search_index
from tests import chromium
from tests.tampering import unguarded

pytest_plugins = ["tests.cast"]

hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ci")


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test begins in English."""
    yield
    translation.activate("en")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Lets the flush after a transactional test empty the tables that refuse it."""
    operations = type(connection.ops)
    execute_sql_flush = operations.execute_sql_flush

    def flush_past_guards(self, sql_list: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias), unguarded():
            execute_sql_flush(self, sql_list)
            if connection.vendor == "sqlite":
                for statement in search_index.clear():
                    self.connection.cursor().execute(statement)
            cache.clear()  # whose table is no model's

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", flush_past_guards)
        yield


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """A page opens addresses of this application: `page.goto("/timers/")`."""
    return live_server.url


@pytest.fixture(scope="session")
def axe() -> Axe:
    """The rules of accessibility: `axe.run(page).violations_count`."""
    return Axe()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, browser_type: BrowserType) -> dict:
    """Playwright's own Chromium, else the system's."""
    return {
        **browser_type_launch_args,
        "executable_path": chromium.executable(browser_type),
        "args": chromium.FLAGS,
    }
