"""The environment of the tests, whatever the shell's and .env say. pytest loads it before the settings.

DATABASE_URL alone is taken from the shell, so that the suite runs on either database.
"""

import os
import shutil
import tempfile

import pytest

FOLDER = "STINT_TEST_FOLDER"

os.environ.update(
    ALLOWED_HOSTS="localhost",
    BEHIND_PROXY="off",
    CSRF_TRUSTED_ORIGINS="",
    DATABASE_POOL_MAX="8",
    DATABASE_POOL_MIN="1",
    DATABASE_POOL_TIMEOUT="10",
    DATABASE_POOLER="off",
    DEBUG="off",
    DEMO="off",
    # Playwright's event loop runs in the thread of the tests, where Django refuses to use the database.
    DJANGO_ALLOW_ASYNC_UNSAFE="true",
    EMAIL_URL="",
    HSTS_INCLUDE_SUBDOMAINS="off",
    HTTPS="off",
    INSECURE_HTTP="off",
    LOG_FORMAT="json",
    LOG_LEVEL="INFO",
    OIDC_CLIENT_ID="",
    OIDC_CLIENT_SECRET="",
    OIDC_ISSUER="",
    OIDC_NAME="",
    SECOND_FACTOR_FOR_STAFF="off",
    SECRET_KEY="the-tests-own-key-0123456789-0123456789-0123456789",
    SECRET_KEY_FALLBACKS="",
    SESSION_LIFETIME_HOURS="168",
)
if FOLDER not in os.environ:  # else a worker of pytest-xdist, which shares its parent's
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="stint-tests-")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{os.environ[FOLDER]}/stint.sqlite3")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
