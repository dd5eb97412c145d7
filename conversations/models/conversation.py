"""Conversations: a subject, a customer, and what is done with them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from conversations.models.conversation_queryset import ConversationQuerySet
from conversations.models.customer import Customer
from conversations.models.message import (
    ASSIGNED,
    ASSIGNED_TO_NOBODY,
    ASSIGNED_TO_THEMSELVES,
    CLOSED,
    REOPENED,
    Message,
)
from conversations.words import indexed, numbers_from, terms_of, words_of
from workspaces.distribution import InWorkspace
from workspaces.models import User, Workspace


class ConversationClosed(Exception):
    """Nothing is written to a closed conversation, and no timer starts on it."""


class Conversation(InWorkspace):
    """A subject that a team talks about with a customer."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("state", "Open")
        CLOSED = "closed", pgettext_lazy("state", "Closed")

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="conversations"
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="conversations"
    )
    subject = models.CharField(_("subject"), max_length=200)
    contact = models.CharField(
        _("contact"),
        max_length=100,
        blank=True,
        help_text=_("The person at the customer's, as they sign."),
    )
    billing_type = models.ForeignKey(
        "billing.BillingType",
        verbose_name=_("billing type"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="conversations",
    )
    assignee = models.ForeignKey(
        User,
        verbose_name=_("assignee"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_conversations",
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    awaiting_reply = models.BooleanField(
        _("awaiting reply"), default=False, help_text=_("The customer wrote last.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    last_message_at = models.DateTimeField(_("last message at"), default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-last_message_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="open_or_closed"),
        ]
        indexes = [
            # The list: all, of one or of nobody, of a customer; and what is new of a customer (the search).
            models.Index(
                fields=["workspace", "state", "-last_message_at", "-id"], name="conversations_in_order"
            ),
            models.Index(
                fields=["workspace", "assignee", "-last_message_at", "-id"],
                condition=Q(state="open"),
                name="open_conversations_of_one",
            ),
            models.Index(fields=["customer", "state", "-last_message_at", "-id"], name="conversations_with"),
            models.Index(fields=["customer", "id"], name="conversations_with_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def get_absolute_url(self) -> str:
        return _address(self.pk)

    def clean(self) -> None:
        for field in ("customer", "billing_type"):
            chosen = getattr(self, field, None)
            if chosen and self.workspace_id not in (None, chosen.workspace_id):
                raise ValidationError({field: gettext("Choose one of this workspace.")})

    @property
    def number(self) -> str:
        return f"#{self.pk}"

    def is_titled(self, text: str) -> bool:
        """Whether the search by titles finds it (see `conversations.search`)."""
        titles = indexed(self.subject), indexed(self.customer.name)
        words = [word for word in words_of(text) if terms_of(word)]
        return bool(words or not text.strip()) and all(
            any(all(term.is_in(title) for term in terms_of(word)) for title in titles)
            or any(first <= self.pk <= last for first, last in numbers_from(word))
            for word in words
        )

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def effective_billing_type(self) -> Any:  # billing is not imported here
        """The conversation's billing type, else its customer's, else the workspace's default, else None.

        An archived one is passed over.
        """
        ordered = self.billing_type, self.customer.billing_type, self.workspace.default_billing_type
        return next((each for each in ordered if each and each.archived_at is None), None)

    def post(
        self, *, kind: str, body: str, now: datetime, author: User | None = None, author_name: str = ""
    ) -> Message:
        """Add a message and move the conversation up in the lists; returns the `Message`.

        Raises ConversationClosed, but for an event.
        """
        with transaction.atomic():
            if kind != Message.Kind.EVENT:
                self._hold_open()
            message = self.messages.create(
                workspace_id=self.workspace_id,
                kind=kind,
                body=body,
                author=author,
                author_name=author_name,
                created_at=now,
            )
            if kind == Message.Kind.EVENT:
                return message
            changed = ["last_message_at"]
            self.last_message_at = now
            if kind != Message.Kind.NOTE:
                changed.append("awaiting_reply")
                self.awaiting_reply = kind == Message.Kind.INCOMING
            self.save(update_fields=changed)
        return message

    def _row(self) -> ConversationQuerySet:
        return Conversation.objects.filter(pk=self.pk, workspace=self.workspace_id)

    def _hold_open(self) -> None:
        """Nobody closes it until the transaction ends."""
        held = self._row().select_for_update().open().values_list("pk")
        if not held:
            raise ConversationClosed

    def assign(self, *, to: User | None, by: User, now: datetime) -> None:
        """Make `to` (None: nobody) responsible. Raises ValidationError for somebody outside the workspace."""
        if to and not self.workspace.memberships.filter(user=to).exists():
            raise ValidationError(gettext("Choose a member of this workspace."))
        with transaction.atomic():
            changed = self._row().exclude(assignee=to).update(assignee=to)
            self.assignee = to
            if changed:
                if to is None:
                    sentence = ASSIGNED_TO_NOBODY
                elif to == by:
                    sentence = ASSIGNED_TO_THEMSELVES
                else:
                    sentence = ASSIGNED + to.display_name
                self._log(sentence, by, now)

    def close(self, *, by: User, now: datetime) -> None:
        """No timer starts here any more; running ones run on until they are stopped."""
        self._move(self.State.CLOSED, CLOSED, by, now, awaiting_reply=False)

    def reopen(self, *, by: User, now: datetime) -> None:
        """As it was before it was closed: it awaits a reply if the customer wrote last."""
        spoken = [Message.Kind.INCOMING, Message.Kind.REPLY]
        said = self.messages.filter(workspace=self.workspace_id, kind__in=spoken).last()
        incoming = said is not None and said.kind == Message.Kind.INCOMING
        self._move(self.State.OPEN, REOPENED, by, now, awaiting_reply=incoming)

    def _move(self, state: str, sentence: str, by: User, now: datetime, *, awaiting_reply: bool) -> None:
        with transaction.atomic():
            other = self._row().exclude(state=state)
            if other.update(state=state, awaiting_reply=awaiting_reply):
                self._log(sentence, by, now)
            self.refresh_from_db(fields=["state", "awaiting_reply"])

    def _log(self, sentence: str, by: User, now: datetime) -> None:
        self.post(kind=Message.Kind.EVENT, body=sentence, author=by, now=now)


@lru_cache(maxsize=10_000)
def _address(pk: int) -> str:
    # A page leads to dozens.
    return reverse("conversations:detail", args=[pk])
