"""What a pooler in transaction mode, such as PgBouncer, needs of the application."""

import json
import re

from django.conf import settings

from tests.config.production import run

SHOW = "import json, config.wsgi, config.settings; print(json.dumps(config.settings.DATABASES['default']))"
URL = "postgres://stint@db.example:6432/stint"
#: What lives in a connection for longer than a transaction, and would be somebody else's after it.
BEYOND_A_TRANSACTION = re.compile(
    r"\b(LISTEN|NOTIFY|UNLISTEN|DISCARD|WITH HOLD|TEMP(ORARY)? TABLE|SET SESSION|PREPARE)\b"
    # A function's own search_path is the function's.
    r"""|pg_(try_)?advisory_lock|["'](SET|RESET) (?!TRANSACTION|LOCAL|CONSTRAINTS|search_path)"""
)
APPS = ("workspaces", "conversations", "billing", "timers", "config")


def database(**environment: str) -> dict:
    result = run("-c", SHOW, DATABASE_URL=URL, **environment)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_behind_a_pooler_nothing_is_asked_of_a_connection_that_others_use_as_well() -> None:
    found = database(DATABASE_POOLER="on")
    assert found["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert "options" not in found["OPTIONS"]
    assert found["OPTIONS"]["pool"]["max_size"] == 8


def test_without_one_the_limits_are_sent_and_cursors_are_the_servers() -> None:
    found = database(DATABASE_POOLER="off")
    assert "DISABLE_SERVER_SIDE_CURSORS" not in found
    assert "lock_timeout=5s" in found["OPTIONS"]["options"]


def test_behind_a_pooler_no_statement_is_prepared() -> None:
    """None is what Django makes of it where nothing is said."""
    assert database(DATABASE_POOLER="on")["OPTIONS"].get("prepare_threshold") is None
    assert database(DATABASE_POOLER="off")["OPTIONS"]["prepare_threshold"] == 0


def test_what_is_sent_without_one_is_the_roles_with_one() -> None:
    told = (settings.BASE_DIR / "docs" / "scaling.md").read_text(encoding="utf-8")
    sent = re.findall(r"-c (\w+)=(\S+)", database(DATABASE_POOLER="off")["OPTIONS"]["options"])
    assert len(sent) > 2
    # Of statements that are prepared, and behind a pooler none is.
    sent.remove(("plan_cache_mode", "force_generic_plan"))
    assert [each for each in sent if f"ALTER ROLE stint SET {each[0]} = '{each[1]}'" not in told] == []


def test_nothing_outlives_a_transaction() -> None:
    """No LISTEN, no lock or setting of a session, no temporary table: others would find them."""
    files = [path for app in APPS for path in (settings.BASE_DIR / app).rglob("*.py")]
    found = {
        f"{path.relative_to(settings.BASE_DIR)}:{number}": line.strip()
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if BEYOND_A_TRANSACTION.search(line)
    }
    assert len(files) > 100
    assert found == {}
