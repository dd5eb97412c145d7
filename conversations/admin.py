"""The admin pages of customers, and of conversations and messages to read."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation, Customer, Message
from workspaces.admin_base import HistoryAdmin, NoBulkDelete, ReadOnly, ReadOnlyRows, WorkspaceBoundForm


@admin.register(Customer)
class CustomerAdmin(NoBulkDelete, HistoryAdmin):
    form = WorkspaceBoundForm
    fields = ["workspace", "name", "billing_type"]
    list_display = ["name", "workspace", "billing_type", "conversation_count", "created_at"]
    list_filter = ["workspace", ("billing_type", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["workspace", "billing_type"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return super().get_queryset(request).annotate(conversation_count=Count("conversations"))

    @admin.display(description=_("conversations"), ordering="conversation_count")
    def conversation_count(self, customer: Any) -> int:
        return customer.conversation_count


class MessageInline(ReadOnlyRows):
    model = Message
    fields = ["created_at", "kind", "written_by", "said"]
    readonly_fields = ["written_by", "said"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).select_related("author")

    @admin.display(description=_("author"))
    def written_by(self, message: Message) -> str:
        return message.author_display

    @admin.display(description=_("body"))
    def said(self, message: Message) -> str:
        return message.said


@admin.register(Conversation)
class ConversationAdmin(NoBulkDelete):
    """To read; only the billing type is set here."""

    form = WorkspaceBoundForm
    list_display = ["number", "subject", "customer", "workspace", "billing_type", "assignee", "state"]
    list_display_links = ["number", "subject"]
    list_filter = ["state", "workspace", ("assignee", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["customer", "workspace", "billing_type", "assignee"]
    search_fields = ["subject", "customer__name", "=id"]
    date_hierarchy = "created_at"
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
class MessageAdmin(ReadOnly, admin.ModelAdmin):
    fields = ["conversation", "author", "author_name", "kind", "said", "created_at"]
    readonly_fields = ["said"]
    list_display = ["created_at", "conversation", "kind", "written_by", "beginning"]
    list_filter = ["kind", "conversation__workspace"]
    list_select_related = ["conversation", "author"]
    search_fields = ["body", "conversation__subject", "author__username", "author_name"]
    date_hierarchy = "created_at"

    @admin.display(description=_("author"))
    def written_by(self, message: Message) -> str:
        return message.author_display

    @admin.display(description=_("text"))
    def beginning(self, message: Message) -> str:
        return message.said[:80]

    @admin.display(description=_("body"))
    def said(self, message: Message) -> str:
        return message.said
