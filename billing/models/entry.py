"""Billing entries: what a timer, or a person by hand, made of time."""

from __future__ import annotations

from datetime import date as day
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from billing.flags import ANY_FLAG
from billing.models.batch import ExportBatch
from billing.models.billing_type import HIGHEST_RATE, BillingType
from billing.models.entry_queryset import BillingEntryQuerySet
from billing.models.figures import Figures
from billing.models.reviewed import EditConflict, Reviewed
from conversations.models import Conversation, Customer
from workspaces.durations import format_clock
from workspaces.histories import KeptRecords
from workspaces.models import User, Workspace
from workspaces.money import format_money

LONGEST_SECONDS = 100 * 366 * 24 * 3600


class BillingEntry(Figures, Reviewed):
    """A service charge or a time entry, with a copy of the rule it was made under."""

    workspace = models.ForeignKey(
        Workspace,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,  # entries_of_a_state begins with it
        verbose_name=_("workspace"),
    )
    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,  # entries_of_a_conversation begins with it
        verbose_name=_("conversation"),
    )
    #: That of its conversation, which keeps it.
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,  # entries_for_a_customer begins with it
        verbose_name=_("customer"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=BillingType.Kind)
    billing_type = models.ForeignKey(
        BillingType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("billing type"),
    )
    date = models.DateField(_("date"), help_text=_("The day of the work in the workspace's time zone."))
    raw_seconds = models.BigIntegerField(_("raw seconds"), help_text=_("As recorded; never changes."))
    calculated_seconds = models.BigIntegerField(
        _("calculated seconds"), help_text=_("What the rule made of the raw time.")
    )
    billed_seconds = models.BigIntegerField(
        _("billed seconds"), help_text=_("The rule's figure, or what a person chose.")
    )
    rate = models.BigIntegerField(_("rate"), help_text=_("Minor units per unit of the rule."))
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("amount"), help_text=_("Minor units."))
    rule = models.JSONField(_("rule"), help_text=_("The billing type as it was."))
    explanation = models.TextField(_("explanation"))
    description = models.TextField(_("description"), max_length=2000, blank=True)
    by_hand = models.BooleanField(_("by hand"), default=False, help_text=_("Made without a timer."))
    #: Of the form that made it by hand: sent twice, it makes one entry.
    submission = models.UUIDField(_("submission"), null=True, unique=True, editable=False)
    confirmed_at = models.DateTimeField(
        _("confirmed at"), null=True, blank=True, help_text=_("When its agent saved it.")
    )
    overlap_seconds = models.PositiveIntegerField(
        _("overlap seconds"),
        default=0,
        help_text=_("Recorded elsewhere by the same person at the same time."),
    )
    overlap_with = models.ForeignKey(
        Conversation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("overlap with"),
    )
    clock_stepped_back = models.BooleanField(
        _("clock stepped back"), default=False, help_text=_("The server's clock was set back meanwhile.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    batch = models.ForeignKey(
        ExportBatch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("batch"),
    )
    history = KeptRecords(
        # Which the conversation says.
        excluded_fields=["customer"],
        # It is asked for an entry, for an author, and for a workspace, which its own indexes begin with.
        no_db_index=[
            "workspace",
            "user",
            "conversation",
            "billing_type",
            "overlap_with",
            "reviewed_by",
            "batch",
            "submission",
        ],
        indexes=[
            models.Index(fields=["workspace", "-history_date", "-history_id"], name="changes_of_entries"),
            models.Index(
                fields=["workspace", "history_user", "-history_date", "-history_id"],
                name="changes_of_entries_by",
            ),
        ],
    )

    objects = BillingEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("billing entry")
        verbose_name_plural = _("billing entries")
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=Reviewed.State.values),
                name="an_entry_has_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=BillingType.Kind.values), name="an_entry_has_a_known_kind"
            ),
            *(
                models.CheckConstraint(
                    condition=Q((f"{field}__gte", 0), (f"{field}__lte", LONGEST_SECONDS)), name=f"{field}_fit"
                )
                for field in ("raw_seconds", "calculated_seconds", "billed_seconds")
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=HIGHEST_RATE), name="an_entrys_rate_fits"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="amount_is_not_negative"),
            models.CheckConstraint(
                condition=Q(state=Reviewed.State.INVOICED, batch__isnull=False)
                | (~Q(state=Reviewed.State.INVOICED) & Q(batch__isnull=True)),
                name="invoiced_means_in_a_batch",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=Reviewed.DECIDED)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="a_decision_has_its_reviewer",
            ),
            models.CheckConstraint(
                condition=~Q(state=Reviewed.State.RETURNED, return_comment=""),
                name="a_returned_entry_says_why",
            ),
            models.CheckConstraint(
                condition=Q(overlap_seconds=0, overlap_with__isnull=True)
                | Q(overlap_seconds__gt=0, overlap_with__isnull=False),
                name="an_overlap_is_with_a_conversation",
            ),
        ]
        indexes = [
            # Counts, and the pages of a state in either order of days: all that an agent has, all with flags.
            models.Index(fields=["workspace", "state", "-date", "-id"], name="entries_of_a_state"),
            models.Index(
                fields=["workspace", "state", "user", "-date", "-id"],
                # What the queue adds up, sorts by and puts in groups by.
                include=[
                    "customer",
                    "kind",
                    "raw_seconds",
                    "calculated_seconds",
                    "billed_seconds",
                    "currency",
                    "amount",
                    "confirmed_at",
                    "overlap_seconds",
                    "clock_stepped_back",
                    "version",
                    "updated_at",
                ],
                name="entries_to_add_up",
            ),
            models.Index(
                fields=["workspace", "state", "-date", "-id"],
                condition=ANY_FLAG,
                include=[
                    "raw_seconds",
                    "calculated_seconds",
                    "billed_seconds",
                    "confirmed_at",
                    "overlap_seconds",
                    "clock_stepped_back",
                ],
                name="entries_flagged",
            ),
            models.Index(fields=["reviewed_by", "reviewed_at"], name="entries_of_a_decision"),
            models.Index(fields=["conversation", "date"], name="entries_of_a_conversation"),
            models.Index(
                fields=["customer", "state", "-date", "-id"],
                # What a customer's entries come to; and they are asked for within their workspace.
                include=["workspace", "kind", "billed_seconds", "currency", "amount"],
                name="entries_for_a_customer",
            ),
            models.Index(fields=["user", "-date"], name="entries_of_a_day"),
            models.Index(fields=["user", "-date"], condition=Q(state="returned"), name="entries_returned"),
        ]

    def __str__(self) -> str:
        # Translators: as in "Service charge 7 on #1042".
        return gettext("%(kind)s %(id)s on #%(number)s") % {
            "kind": self.get_kind_display(),
            "id": self.pk,
            "number": self.conversation_id,
        }

    @property
    def figure(self) -> str:
        """ "1:00:00, 120.00 EUR on #1042"; without the amount if it is internal."""
        # Translators: as in "1:00:00, 120.00 EUR on #1042".
        charged, internal = gettext("%(time)s, %(amount)s on #%(number)s"), gettext("%(time)s on #%(number)s")
        return (charged if self.is_charge else internal) % {
            "time": format_clock(self.billed_seconds),
            "amount": format_money(self.amount, self.currency),
            "number": self.conversation_id,
        }

    def is_editable_by(self, user: User) -> bool:
        """Its agent until it is approved; a manager of its workspace only while it is New."""
        if self.user_id == user.pk:
            return self.is_editable
        return self.state == self.State.NEW and user.manages(self.workspace_id)

    @property
    def rule_name(self) -> str:
        """What the rule was called; that there was none is said in the reader's language."""
        return self.rule["name"] if self.billing_type_id else gettext(self.rule["name"])

    @property
    def rule_then(self) -> BillingType:
        """The rule under which the entry stands, as it was."""
        return BillingType.from_snapshot(self.rule)

    @property
    def explained(self) -> str:
        """The kept explanation; in another language than English, what the kept rule says in that."""
        if get_language() in (None, "en"):
            return self.explanation
        rule = self.rule_then
        said = rule.calculate(self.raw_seconds, chosen_seconds=self.billed_seconds, by_hand=self.by_hand)
        return said.explanation

    def apply(self, billing_type: BillingType | None, rule: BillingType) -> None:
        """Recalculate under `rule`, whose copy the entry keeps; forgets a chosen billed time. Not saved."""
        self.billing_type = billing_type
        self.rule = rule.snapshot()
        self.rate = rule.rate
        self.currency = self.rule["currency"]
        self._calculate(rule)

    def choose(self, billed_seconds: int) -> None:
        """Bill this time instead of the rule's figure, which stays beside it. Not saved."""
        self._calculate(self.rule_then, billed_seconds)

    def _calculate(self, rule: BillingType, chosen_seconds: int | None = None) -> None:
        # Kept in one language, whoever makes it; `explained` says it in the reader's.
        with override("en"):
            found = rule.calculate(self.raw_seconds, chosen_seconds=chosen_seconds, by_hand=self.by_hand)
        self.calculated_seconds = found.calculated_seconds
        self.billed_seconds = found.billed_seconds
        self.amount = found.amount
        self.explanation = found.explanation

    def revise(
        self,
        *,
        by: User,
        version: int,
        now: datetime,
        kind: str | None = None,
        billing_type: BillingType | None = None,
        billed_seconds: int | None = None,
        description: str | None = None,
        date: day | None = None,
    ) -> None:
        """Change what may be changed while New or Returned; None leaves a field alone.

        Another billing type recalculates; `billed_seconds` then is the person's choice on top. Its agent's
        saving confirms the entry and sends a returned one back to New. Raises EditConflict if the entry is no
        longer at `version`, NotEditable if it has been decided on.
        """
        with self._held():
            self._expect(version, self.State.NEW, self.State.RETURNED)
            self._recalculate(billing_type, billed_seconds)
            self.kind = self.kind if kind is None else kind
            self.description = self.description if description is None else description
            self.date = date or self.date
            own = by == self.user
            if own:
                self.state, self.confirmed_at = self.State.NEW, now
            self.store(by=by, now=now, reason="Saved")
            if own:
                self.settle([self], now)

    def _recalculate(self, billing_type: BillingType | None, billed_seconds: int | None) -> None:
        if billing_type and billing_type != self.billing_type:
            self.apply(billing_type, billing_type)
        if billed_seconds is not None and billed_seconds != self.billed_seconds:
            self.choose(billed_seconds)

    def undo_saving(self, *, by: User, now: datetime) -> None:
        """Unconfirmed again, with what its agent saved. Raises EditConflict if that was not the last thing
        done to it, NotEditable if it has been decided on.
        """
        with self._held():
            self._expect(None, self.State.NEW)
            if self.confirmed_at != self.updated_at:
                raise EditConflict(self)
            self.confirmed_at = None
            self.store(by=by, now=now, reason="Saving undone")

    def switch_kind(self, kind: str, *, by: User, now: datetime) -> None:
        """Make it a service charge or a time entry, unconfirmed as before. Without effect once decided on."""
        with self._held():
            if self.state == self.State.NEW and self.kind != kind:
                self.kind = kind
                # Kept in English, as all reasons are; `billing.changes` says it in other languages.
                with override("en"):
                    reason = f"Switched to {self.get_kind_display().lower()}"
                self.store(by=by, now=now, reason=reason)
