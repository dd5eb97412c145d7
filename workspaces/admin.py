"""The admin pages of users, workspaces with their settings, and memberships."""

import logging
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.admin_base import Autocompleting, HistoryAdmin, LabelledFormSet, NoBulkDelete
from workspaces.models import Membership, User, Workspace
from workspaces.sign_in import admin as sign_in_admin  # noqa: F401 (registers)
from workspaces.sign_in import second_factor

logger = logging.getLogger(__name__)

admin.site.unregister(Group)

ROLES_IN_BRACKETS = {
    Membership.Role.AGENT.value: pgettext_lazy("in brackets", "agent"),
    Membership.Role.MANAGER.value: pgettext_lazy("in brackets", "manager"),
}


def may_do_more(user: User, than: User) -> bool:
    """Whether `user` has, or would have when made active, a power that `than` has not.

    To manage a workspace is one, unless `than` may make anybody a manager.
    """
    manages = user.memberships.filter(role=Membership.Role.MANAGER).exists()
    if manages and not than.has_perm("workspaces.change_membership"):
        return True
    wanted, held = (
        Permission.objects.filter(Q(user=each) | Q(group__user=each)).order_by() for each in (user, than)
    )
    return user.is_superuser or wanted.exclude(pk__in=held.values("pk")).exists()


class MembershipForm(forms.ModelForm):
    """Who, and where, is chosen once; afterwards only the role changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"user", "workspace"} & self.fields.keys() if self.instance.pk else ():
            chosen = getattr(self.instance, name)
            self.fields[name].disabled = True
            self.fields[name].widget = forms.Select(choices=[(chosen.pk, str(chosen))])


class MembershipInline(Autocompleting, admin.TabularInline):
    model = Membership
    form = MembershipForm
    formset = LabelledFormSet
    extra = 0
    autocomplete_fields = ["user"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "workspace")


class UserForm(UserChangeForm):
    remove_second_factor = forms.BooleanField(
        label=_("Remove the second factor"),
        required=False,
        help_text=_(
            "For a phone that is lost. The password alone is asked for then, so be sure who asks you."
        ),
    )


@admin.register(User)
class UserAdmin(NoBulkDelete, DjangoUserAdmin):
    """Only superusers hand out powers, and nobody else edits or signs in as somebody who may do more."""

    POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")

    list_display = ["username", "display_name", "email", "works_in", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "workspaces"]
    form = UserForm
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email")}),
        (_("Password"), {"fields": ("usable_password", "password1", "password2")}),
    )
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("memberships__workspace")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        shown = super().get_fieldsets(request, obj)
        section = (_("Second factor"), {"fields": ["remove_second_factor"]})
        return [*shown, section] if self._may_remove_second_factor(request, obj) else shown

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        asked = form.cleaned_data.get("remove_second_factor")
        if asked and self._may_remove_second_factor(request, obj) and second_factor.remove(obj):
            about = {"user_id": obj.pk, "by_user_id": request.user.pk}
            logger.warning("Second factor removed by an admin", extra=about)

    @staticmethod
    def _may_remove_second_factor(request: HttpRequest, user: User | None) -> bool:
        """One's own is switched off where a password is asked for again."""
        return user is not None and user.pk != request.user.pk and user.has_second_factor

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fixed = ["last_login", "date_joined"]
        return fixed if request.user.is_superuser else [*fixed, *self.POWERS]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        if obj is None or request.user.is_superuser:
            return allowed
        return allowed and request.user.is_authenticated and not may_do_more(obj, than=request.user)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # The histories name them. Who leaves is made inactive.

    @admin.display(description=_("name"), ordering="first_name")
    def display_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("workspaces"))
    def works_in(self, user: User) -> str:
        return ", ".join(
            f"{each.workspace} ({ROLES_IN_BRACKETS[each.role]})" for each in user.memberships.all()
        )


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """What a group may do is for superusers to say."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser


#: In one form with their workspace; each has fields, and a form may have a thousand.
SHOWN_MEMBERS = 100


class WorkspaceForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(name, name) for name in sorted(available_timezones())],
        help_text=_("Decides on which day an entry falls."),
    )
    hours_per_day = forms.DecimalField(
        label=_("Hours per day"),
        min_value=Decimal("0.01"),
        max_value=24,
        decimal_places=2,
        initial=8,
        help_text=_("What a day is worth in a rate per day."),
    )

    class Meta:
        help_texts = {
            "currency": _("ISO 4217, such as EUR. Fixed as soon as there are billing types."),
            "default_billing_type": _("For customers and conversations without one of their own."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("default_billing_type")
        if field:
            chosen = self.instance.default_billing_type
            field.queryset = field.queryset.choices_in(self.instance.pk, chosen)

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()


@admin.register(Workspace)
class WorkspaceAdmin(NoBulkDelete, HistoryAdmin):
    form = WorkspaceForm
    list_display = [
        "name", "currency", "time_zone", "default_billing_type",
        "create_entries_automatically", "one_running_timer", "member_count",
    ]  # fmt: skip
    list_select_related = ["default_billing_type"]
    list_filter = ["currency"]
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "currency", "time_zone"]}),
        (_("Timers"), {"fields": ["create_entries_automatically", "one_running_timer"]}),
        (_("Billing"), {"fields": ["default_billing_type", "hours_per_day"]}),
        (_("Sign-in"), {"fields": ["second_factor_for_managers"]}),
    ]
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        return super().get_queryset(request).annotate(member_count=Count("memberships"))

    def get_readonly_fields(self, request: HttpRequest, obj: Workspace | None = None) -> list[str]:
        return ["currency"] if obj and obj.billing_types.exists() else []

    def get_inlines(self, request: HttpRequest, obj: Workspace | None) -> Any:
        """Many members are in a list of their own, to which that of the workspaces links."""
        many = obj is not None and obj.memberships.order_by()[: SHOWN_MEMBERS + 1].count() > SHOWN_MEMBERS
        return [] if many else super().get_inlines(request, obj)

    @admin.display(description=_("members"), ordering="member_count")
    def member_count(self, workspace: Any) -> SafeString:
        query = {"workspace__id__exact": workspace.pk}
        listed = reverse("admin:workspaces_membership_changelist", query=query)
        return format_html('<a href="{}">{}</a>', listed, workspace.member_count)


@admin.register(Membership)
class MembershipAdmin(Autocompleting, HistoryAdmin):
    form = MembershipForm
    list_display = ["user", "name", "workspace", "role"]
    list_filter = ["role", "workspace"]
    list_select_related = ["user", "workspace"]
    # As an index has them.
    ordering = ["workspace_id", "user_id"]
    search_fields = ["user__username", "user__first_name", "user__last_name", "workspace__name"]
    autocomplete_fields = ["user"]

    @admin.display(description=_("name"), ordering="user__first_name")
    def name(self, membership: Membership) -> str:
        return membership.user.get_full_name()
