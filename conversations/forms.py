"""What people write about conversations: filters, a new one, a message, an assignment."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation, Customer, Message
from conversations.words import words_of
from workspaces.fields import PickField, PlainTextField
from workspaces.models import User, Workspace
from workspaces.widgets import QuickSelect

LONGEST_BODY = 20_000


class ConversationFilter(forms.Form):
    """The list's view, customer, order and search. What makes no sense is passed over."""

    VIEWS = {
        "open": pgettext_lazy("conversations", "Open"),
        "mine": pgettext_lazy("conversations", "Mine"),
        "unassigned": pgettext_lazy("conversations", "Unassigned"),
        "closed": pgettext_lazy("conversations", "Closed"),
    }
    ORDERS = {"": _("Last activity"), "oldest": _("Oldest first"), "time": _("Most time")}

    view = forms.ChoiceField(choices=VIEWS.items(), required=False)
    customer = PickField(
        Customer.objects.none(),
        required=False,
        empty_label=_("Every customer"),
        widget=QuickSelect(attrs={"class": "input end", "aria-label": _("Customer")}),
    )
    sort = forms.ChoiceField(
        choices=ORDERS.items(),
        required=False,
        widget=QuickSelect(attrs={"class": "input", "aria-label": _("Sort by")}),
    )
    q = forms.CharField(required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        customer: Any = self.fields["customer"]
        customer.offer(Customer.objects.visible_to(user), user)
        self.is_valid()

    @property
    def view_name(self) -> str:
        return self.cleaned_data.get("view") or "open"

    @property
    def search(self) -> str:
        return self.cleaned_data.get("q", "")[:200]

    @property
    def order_name(self) -> str:
        return self.cleaned_data.get("sort", "")

    @property
    def chosen_customer(self) -> Customer | None:
        return self.cleaned_data.get("customer")


class ConversationForm(forms.ModelForm):
    """A new conversation with its first message."""

    KINDS = [(kind.value, kind.label) for kind in (Message.Kind.INCOMING, Message.Kind.NOTE)]

    kind = forms.ChoiceField(
        label=_("First message"), choices=KINDS, initial=Message.Kind.INCOMING, widget=forms.RadioSelect
    )
    body = PlainTextField(label=_("Message"), rows=8, max_length=LONGEST_BODY)

    class Meta:
        model = Conversation
        fields = ["customer", "subject", "contact", "billing_type"]
        field_classes: ClassVar = {"customer": PickField, "billing_type": PickField}
        widgets: ClassVar = {"customer": QuickSelect, "billing_type": QuickSelect}

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("customer", "subject", "contact", "billing_type"):
            self.fields[name].widget.attrs["class"] = "input"
        customers: Any = self.fields["customer"]
        customers.offer(Customer.objects.visible_to(user), user)
        customers.choose(self.initial.get("customer"))
        customers.empty_label = gettext("Choose a customer")
        types: Any = self.fields["billing_type"]
        types.offer(types.queryset.visible_to(user).active(), user)
        types.empty_label = self._when_empty(user)

    @staticmethod
    def _when_empty(user: User) -> str:
        defaults = Workspace.objects.for_user(user).select_related("default_billing_type")
        nothing = pgettext("billing type", "none")
        names = {str(workspace.default_billing_type or nothing) for workspace in defaults}
        if len(names) == 1:
            text = gettext("The customer’s, else the workspace’s default (%(name)s)")
            return text % {"name": names.pop()}
        return gettext("The customer’s, else the workspace’s default")

    def clean(self) -> dict[str, Any]:
        customer = self.cleaned_data.get("customer")
        if customer:
            self.instance.workspace = customer.workspace
        return self.cleaned_data

    def save(self, *, by: User, now: datetime) -> Conversation:  # type: ignore[override]
        """Make it, assigned to `by`, with its first message."""
        conversation: Conversation = super().save(commit=False)
        conversation.assignee = by
        conversation.created_at = conversation.last_message_at = now
        written = {"kind": self.cleaned_data["kind"], "body": self.cleaned_data["body"], "now": now}
        with transaction.atomic():
            conversation.save()
            if written["kind"] == Message.Kind.NOTE:
                conversation.post(author=by, **written)
            else:
                name = conversation.contact or conversation.customer.name
                conversation.post(author_name=name[:100], **written)
        return conversation


class MessageForm(forms.Form):
    """A reply or an internal note."""

    KINDS = [(kind.value, kind.label) for kind in (Message.Kind.REPLY, Message.Kind.NOTE)]

    kind = forms.ChoiceField(choices=KINDS, initial=Message.Kind.REPLY)
    body = PlainTextField(max_length=LONGEST_BODY, error_messages={"required": _("Write something first.")})

    def save(self, conversation: Conversation, *, by: User, now: datetime) -> Message:
        return conversation.post(
            author=by, kind=self.cleaned_data["kind"], body=self.cleaned_data["body"], now=now
        )


class AssignForm(forms.Form):
    """Who is responsible: a member of the workspace, or nobody where `user` is sent empty."""

    user = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Choose a member of this workspace.")},
    )

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        user: Any = self.fields["user"]
        user.queryset = members_called("", workspace)

    def clean(self) -> dict[str, Any]:
        if "user" not in self.data:
            self.add_error("user", gettext("Choose a member of this workspace, or nobody."))
        return self.cleaned_data


def members_called(text: str, workspace: Workspace) -> models.QuerySet[User]:
    """The active members of a workspace whose names hold each word of `text`, in the order of their names."""
    found = User.objects.filter(is_active=True, memberships__workspace=workspace)
    for word in words_of(text):
        names = Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word)
        found = found.filter(names)
    return found.order_by("first_name", "last_name", "username")
