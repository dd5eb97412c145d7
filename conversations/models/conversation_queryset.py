"""Reads of conversations: whose, in which state, with what time on them, and what a search finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Sum

from conversations.models.message import Message
from workspaces.models import User

if TYPE_CHECKING:
    from conversations.models.conversation import Conversation  # noqa: F401 (in quotes below)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> ConversationQuerySet:
        return self.filter(workspace__memberships__user=user)

    def with_rules(self) -> ConversationQuerySet:
        """With all that `effective_billing_type` looks at, in the same query."""
        return self.select_related(
            "workspace__default_billing_type", "customer__billing_type", "billing_type"
        )

    def open(self) -> ConversationQuerySet:
        return self.filter(state=self.model.State.OPEN)

    def closed(self) -> ConversationQuerySet:
        return self.filter(state=self.model.State.CLOSED)

    def with_time(self) -> ConversationQuerySet:
        """Each with its `logged_seconds`: the billed time of its entries, None if it has none."""
        # A subquery: it is worked out for the rows of a page only. And through the conversation itself, since
        # billing is not imported here.
        logged = Sum("entries__billed_seconds", filter=~Q(entries__state="discarded"))
        totals = self.model.objects.filter(pk=OuterRef("pk")).order_by().values("pk").annotate(total=logged)
        return self.annotate(logged_seconds=Subquery(totals.values("total")))

    def count_by_view(self, user: User) -> dict[str, int]:
        """How many are open, the user's own open ones, open ones of nobody, and closed."""
        is_open = Q(state=self.model.State.OPEN)
        return self.order_by().aggregate(
            open=Count("pk", filter=is_open),
            mine=Count("pk", filter=is_open & Q(assignee=user)),
            unassigned=Count("pk", filter=is_open & Q(assignee=None)),
            closed=Count("pk", filter=~is_open),
        )

    def titled(self, text: str) -> ConversationQuerySet:
        """Those whose subject or customer holds each word of `text`, or whose number begins with it.

        No message is read, unlike by `search`: it keeps up with what is being typed.
        """
        return self._with_each(text, _in_title_or_number)

    def search(self, text: str) -> ConversationQuerySet:
        """Conversations whose subject, customer, number or messages hold every word of `text`."""
        return self._with_each(text, _anywhere)

    def _with_each(self, text: str, hit: Callable[[str], Q]) -> ConversationQuerySet:
        found = self
        for word in words_of(text):
            found = found.filter(hit(word))
        return found


def words_of(text: str) -> list[str]:
    """So many of them are looked for."""
    return text.split()[:8]


def _in_title(word: str) -> Q:
    return Q(subject__icontains=word) | Q(customer__name__icontains=word)


def _in_title_or_number(word: str) -> Q:
    hit = _in_title(word)
    for first, last in numbers_from(word):
        hit |= Q(pk__range=(first, last))
    return hit


def _anywhere(word: str) -> Q:
    hit = _in_title(word) | Q(pk__in=Message.objects.filter(body__icontains=word).values("conversation"))
    number = word.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        hit |= Q(pk=int(number))
    return hit


def numbers_from(word: str) -> list[tuple[int, int]]:
    """The numbers that begin with "104" or "#104", as ranges: 104, 1040 to 1049, and so on."""
    digits = word.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12) or digits.startswith("0"):
        return []
    return [(int(digits) * 10**n, (int(digits) + 1) * 10**n - 1) for n in range(5)]
