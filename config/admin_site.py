"""The Django admin under Stint's name: what it lists, and what it says to errors."""

from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from config.admin_careful import Careful

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
        """Through the door of the application."""
        shown = {"title": _("Sign in"), "demo": settings.DEMO, "languages": settings.LANGUAGES}
        return super().login(request, shown | (extra_context or {}))

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
