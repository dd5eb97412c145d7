"""Under which settings Stint starts, and with which it says why not."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config.checks import INSECURE_KEY, about_sqlite, refuse_unsafe_settings
from tests.config.production import run

KEY = "a8#kP!" * 10
SAFE = {
    "ALLOWED_HOSTS": ["stint.example"],
    "CSRF_TRUSTED_ORIGINS": [],
    "DEBUG": False,
    "DEMO": False,
    "HTTPS": True,
    "INSECURE_HTTP": False,
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "INFO",
    "SECRET_KEY": KEY,
    "SECRET_KEY_FALLBACKS": [],
}
HERE = ["127.0.0.1", "localhost", "[::1]"]
OPENID = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "stint", "OIDC_CLIENT_SECRET": "s"}
CONSOLE = "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"HTTPS": False, "ALLOWED_HOSTS": HERE, "DEMO": True},
        {"HTTPS": False, "INSECURE_HTTP": True},
        {"SECRET_KEY_FALLBACKS": [KEY[::-1]]},
        {"CSRF_TRUSTED_ORIGINS": ["https://forms.example:8443"]},
        {"LOG_FORMAT": "lines", "LOG_LEVEL": "DEBUG"},
        OPENID,
        {**OPENID, "OIDC_ISSUER": "http://127.0.0.1:9000"},
        {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"},
        {"DEBUG": True, "SECRET_KEY": "", "ALLOWED_HOSTS": HERE},
    ],
)
def test_safe_settings_are_accepted(changed: dict[str, Any]) -> None:
    refuse_unsafe_settings({**SAFE, **changed})


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": INSECURE_KEY}, "SECRET_KEY is a default"),
        ({"SECRET_KEY": "a8#kP!" * 8}, "too short"),
        ({"SECRET_KEY": "abcd" * 20}, "too short"),
        ({"SECRET_KEY_FALLBACKS": [KEY, INSECURE_KEY]}, "SECRET_KEY_FALLBACKS holds a default"),
        ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS is empty"),
        ({"ALLOWED_HOSTS": ["stint.example", "*"]}, "any host"),
        ({"ALLOWED_HOSTS": [".*"]}, "any host"),
        ({"DEMO": True}, "DEMO is on and ALLOWED_HOSTS names stint.example"),
        ({"HTTPS": False}, "HTTPS is off and ALLOWED_HOSTS names stint.example"),
        ({"HTTPS": False, "ALLOWED_HOSTS": [*HERE, "192.0.2.7"]}, "names 192.0.2.7"),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*.example"]}, "anybody's"),
        ({"CSRF_TRUSTED_ORIGINS": ["http://forms.example"]}, "Use https"),
        ({"CSRF_TRUSTED_ORIGINS": ["forms.example"]}, "Write it as https://forms.example."),
        ({"SESSION_COOKIE_AGE": 0}, "SESSION_LIFETIME_HOURS"),
        ({"EMAIL_BACKEND": CONSOLE}, "EMAIL_URL delivers mail to nobody"),
        ({**OPENID, "OIDC_ISSUER": "http://id.example"}, "has to be an https address"),
        ({**OPENID, "OIDC_ISSUER": "https://"}, "address with a host"),
        ({**OPENID, "OIDC_ISSUER": "https://*.example"}, "address with a host"),
        ({**OPENID, "OIDC_ISSUER": "https://id.example; script-src *"}, "address with a host"),
        ({**OPENID, "OIDC_CLIENT_SECRET": ""}, "Set all three, or none"),
        ({"LOG_FORMAT": "xml"}, "Set it to one of json, lines"),
        ({"LOG_LEVEL": "loud"}, "Set it to one of DEBUG, INFO"),
        ({"DEBUG": True}, "DEBUG is on and ALLOWED_HOSTS names stint.example"),
        ({"DEBUG": True, "ALLOWED_HOSTS": ["localhost", "*"]}, "DEBUG is on"),
        ({"DEBUG": True, "ALLOWED_HOSTS": ["0.0.0.0"]}, "DEBUG is on"),
    ],
)
def test_unsafe_settings_are_refused(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(complaint)):
        refuse_unsafe_settings({**SAFE, **changed})


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        refuse_unsafe_settings({**SAFE, "SECRET_KEY": "", "ALLOWED_HOSTS": ["*"], "HTTPS": False})
    assert [line[:9] for line in str(refusal.value).splitlines()[1:]] == [
        "- SECRET_",
        "- ALLOWED",
        "- HTTPS i",
    ]


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"ALLOWED_HOSTS": "*"}, "any host"),
        ({"DEBUG": "on"}, "DEBUG is on"),
        ({"HTTPS": "off", "DEMO": "on"}, "DEMO is on"),
    ],
)
def test_the_server_does_not_start_on_unsafe_settings(environment: dict[str, str], complaint: str) -> None:
    result = run("-c", "import config.wsgi", **environment)
    assert result.returncode != 0
    assert complaint in result.stderr


def test_check_deploy_is_clean() -> None:
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr


def test_cookies_are_secure_and_http_is_redirected_where_https_is_on() -> None:
    names = "SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, LANGUAGE_COOKIE_SECURE, SECURE_SSL_REDIRECT"
    shown = f"from config.settings import {names}; print({{{names}}})"
    assert run("-c", shown).stdout.strip() == "{True}"
    assert run("-c", shown, HTTPS="off", ALLOWED_HOSTS="localhost").stdout.strip() == "{False}"


@pytest.mark.django_db
def test_sqlite_waits_for_the_lock_and_syncs_every_commit() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        pragmas = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "busy_timeout")
        }
    assert pragmas == {"synchronous": 2, "busy_timeout": 20_000}
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db
def test_postgresql_waits_for_no_lock_and_no_network_for_ever() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    with connection.cursor() as cursor:
        limits = {}
        for name in ("lock_timeout", "idle_in_transaction_session_timeout", "statement_timeout"):
            cursor.execute(f"SHOW {name}")
            limits[name] = cursor.fetchone()[0]
    # What a command does takes its time; config/wsgi.py limits what a page asks.
    assert limits == {
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "statement_timeout": "0",
    }
    shown = "import config.wsgi, config.settings; print(config.settings.DATABASES['default']['OPTIONS'])"
    options = run("-c", shown, DATABASE_URL="postgres://stint@db.example/stint").stdout
    assert "-c statement_timeout=30s" in options
    assert "'tcp_user_timeout': 10000" in options


@pytest.mark.parametrize(
    ("name", "init", "found"),
    [
        ("stint.sqlite3", "PRAGMA journal_mode=WAL;", []),
        ("stint.sqlite3", "", ["stint.I001"]),
        ("nowhere/stint.sqlite3", "PRAGMA journal_mode=WAL;", ["stint.W001"]),
    ],
)
def test_the_check_tells_what_is_not_so_well_about_a_sqlite_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, init: str, found: list[str]
) -> None:
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / name)}
    databases = {"default": {**database, "OPTIONS": {"init_command": init}}}
    monkeypatch.setattr("config.checks.settings", SimpleNamespace(DATABASES=databases))
    assert [each.id for each in about_sqlite()] == found


def test_the_readme_lists_every_setting_and_no_other() -> None:
    read = set(re.findall(r'env\.\w+\("(\w+)"', (settings.BASE_DIR / "config/settings.py").read_text()))
    table = (settings.BASE_DIR / "README.md").read_text().partition("| variable |")[2].partition("\n\n")[0]
    first_columns = " ".join(row.split("|")[1] for row in table.splitlines()[2:])
    # What config/wsgi.py says is for nobody else to say.
    assert set(re.findall(r"`(\w+)`", first_columns)) == read - {"STATEMENT_TIMEOUT"}


def test_every_static_file_that_a_template_names_exists() -> None:
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    named = {name for path in templates for name in re.findall(r'{% static "([^"]+)"', path.read_text())}
    assert named
    assert [name for name in sorted(named) if not finders.find(name)] == []
