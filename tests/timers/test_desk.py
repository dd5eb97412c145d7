"""What is read to know a user's timers."""

from typing import Any

import pytest
from django.db import connection

from conversations.models import Conversation
from timers.models import desk
from workspaces.models import User


@pytest.mark.parametrize("query", [desk._glance, desk._around, desk._held])
def test_sqlite_reads_open_timers_only_without_statistics(
    query: Any, agent: User, conversation: Conversation
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip(
            "only SQLite may take a worse index for that; tests/test_plans.py reads PostgreSQL's plans"
        )
    query(user=agent.pk, here=conversation.pk, chosen=7, workspaces=agent.workspace_ids)
    (compiled,) = [each for shape, each in query._compiled.items() if shape[-1] == 1]
    asked = [1] * len(compiled.statement.asked)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {compiled.statement.sql}", asked)
        steps = [step for *_, step in cursor.fetchall() if "timers_timer" in step]
    assert [step.partition(" USING ")[2] for step in steps] == [
        "INDEX open_timers_of_a_user (user_id=? AND workspace_id=?)",
        "INDEX timers_of_a_conversation (conversation_id=? AND state=?)",
        "INTEGER PRIMARY KEY (rowid=?)",
    ]
