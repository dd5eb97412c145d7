"""What the work is about: customers, conversations with them, and the messages in these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from workspaces.models import User, Workspace

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


class ConversationClosed(Exception):
    """Nothing is written to a closed conversation, and no timer starts on it."""


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> CustomerQuerySet:
        return self.filter(workspace__memberships__user=user)


@dataclass(frozen=True)
class Billed:
    """Billed seconds, and what the service charges among them come to in minor units of the currency."""

    seconds: int
    amount: int


class Customer(models.Model):
    """Who is billed."""

    workspace = models.ForeignKey(
        Workspace, verbose_name=_("workspace"), on_delete=models.PROTECT, related_name="customers"
    )
    name = models.CharField(_("name"), max_length=200)
    billing_type = models.ForeignKey(
        "billing.BillingType",
        verbose_name=_("billing type"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        help_text=_("For this customer's conversations. Empty: the workspace's default."),
    )
    created_at = models.DateTimeField(_("customer since"), default=timezone.now)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_customer_per_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.billing_type and self.billing_type.workspace_id != self.workspace_id:
            raise ValidationError({"billing_type": gettext("Choose a billing type of this workspace.")})

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in words[:2]).upper()

    def billed_in_month(self, day: date) -> Billed:
        """What was logged for the customer in the month of `day`, in the workspace's currency."""
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        counted = Q(entries__date__gte=first, entries__date__lt=following) & ~Q(entries__state="discarded")
        charged = counted & Q(entries__kind="service", entries__currency=self.workspace.currency)
        sums = self.conversations.aggregate(
            seconds=Sum("entries__billed_seconds", filter=counted, default=0),
            amount=Sum("entries__amount", filter=charged, default=0),
        )
        return Billed(**sums)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> ConversationQuerySet:
        return self.filter(workspace__memberships__user=user)

    def with_rules(self) -> ConversationQuerySet:
        """With all that `effective_billing_type` looks at, in the same query."""
        return self.select_related(
            "workspace__default_billing_type", "customer__billing_type", "billing_type"
        )

    def open(self) -> ConversationQuerySet:
        return self.filter(state=Conversation.State.OPEN)

    def closed(self) -> ConversationQuerySet:
        return self.filter(state=Conversation.State.CLOSED)

    def with_time(self) -> ConversationQuerySet:
        """Each with its `logged_seconds`: the billed time of its entries, None if it has none."""
        # A subquery: it is worked out for the rows of a page only. And through the conversation itself, since
        # billing is not imported here.
        logged = Sum("entries__billed_seconds", filter=~Q(entries__state="discarded"))
        totals = Conversation.objects.filter(pk=OuterRef("pk")).order_by().values("pk").annotate(total=logged)
        return self.annotate(logged_seconds=Subquery(totals.values("total")))

    def count_by_view(self, user: User) -> dict[str, int]:
        """How many are open, the user's own open ones, open ones of nobody, and closed."""
        is_open = Q(state=Conversation.State.OPEN)
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
        found = self
        for word in text.split()[:8]:
            hit = Q(subject__icontains=word) | Q(customer__name__icontains=word)
            for first, last in _numbers(word):
                hit |= Q(pk__range=(first, last))
            found = found.filter(hit)
        return found

    def search(self, text: str) -> ConversationQuerySet:
        """Conversations whose subject, customer, number or messages hold every word of `text`."""
        found = self
        for word in text.split()[:8]:
            hit = Q(subject__icontains=word) | Q(customer__name__icontains=word)
            hit |= Q(pk__in=Message.objects.filter(body__icontains=word).values("conversation"))
            number = word.removeprefix("#")
            if number.isascii() and number.isdigit() and len(number) < 19:
                hit |= Q(pk=int(number))
            found = found.filter(hit)
        return found


def _numbers(word: str) -> list[tuple[int, int]]:
    """The numbers that begin with "104" or "#104", as ranges: 104, 1040 to 1049, and so on."""
    digits = word.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12) or digits.startswith("0"):
        return []
    return [(int(digits) * 10**n, (int(digits) + 1) * 10**n - 1) for n in range(5)]


class Conversation(models.Model):
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
            models.Index(fields=["workspace", "state", "-last_message_at"], name="conversations_by_activity"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("conversations:detail", args=[self.pk])

    def clean(self) -> None:
        for field in ("customer", "billing_type"):
            chosen = getattr(self, field, None)
            if chosen and self.workspace_id not in (None, chosen.workspace_id):
                raise ValidationError({field: gettext("Choose one of this workspace.")})

    @property
    def number(self) -> str:
        return f"#{self.pk}"

    def is_titled(self, text: str) -> bool:
        """Whether the queryset's `titled` finds it."""
        title = f"{self.subject}\n{self.customer.name}".casefold()
        return all(
            word.casefold() in title or any(first <= self.pk <= last for first, last in _numbers(word))
            for word in text.split()[:8]
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

    @property
    def participants(self) -> list[str]:
        """The names of the contact and of everybody who wrote, in that order."""
        written = [each.author_display for each in self.messages.all() if each.kind != Message.Kind.EVENT]
        return list(dict.fromkeys(name for name in [self.contact, *written] if name))

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
                kind=kind, body=body, author=author, author_name=author_name, created_at=now
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

    def _hold_open(self) -> None:
        """Nobody closes it until the transaction ends."""
        held = Conversation.objects.select_for_update().open().filter(pk=self.pk).values_list("pk")
        if not held:
            raise ConversationClosed

    def assign(self, *, to: User | None, by: User, now: datetime) -> None:
        """Make `to` (None: nobody) responsible. Raises ValidationError for somebody outside the workspace."""
        if to and not self.workspace.memberships.filter(user=to).exists():
            raise ValidationError(gettext("Choose a member of this workspace."))
        with transaction.atomic():
            changed = Conversation.objects.filter(pk=self.pk).exclude(assignee=to).update(assignee=to)
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
        said = self.messages.filter(kind__in=[Message.Kind.INCOMING, Message.Kind.REPLY]).last()
        incoming = said is not None and said.kind == Message.Kind.INCOMING
        self._move(self.State.OPEN, REOPENED, by, now, awaiting_reply=incoming)

    def _move(self, state: str, sentence: str, by: User, now: datetime, *, awaiting_reply: bool) -> None:
        with transaction.atomic():
            other = Conversation.objects.filter(pk=self.pk).exclude(state=state)
            if other.update(state=state, awaiting_reply=awaiting_reply):
                self._log(sentence, by, now)
            self.refresh_from_db(fields=["state", "awaiting_reply"])

    def _log(self, sentence: str, by: User, now: datetime) -> None:
        self.post(kind=Message.Kind.EVENT, body=sentence, author=by, now=now)


class Message(models.Model):
    """Something said in a conversation, or (an event) done to it."""

    class Kind(models.TextChoices):
        INCOMING = "incoming", _("From the customer")
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Internal note")
        EVENT = "event", _("Event")

    conversation = models.ForeignKey(
        Conversation, verbose_name=_("conversation"), on_delete=models.PROTECT, related_name="messages"
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
        words = self.author_display.split()
        return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()
