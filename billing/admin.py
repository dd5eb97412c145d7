"""The admin pages of billing types, and of entries and export batches to read."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from billing.admin_forms import BillingTypeForm, RuleForm
from billing.admin_preview import Preview
from billing.models import BillingEntry, BillingType
from billing.models.batch import ExportBatch
from workspaces.admin_base import Changes, HistoryAdmin, NoBulkDelete, ReadOnly
from workspaces.admin_large import WORKSPACE, BoundedPaginator, InWorkspace, LargeTable
from workspaces.counts import CountOf
from workspaces.durations import format_clock
from workspaces.models import Workspace
from workspaces.money import format_money

PAGES = "admin/billing/billingtype"


class LedgerChanges(Changes):
    """Money in the record's currency, seconds as a clock."""

    left_out = frozenset({"explanation", "rule", "updated_at", "version"})

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        if change.field in ("rate", "amount"):
            currency = getattr(self.record, "currency", "") or self.record.workspace.currency
            return format_money(value, currency)
        if change.field.endswith("_seconds"):
            return format_clock(value)
        return super().prepare_delta_change_value(change, value)


class ConfirmedFilter(admin.SimpleListFilter):
    """Of the New ones of a workspace: only those wait for it."""

    title = _("confirmation by the agent")
    parameter_name = "confirmed"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.of_new_ones = WORKSPACE in request.GET and request.GET.get("state__exact") == "new"
        super().__init__(request, *args)

    def has_output(self) -> bool:
        return self.of_new_ones

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", pgettext("state", "Not confirmed")), ("yes", pgettext("state", "Confirmed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BillingEntry]) -> QuerySet[BillingEntry]:
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(confirmed_at__isnull=self.value() == "no")


class ArchivedFilter(admin.SimpleListFilter):
    title = _("availability")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", pgettext("state", "Active")), ("yes", pgettext("state", "Archived"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BillingType]) -> QuerySet[BillingType]:
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(archived_at__isnull=self.value() == "no")


