"""What people write about conversations: filters, a new one, a message, an assignment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.db import models, transaction
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation, ConversationQuerySet, Customer, Message
from workspaces.fields import PlainTextField
from workspaces.models import User, Workspace

LONGEST_BODY = 20_000


class ConversationFilter(forms.Form):
    """The list's view, customer, order and search. What makes no sense is passed over."""

    VIEWS = {
        "open": pgettext_lazy("conversations", "Open"),
        "mine": pgettext_lazy("conversations", "Mine"),
        "unassigned": pgettext_lazy("conversations", "Unassigned"),
        "closed": pgettext_lazy("conversations", "Closed"),
    }
    ORDERS: dict[str, tuple[Any, list[Any]]] = {
        "": (_("Last activity"), ["-last_message_at", "-pk"]),
        "oldest": (_("Oldest first"), ["last_message_at", "pk"]),
        "time": (
            _("Most time"),
            [models.F("logged_seconds").desc(nulls_last=True), "-last_message_at", "-pk"],
        ),
    }

    view = forms.ChoiceField(choices=VIEWS.items(), required=False)
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        required=False,
        empty_label=_("Every customer"),
        widget=forms.Select(attrs={"class": "input end", "aria-label": _("Customer")}),
    )
    sort = forms.ChoiceField(
        choices=[(key, label) for key, (label, _order) in ORDERS.items()],
        required=False,
        widget=forms.Select(attrs={"class": "input", "aria-label": _("Sort by")}),
    )
    q = forms.CharField(required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        offer(self.fields["customer"], Customer.objects.visible_to(user))
        self.is_valid()

    @property
    def view_name(self) -> str:
        return self.cleaned_data.get("view") or "open"

    @property
    def search(self) -> str:
        return self.cleaned_data.get("q", "")[:200]

    @property
    def chosen_customer(self) -> Customer | None:
        return self.cleaned_data.get("customer")

    def found(self) -> ConversationQuerySet:
        """All that the search and the customer leave, whatever the view."""
        found = Conversation.objects.visible_to(self.user)
        if self.chosen_customer:
            found = found.filter(customer=self.chosen_customer)
        return found.search(self.search)

    def rows(self) -> ConversationQuerySet:
        """What the list shows, with all that a row needs."""
        found = self.found()
        found = found.closed() if self.view_name == "closed" else found.open()
        if self.view_name == "mine":
            found = found.filter(assignee=self.user)
        elif self.view_name == "unassigned":
            found = found.filter(assignee=None)
        _label, order = self.ORDERS[self.cleaned_data.get("sort", "")]
        return found.with_time().select_related("workspace", "customer", "assignee").order_by(*order)


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

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("customer", "subject", "contact", "billing_type"):
            self.fields[name].widget.attrs["class"] = "input"
        customers: Any = self.fields["customer"]
        offer(customers, Customer.objects.visible_to(user))
        customers.empty_label = gettext("Choose a customer")
        types: Any = self.fields["billing_type"]
        offer(types, types.queryset.visible_to(user).active())
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
        active = workspace.members.filter(is_active=True)
        self.members = active.order_by("first_name", "last_name", "username")
        user: Any = self.fields["user"]
        user.queryset = self.members

    def clean(self) -> dict[str, Any]:
        if "user" not in self.data:
            self.add_error("user", gettext("Choose a member of this workspace, or nobody."))
        return self.cleaned_data


def offer(field: Any, rows: models.QuerySet) -> None:
    """Let a choice field hold these rows, under the name of their workspace if they are of several."""
    field.iterator = GroupedByWorkspace
    field.queryset = rows.select_related("workspace").order_by("workspace__name", "workspace", "name", "pk")


class GroupedByWorkspace(forms.models.ModelChoiceIterator):
    """Choices under the name of their workspace, unless they are all of the same."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        groups = [(key, list(rows)) for key, rows in groupby(self.queryset, lambda row: row.workspace)]
        for workspace, rows in groups:
            choices = [self.choice(row) for row in rows]
            if len(groups) == 1:
                yield from choices
            else:
                yield workspace.name, choices
