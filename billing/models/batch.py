"""Numbered batches in which approved entries leave for invoicing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.sums import Sums
from workspaces.distribution import InWorkspace
from workspaces.models import User, Workspace


class NothingToExport(Exception):
    """No entry of the workspace is approved (any more)."""


class ExportBatchQuerySet(models.QuerySet["ExportBatch"]):
    def reviewable_by(self, user: User) -> ExportBatchQuerySet:
        return self.filter(workspace__in=user.managed_ids)

    def standing(self) -> ExportBatchQuerySet:
        """Those that have not been reversed."""
        return self.filter(reversed_at=None)

    def create_from_approved(self, workspace: Workspace, *, by: User, now: datetime) -> ExportBatch:
        """The workspace's approved entries become Invoiced in its next batch. Raises NothingToExport."""
        with one_at_a_time(workspace):
            approved = workspace.entries.approved()
            entries = approved.hold(approved.versions())
            if not entries:
                raise NothingToExport
            last = self.filter(workspace=workspace).aggregate(models.Max("number"))["number__max"]
            sums = Sums.of(entries)
            batch = self.create(
                workspace=workspace,
                number=(last or 0) + 1,
                created_by=by,
                created_at=now,
                entry_count=sums.count,
                billed_seconds=sums.billed_seconds,
                amounts=dict(sums.amounts),
            )
            for entry in entries:
                entry.state = entry.State.INVOICED
                entry.batch = batch
            approved.store(
                entries, ["state", "batch"], by=by, now=now, reason=f"Invoiced in batch {batch.number}"
            )
        return batch


class ExportBatch(InWorkspace):
    """The approved entries that were exported together. It can be downloaded again, and reversed."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.PROTECT, related_name="batches", verbose_name=_("workspace")
    )
    number = models.PositiveIntegerField(_("number"))
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    reversed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reversed by"),
    )
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)
    #: What its entries came to when they were exported, which changes no more. None of a batch that was made
    #: by the release before these were kept.
    entry_count = models.PositiveIntegerField(_("billing entries"), null=True, editable=False)
    billed_seconds = models.BigIntegerField(_("billed seconds"), null=True, editable=False)
    amounts = models.JSONField(_("amount"), null=True, editable=False)

    objects = ExportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("export batch")
        verbose_name_plural = _("export batches")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["workspace", "-created_at", "-id"], name="batches_latest")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="one_batch_per_number"),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True, reversed_by__isnull=True)
                | Q(reversed_at__isnull=False, reversed_by__isnull=False),
                name="reversed_by_somebody_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Batch %(number)s") % {"number": self.number}

    @property
    def sums(self) -> Sums | None:
        """What its entries came to, but for the raw time; None if that was not kept."""
        if self.entry_count is None or self.billed_seconds is None or self.amounts is None:
            return None
        return Sums(self.entry_count, 0, self.billed_seconds, self.amounts)

    def reverse(self, *, by: User, now: datetime) -> bool:
        """Its entries are Approved again, and its number stays used. False if it was reversed already."""
        with one_at_a_time(self.workspace):
            self.refresh_from_db(fields=["reversed_by", "reversed_at"])
            if self.reversed_at:
                return False
            self.reversed_by, self.reversed_at = by, now
            self.save(update_fields=["reversed_by", "reversed_at"])
            invoiced = self.workspace.entries.filter(batch=self)
            entries = invoiced.hold(invoiced.versions())
            for entry in entries:
                entry.state = entry.State.APPROVED
                entry.batch = None
            invoiced.store(
                entries, ["state", "batch"], by=by, now=now, reason=f"Batch {self.number} reversed"
            )
        return True


@contextmanager
def one_at_a_time(workspace: Workspace) -> Iterator[None]:
    """A transaction in which nobody else makes or reverses a batch of the workspace.

    This lock comes before that on people, which is the only one that other verbs take.
    """
    with transaction.atomic():
        list(Workspace.objects.select_for_update(no_key=True).filter(pk=workspace.pk).values_list("pk"))
        yield