@admin.register(BillingType)
class BillingTypeAdmin(NoBulkDelete, HistoryAdmin):
    form = BillingTypeForm
    changes = LedgerChanges
    list_display = ["name", "workspace", "kind", "summary", "archived_at"]
    list_filter = [ArchivedFilter, "workspace", "kind"]
    list_select_related = ["workspace"]
    search_fields = ["name"]
    radio_fields = {"kind": admin.HORIZONTAL}
    readonly_fields = ["written_rate"]
    actions = ["archive", "unarchive"]

    def get_fieldsets(self, request: HttpRequest, obj: BillingType | None = None) -> list[Any]:
        edited = obj is None or self.has_change_permission(request, obj)
        rate, archived = ("rate", "archived") if edited else ("written_rate", "archived_at")
        rule = [
            (rate, "unit"),
            ("rounding", "increment_minutes"),
            ("minimum_minutes", "maximum_minutes"),
        ]
        general = ["workspace", "name", "kind"]
        return [
            (None, {"fields": general if obj is None else [*general, archived]}),
            (gettext("Rule"), {"fields": rule}),
        ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        return [
            path("preview/", view, name="billing_billingtype_preview_new"),
            path("<path:object_id>/preview/", view, name="billing_billingtype_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """What the rule in the form would make of timers: 200, or 422 with its errors. Saves nothing."""
        saved = self.get_object(request, object_id) if object_id else None
        if object_id and saved is None:
            raise Http404
        if not (self.has_change_permission(request, saved) if saved else self.has_add_permission(request)):
            raise PermissionDenied
        form = RuleForm(request.POST, instance=saved)
        if form.is_valid():
            return render(request, f"{PAGES}/_preview.html", {"preview": Preview.of_form(form)})
        return render(request, f"{PAGES}/_errors.html", {"form": form}, status=422)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        saved = None
        if context["original"]:
            # Read anew: a form with errors has left its values on the original.
            saved = BillingType.objects.select_related("workspace").get(pk=context["original"].pk)
            context |= self.usage(saved)
        context["preview"] = self.preview(request, saved)
        if self.has_change_permission(request, saved) if saved else self.has_add_permission(request):
            named = "billing_billingtype_preview" + ("" if saved else "_new")
            context["preview_url"] = reverse(f"admin:{named}", args=[saved.pk] if saved else [])
        return super().render_change_form(request, context, *args, **kwargs)

    def preview(self, request: HttpRequest, saved: BillingType | None) -> Preview:
        """By what a form that comes back with errors holds, if that is a rule; else by what is saved."""
        if request.method == "POST":
            held = BillingType.objects.filter(pk=saved.pk).first() if saved else None
            form = RuleForm(request.POST, instance=held)
            if form.is_valid():
                return Preview.of_form(form)
        return Preview.of(saved) if saved else Preview.of_nothing()

    def usage(self, billing_type: BillingType) -> dict[str, Any]:
        return {
            "conversation_count": billing_type.conversations.count(),
            "customer_count": billing_type.customers.count(),
            "is_default": Workspace.objects.filter(default_billing_type=billing_type).exists(),
        }

    @admin.display(description=_("rate"))
    def written_rate(self, billing_type: BillingType) -> str:
        return format_money(billing_type.rate, billing_type.workspace.currency)

    @admin.display(description=_("rule"))
    def summary(self, billing_type: BillingType) -> str:
        return billing_type.summary

    @admin.action(description=pgettext_lazy("button", "Archive"), permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[BillingType]) -> None:
        now = timezone.now()
        for billing_type in queryset:
            try:
                billing_type.archive(now)
                self.message_user(request, gettext("“%(name)s” is archived.") % {"name": billing_type})
            except ValidationError as error:
                told = {"name": billing_type, "problem": " ".join(error.messages)}
                self.message_user(request, gettext("“%(name)s”: %(problem)s") % told, messages.ERROR)

    @admin.action(description=pgettext_lazy("button", "Unarchive"), permissions=["change"])
    def unarchive(self, request: HttpRequest, queryset: QuerySet[BillingType]) -> None:
        for billing_type in queryset.exclude(archived_at=None):
            billing_type.unarchive()
            self.message_user(request, gettext("“%(name)s” is offered again.") % {"name": billing_type})


@admin.register(BillingEntry)
class BillingEntryAdmin(ReadOnly, LargeTable, HistoryAdmin):
    changes = LedgerChanges
    list_display = [
        "date", "user", "conversation", "customer", "kind", "raw", "billed", "written_amount", "state"
    ]  # fmt: skip
    list_filter = [("state", InWorkspace), ConfirmedFilter, "workspace"]
    list_select_related = ["user", "conversation", "customer"]
    view_on_site = False

    def get_ordering(self, request: HttpRequest) -> Any:
        """Of a state or of somebody an index has them by day; of all the newest come first."""
        narrowed = {WORKSPACE, "state__exact"} <= request.GET.keys() or request.GET.get(SEARCH_VAR)
        return ["-date", "-pk"] if narrowed else ["-pk"]

    fieldsets = [
        (None, {"fields": ["workspace", "conversation", "customer", "user", "date", "kind", "description"]}),
        (
            _("Time and money"),
            {"fields": ["raw", "calculated", "billed", "written_amount", "explanation", "by_hand"]},
        ),
        (_("Rule as it was"), {"fields": ["billing_type", "rule_then"]}),
        (
            _("Review"),
            {"fields": ["state", "confirmed_at", "reviewed_by", "reviewed_at", "return_comment", "batch"]},
        ),
        (_("Flags"), {"fields": ["overlap", "overlap_with", "clock_stepped_back"]}),
        (pgettext_lazy("noun", "Record"), {"fields": ["version", "created_at", "updated_at"]}),
    ]

    @admin.display(description=pgettext_lazy("column", "recorded"), ordering="raw_seconds")
    def raw(self, entry: BillingEntry) -> str:
        return format_clock(entry.raw_seconds)

    @admin.display(description=pgettext_lazy("column", "by the rule"), ordering="calculated_seconds")
    def calculated(self, entry: BillingEntry) -> str:
        return format_clock(entry.calculated_seconds)

    @admin.display(description=pgettext_lazy("column", "billed"), ordering="billed_seconds")
    def billed(self, entry: BillingEntry) -> str:
        return format_clock(entry.billed_seconds)

    @admin.display(description=_("amount"), ordering="amount")
    def written_amount(self, entry: BillingEntry) -> str:
        return format_money(entry.amount, entry.currency)

    @admin.display(description=_("rule"))
    def rule_then(self, entry: BillingEntry) -> str:
        rule = entry.rule_then
        return f"{rule.name}: {rule.summary}"

    @admin.display(description=_("overlap"))
    def overlap(self, entry: BillingEntry) -> str:
        return format_clock(entry.overlap_seconds)


@admin.register(ExportBatch)
class ExportBatchAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["number", "workspace", "created_at", "created_by", "reversed_at", "entries"]
    list_filter = ["workspace"]
    list_select_related = ["workspace", "created_by"]
    search_fields = ["=number", "workspace__name"]
    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ["-pk"]
    sortable_by = ()
    fields = ["number", "workspace", "created_at", "created_by", "reversed_at", "reversed_by", "entries"]
    readonly_fields = ["entries"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExportBatch]:
        held = BillingEntry.objects.filter(batch=OuterRef("pk"), workspace=OuterRef("workspace"))
        count = Coalesce("entry_count", CountOf(held))
        return super().get_queryset(request).annotate(counted=count)

    @admin.display(description=pgettext_lazy("column", "entries"))
    def entries(self, batch: Any) -> SafeString:
        """How many it holds: none any more once it is reversed."""
        listed = reverse("admin:billing_billingentry_changelist", query={"batch__id__exact": batch.pk})
        return format_html('<a href="{}">{}</a>', listed, 0 if batch.reversed_at else batch.counted)
