"""`workspace` is on every large table and in every query on one, so that the rows of one workspace can lie on
another machine than those of the next (docs/scaling.md). And no process remembers what another would miss.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from bench.visits import Ground, ground, visits
from tests.cast import sign_in
from tests.distribution import DISTRIBUTED, models_by_workspace, unscoped
from tests.faults.addresses import address_of
from tests.test_access import MATRIX, client_of, things  # noqa: F401 (fixtures)
from timers.demo.build import build
from workspaces.models import User

OWN = ("workspaces", "conversations", "billing", "timers")
#: A copy on each machine: seldom written, and read together with the others.
REFERENCE = {
    "workspaces_user",
    "workspaces_workspace",
    "workspaces_membership",
    "workspaces_historicalworkspace",
    "workspaces_historicalmembership",
    "billing_billingtype",
    "billing_historicalbillingtype",
}
#: On one machine: of people, not of workspaces.
LOCAL = {"workspaces_session", "workspaces_user_groups", "workspaces_user_user_permissions"}
#: What a process remembers, and why another one does not miss it.
REMEMBERED = {
    "billing/chips.py": "drawn from the code",
    "billing/review_reads.py": "the SQL of a query, worked out from its order",
    "billing/review_rows.py": "for one page",
    "billing/timesheet.py": "worked out from its arguments alone",
    "billing/templatetags/billing.py": "worked out from its arguments alone",
    "config/fixed_tags.py": "texts by language, and addresses",
    "config/health.py": "the migrations of the release",
    "config/icons.py": "drawn from the code",
    "config/parts.py": "icons and addresses, from the code",
    "conversations/models/conversation.py": "addresses",
    "timers/ledger/entries.py": "worked out from a rule alone, in a command",
    "timers/making/batches.py": "for one run of a command",
    "timers/making/calculations.py": "for one run of a command",
    "timers/templatetags/timers.py": "an address",
    "workspaces/addresses.py": "worked out from its arguments alone",
    "workspaces/money.py": "worked out from its arguments alone",
    "workspaces/prepared.py": "the SQL of a query",
    "workspaces/templatetags/stint.py": "worked out from its arguments alone",
    "workspaces/sign_in/second_factor.py": "worked out from the key alone",
    "workspaces/writing.py": "the SQL of a statement, worked out from its fields",
}


def own_tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table for model in models if model._meta.app_label in OWN}


def test_every_table_is_distributed_by_workspace_or_needs_not_be() -> None:
    assert own_tables() == DISTRIBUTED | REFERENCE | LOCAL
    assert not DISTRIBUTED & (REFERENCE | LOCAL)
    assert models_by_workspace() >= DISTRIBUTED


def test_the_documentation_names_every_constraint_that_would_have_to_be_wider() -> None:
    narrow = {
        constraint.name
        for model in apps.get_models()
        if model._meta.db_table in DISTRIBUTED
        for constraint in model._meta.total_unique_constraints + model._meta.constraints
        if "workspace" not in getattr(constraint, "fields", ["workspace"])
    }
    narrow |= {
        field.name
        for model in apps.get_models()
        if model._meta.db_table in DISTRIBUTED
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    }
    told = (settings.BASE_DIR / "docs" / "scaling.md").read_text(encoding="utf-8")
    assert {name for name in narrow if f"`{name}`" not in told} == set()
    assert narrow == {"one_open_timer_per_conversation", "entry", "submission"}


@contextmanager
def watching(what: str, found: list[str]) -> Iterator[None]:
    """Adds to `found` each query that does not name the workspace, with what asked it."""

    def look(execute: Callable[..., Any], sent: str | bytes, *how: Any) -> Any:
        # As bytes, what is prepared.
        sql = sent if isinstance(sent, str) else sent.decode()
        if tables := unscoped(sql):
            found.append(f"{what}: {', '.join(tables)}\n{sql}")
        return execute(sent, *how)

    with connection.execute_wrapper(look):
        yield


@pytest.mark.parametrize("role", ["agent", "manager"])
def test_every_address_names_the_workspace(
    role: str,
    things: dict[str, int],  # noqa: F811
    client_of: Callable[[str], Client],  # noqa: F811
) -> None:
    found: list[str] = []
    for name, (method, _, fields, _) in MATRIX.items():
        fields = {key: things.get(value, value) for key, value in fields.items()}
        # Each finds everything as it was.
        with transaction.atomic():
            client = client_of(role)
            with watching(name, found):
                getattr(client, method)(address_of(name, things), fields, headers={"HX-Request": "true"})
            transaction.set_rollback(True)
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.fixture(scope="module")
def at(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    with django_db_blocker.unblock(), transaction.atomic():
        build(datetime(2026, 9, 16, 12, 30, tzinfo=UTC))
        yield ground()
        transaction.set_rollback(True)


def test_every_filter_search_and_order_names_the_workspace(at: Ground, db: None) -> None:
    """The admin's pages are about all workspaces, and ask all machines."""
    clients = {who: sign_in(User.objects.get(username=getattr(at, who))) for who in ("agent", "manager")}
    found: list[str] = []
    for visit in visits(at):
        if visit.who in clients:
            with watching(visit.path, found):
                clients[visit.who].get(visit.path, headers={"HX-Request": "true"} if visit.htmx else {})
    assert not found, "\n".join(dict.fromkeys(found))


def test_a_query_that_names_it_elsewhere_only_is_found() -> None:
    timers = 'SELECT "timers_timer"."id", "timers_timer"."workspace_id" FROM "timers_timer"'
    assert unscoped(f'{timers} WHERE "timers_timer"."id" = 1') == ["timers_timer"]
    assert unscoped(f'{timers} WHERE "timers_timer"."workspace_id" IN (1, 2)') == []
    inner = 'SELECT U0."id" FROM "billing_billingentry" U0 WHERE U0."id" = 2'
    outer = f'{timers} WHERE ("timers_timer"."workspace_id" = 1 AND "timers_timer"."entry_id" IN ({inner}))'
    assert unscoped(outer) == ["billing_billingentry"]
    assert unscoped('UPDATE "timers_timer" SET "workspace_id" = 1 WHERE "timers_timer"."id" = 1') == [
        "timers_timer"
    ]


def remembering(path: Path) -> Iterator[str]:
    """What in a file keeps a result for the next call: a cache, a global, a dictionary that begins empty."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("cache", "lru_cache"):
            yield node.id
        elif isinstance(node, ast.Global):
            yield f"global {node.names}"
        elif isinstance(node, ast.Assign | ast.AnnAssign) and _is_empty(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            lasting = [each for each in targets if isinstance(each, ast.Attribute) or node in tree.body]
            yield from map(ast.unparse, lasting)


def _is_empty(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Dict) and not value.keys


def test_no_process_remembers_what_another_one_would_miss() -> None:
    files = [path for app in (*OWN, "config") for path in (settings.BASE_DIR / app).rglob("*.py")]
    found = {str(path.relative_to(settings.BASE_DIR)) for path in files if list(remembering(path))}
    assert found == set(REMEMBERED)
