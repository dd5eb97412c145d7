"""A conversation with all that its page says of it and of its customer: one query."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404

from conversations.models import Billed, Conversation, ConversationQuerySet
from conversations.models.customer import month_of
from workspaces.models import User
from workspaces.prepared import Prepared


def read(pk: int, user: User, now: datetime) -> Conversation:
    """With its rules, its assignee, the customer's `open_count`, and what was `billed` to them this month.

    Raises Http404 where the user may not look.
    """
    months = {pk: month_of(each.local_date(now)) for pk, each in user.known_workspaces.items()}
    # Around midnight not every workspace has the same month.
    first, following = max(months.values(), default=("", ""))
    found = _with_all(pk=pk, workspaces=user.workspace_ids, first=first, following=following)
    if not found:
        raise Http404
    conversation = found[0]
    if rule := conversation.effective_billing_type:
        rule.workspace = conversation.workspace
    billed = Billed.read(conversation.billed)  # type: ignore[attr-defined]
    if months[conversation.workspace_id][0] != first:
        billed = conversation.customer.billed_in_month(conversation.workspace.local_date(now))
    conversation.billed = billed  # type: ignore[attr-defined]
    return conversation


def _page_of(pk: int, workspaces: list[int], first: str, following: str) -> ConversationQuerySet:
    return Conversation.objects.filter(pk=pk, workspace__in=workspaces).with_page(first, following).order_by()


_with_all = Prepared(_page_of)
