"""The admin pages of customers, and of conversations and messages to read."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation, Customer, Message
from workspaces.admin_base import (
    HistoryAdmin,
    NoBulkDelete,
    ReadOnly,
    ReadOnlyRows,
    WorkspaceBoundForm,
    is_key,
)
from workspaces.admin_large import InWorkspace, LargeTable
from workspaces.counts import CountOf, Many


@admin.register(Customer)
class CustomerAdmin(NoBulkDelete, HistoryAdmin):
    form = WorkspaceBoundForm
    fields = ["workspace", "name", "billing_type"]
    list_display = ["name", "workspace", "billing_type", "conversation_count", "created_at"]
    list_filter = ["workspace"]
    list_select_related = ["workspace", "billing_type"]
    search_fields = ["name"]
    # As an index has them.
    ordering = ["workspace_id", "name"]
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        count = CountOf(Conversation.objects.filter(customer=OuterRef("pk")))
        return super().get_queryset(request).annotate(conversation_count=count)

    @admin.display(description=_("conversations"))
    def conversation_count(self, customer: Any) -> Many:
        return Many(customer.conversation_count)


class MessageInline(ReadOnlyRows):
    """The latest ones; the list of messages finds the others by the conversation's number."""

    model = Message
    SHOWN = 100
    fields = ["created_at", "kind", "written_by", "said"]
    readonly_fields = ["written_by", "said"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        chosen: Any = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
        found = super().get_queryset(request).select_related("author")
        if not is_key(Conversation, chosen):
            return found.none()
        latest = Message.objects.filter(conversation=chosen).order_by("-created_at", "-pk").values("pk")
        return found.filter(pk__in=latest[: self.SHOWN])

    @admin.display(description=_("author"))
    def written_by(self, message: Message) -> str:
        return message.author_display

    @admin.display(description=_("body"))
    def said(self, message: Message) -> str:
        return message.said


@admin.register(Conversation)
class ConversationAdmin(LargeTable, NoBulkDelete):
    """To read; only the billing type is set here."""

    form = WorkspaceBoundForm
    list_display = ["number", "subject", "customer", "workspace", "billing_type", "assignee", "state"]
    list_display_links = ["number", "subject"]
    list_filter = [("state", InWorkspace), "workspace"]
    list_select_related = ["customer", "workspace", "billing_type", "assignee"]
    numbered_by = ("customer",)
    belongs_to = "assignee"
    view_on_site = False
    readonly_fields = [
        "workspace", "customer", "subject", "contact", "assignee", "state", "awaiting_reply",
        "created_at", "last_message_at",
    ]  # fmt: skip
    fields = ["billing_type", *readonly_fields]
    inlines = [MessageInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("number"), ordering="pk")
    def number(self, conversation: Conversation) -> str:
        return conversation.number


@admin.register(Message)
class MessageAdmin(ReadOnly, LargeTable):
    fields = ["conversation", "author", "author_name", "kind", "said", "created_at"]
    readonly_fields = ["said"]
    list_display = ["created_at", "conversation", "kind", "written_by", "beginning"]
    list_select_related = ["conversation", "author"]
    belongs_to = "author"

    @admin.display(description=_("author"))
    def written_by(self, message: Message) -> str:
        return message.author_display

    @admin.display(description=_("text"))
    def beginning(self, message: Message) -> str:
        return message.said[:80]

    @admin.display(description=_("body"))
    def said(self, message: Message) -> str:
        return message.said
