"""What stands beside a conversation: the open ones that are assigned to the user."""

from __future__ import annotations

from django.db.models import Count, Subquery

from conversations.models import Conversation, ConversationQuerySet
from workspaces.models import User
from workspaces.prepared import Prepared

#: So many are shown.
LENGTH = 30


class Inbox:
    """The latest of the user's own open conversations, below the one `beside` them if that is none."""

    def __init__(self, user: User, beside: Conversation) -> None:
        self.rows: list[Conversation] = list(_latest(user=user.pk, workspaces=user.workspace_ids))
        self.count: int = self.rows[0].own_count if self.rows else 0  # type: ignore[attr-defined]
        for each in self.rows:
            each.workspace = user.known_workspaces[each.workspace_id]
        if beside not in self.rows:
            self.rows.insert(0, beside)


def _latest_of(user: int, workspaces: list[int]) -> ConversationQuerySet:
    own = Conversation.objects.open().filter(assignee=user, workspace__in=workspaces)
    count = own.order_by().values("assignee").annotate(count=Count("pk")).values("count")
    shown = own.select_related("customer").annotate(own_count=Subquery(count))
    return shown.only("subject", "awaiting_reply", "last_message_at", "workspace_id", "customer__name")[
        :LENGTH
    ]


_latest = Prepared(_latest_of)
