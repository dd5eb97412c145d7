"""What a user sets for themselves."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.conf import settings as site
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workspaces.forms import SettingsForm
from workspaces.models import User
from workspaces.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request) -> HttpResponse:
    """The user's own name, language and the like, and where they work."""
    form = SettingsForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        if "email" in form.changed_data:  # where a new password is sent to
            raise_if_reauthentication_required(request, app="workspaces")
        try:
            return _saved(request, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    memberships = request.user.memberships.select_related("workspace").order_by("workspace__name", "pk")
    context = {"form": form, "memberships": memberships}
    return render(request, "workspaces/settings.html", context, status=422 if form.is_bound else 200)


def _saved(request: Request, form: SettingsForm) -> HttpResponse:
    """Back to the page, which now speaks the chosen language; so does the sign-in on this device."""
    user: User = form.save()
    response = redirect("settings")
    if "language" in form.changed_data:
        request.COOKIES.pop(site.LANGUAGE_COOKIE_NAME, None)
        response.set_cookie(
            site.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=site.LANGUAGE_COOKIE_AGE if user.language else 0,
            secure=site.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
    with override(user.language or get_language_from_request(request)):
        messages.success(request, _("Settings saved."))
    return response
