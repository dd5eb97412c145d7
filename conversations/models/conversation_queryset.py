"""Reads of conversations: whose, in which state, and with what time on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from conversations.models.customer import COUNTED, Customer
from workspaces.models import User

if TYPE_CHECKING:
    from conversations.models.conversation import Conversation  # noqa: F401 (in quotes below)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> ConversationQuerySet:
        return self.filter(workspace__in=user.workspace_ids)

    def with_rules(self) -> ConversationQuerySet:
        """With all that `effective_billing_type` looks at, in the same query."""
        return self.select_related(
            "workspace__default_billing_type", "customer__billing_type", "billing_type"
        )

    def with_page(self, first: str, following: str) -> ConversationQuerySet:
        """With all that its page says of it and of its customer: `open_count`, and what was `billed` for them
        from one day until before the other.
        """
        theirs = self.model.objects.open().filter(customer=OuterRef("customer")).order_by()
        counted = theirs.values("customer").annotate(count=Count("pk"))
        customer = Customer.objects.filter(pk=OuterRef("customer"))
        billed = customer.with_billed(OuterRef("workspace"), first, following)
        return (
            self.with_rules()
            .select_related("assignee")
            .annotate(
                open_count=Coalesce(Subquery(counted.values("count")), 0),
                billed=Subquery(billed.values("billed")),
            )
        )

    def open(self) -> ConversationQuerySet:
        return self.filter(state=self.model.State.OPEN)

    def closed(self) -> ConversationQuerySet:
        return self.filter(state=self.model.State.CLOSED)

    def with_time(self) -> ConversationQuerySet:
        """Each with its `logged_seconds`: the billed time of its entries, None if it has none."""
        # A subquery: it is worked out for the rows of a page only. And through the conversation itself, since
        # billing is not imported here.
        logged = self.model.objects.filter(
            workspace=OuterRef("workspace"),
            pk=OuterRef("pk"),
            entries__workspace=F("workspace"),
            entries__state__in=COUNTED,
        )
        totals = logged.order_by().values("pk").annotate(total=Sum("entries__billed_seconds"))
        return self.annotate(logged_seconds=Subquery(totals.values("total")))
