"""Messages, and the events of a conversation as sentences."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.distribution import InWorkspace
from workspaces.models import User, Workspace, initials_of

# What an event says in the database, in English, after the name of whoever did it.
ASSIGNED = "assigned it to "
ASSIGNED_TO_NOBODY = "assigned it to nobody"
ASSIGNED_TO_THEMSELVES = "assigned it to themselves"
CLOSED = "closed the conversation"
REOPENED = "reopened the conversation"

#: The same as a whole sentence, in the reader's language.
SENTENCES = {
    ASSIGNED_TO_NOBODY: _("%(who)s assigned it to nobody"),
    ASSIGNED_TO_THEMSELVES: _("%(who)s assigned it to themselves"),
    CLOSED: _("%(who)s closed the conversation"),
    REOPENED: _("%(who)s reopened the conversation"),
}


class Message(InWorkspace):
    """Something said in a conversation, or (an event) done to it."""

    class Kind(models.TextChoices):
        INCOMING = "incoming", _("From the customer")
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Internal note")
        EVENT = "event", _("Event")

    #: Its conversation's. Every query on a large table names it (docs/scaling.md).
    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    conversation = models.ForeignKey(
        "conversations.Conversation",
        verbose_name=_("conversation"),
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,  # messages_of_a_conversation begins with it
    )
    author = models.ForeignKey(
        User, verbose_name=_("author"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(
        _("author name"), max_length=100, blank=True, help_text=_("Who wrote, if not a user.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    body = models.TextField(_("body"), max_length=20_000)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["incoming", "reply", "note", "event"]),
                name="a_message_has_a_known_kind",
            ),
        ]
        indexes = [models.Index(fields=["conversation", "created_at"], name="messages_of_a_conversation")]

    def __str__(self) -> str:
        return gettext("%(kind)s on #%(number)s") % {
            "kind": self.get_kind_display(),
            "number": self.conversation_id,
        }

    @property
    def author_display(self) -> str:
        return self.author.display_name if self.author else self.author_name or gettext("Customer")

    @property
    def said(self) -> str:
        """The body; of an event, who did what as a sentence in the reader's language."""
        if self.kind != self.Kind.EVENT:
            return self.body
        who = self.author_display
        if self.body in SENTENCES:
            return str(SENTENCES[self.body]) % {"who": who}
        if self.body.startswith(ASSIGNED):
            whom = self.body.removeprefix(ASSIGNED)
            return gettext("%(who)s assigned it to %(name)s") % {"who": who, "name": whom}
        return f"{who} {self.body}"

    @property
    def initials(self) -> str:
        return initials_of(self.author_display)
