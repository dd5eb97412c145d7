"""The Django admin under Stint's name: what it lists, and what it says to errors."""

from functools import update_wrapper
from typing import Any

from allauth.core.ratelimit import consume_or_429
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from config.admin_careful import Careful
from workspaces.requests import local

#: The models as people think of them; whatever else is registered belongs to the sign-in and its permissions.
GROUPS = [
    ("workspaces", _("Workspaces"), ["Workspace", "Membership", "User"]),
    ("conversations", _("Conversations"), ["Customer", "Conversation", "Message"]),
    ("billing", _("Billing"), ["BillingType", "BillingEntry", "ExportBatch"]),
    ("timers", _("Timers"), ["Timer", "Interval"]),
]
OTHERS = _("Sign-in and permissions")


class StintAdminSite(admin.AdminSite):
    site_header = site_title = "Stint"
    index_title = _("Administration")
    # templates/admin/_nav.html takes its place.
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Every page of every model takes odd addresses, those of other packages as well."""
        chosen = admin_class or admin.ModelAdmin
        careful = type(chosen.__name__, (Careful, chosen), {"__module__": chosen.__module__})
        super().register(model_or_iterable, careful, **options)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the door of the application: one door, behind which a second factor is asked for."""
        back = local(request.GET.get(REDIRECT_FIELD_NAME, "")) or reverse("admin:index")
        door = redirect_to_login(back)
        if not request.user.is_authenticated:
            return door
        if self.has_permission(request):
            return redirect(back)
        shown = {"username": request.user.get_username(), "back": door.url}
        return render(request, "admin/login.html", shown, status=403)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """As often as on the page of the application: the old password is not for guessing."""
        throttled = consume_or_429(request, action="change_password")
        return throttled or super().password_change(request, extra_context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The groups, with what the user may see in them; of one app (its own page) that app's models."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        found = {(app["app_label"], model["object_name"]): model for app in apps for model in app["models"]}
        groups = []
        for label, name, models in GROUPS:
            shown = [found.pop((label, model)) for model in models if (label, model) in found]
            groups.append({"name": name, "app_label": label, "models": shown})
        groups.append({"name": OTHERS, "app_label": "others", "models": list(found.values())})
        return [group for group in groups if group["models"]]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """What is not there, or not for this user, is told as a page of the admin."""

        def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Http404:
                return self.tell(request, 404)
            except PermissionDenied:
                return self.tell(request, 403)

        return super().admin_view(update_wrapper(told, view), cacheable)

    def tell(self, request: HttpRequest, status: int) -> TemplateResponse:
        request.current_app = self.name
        return TemplateResponse(request, f"admin/{status}.html", self.each_context(request), status=status)
