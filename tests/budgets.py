"""How many queries a request makes: the session's, the user's, those of middleware and of templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

#: Not counted. A SAVEPOINT is: it is a round trip that nobody asked for.
TRANSACTION = ("BEGIN", "COMMIT")
#: Of a statement that PostgreSQL was told once, psycopg does not say what it was.
PREPARED = "SELECT (prepared)"


def queries_of(
    client: Client,
    method: str,
    path: str,
    sent: Mapping[str, Any] | None = None,
    *,
    htmx: bool = False,
    status: int | None = None,
) -> list[str]:
    """The SQL that one request runs. The test that asks needs `django_db(transaction=True)`."""
    headers = {"HX-Request": "true"} if htmx else {}
    with CaptureQueriesContext(connection) as captured:
        response = getattr(client, method.lower())(path, dict(sent or {}), headers=headers)
    assert response.status_code < 400 if status is None else response.status_code == status, response.content
    found = [query["sql"] or PREPARED for query in captured]
    return [sql for sql in found if not sql.startswith(TRANSACTION)]
