"""allauth's pages of the second factor, with what Stint adds."""

from __future__ import annotations

import logging
from typing import Any

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from workspaces.sign_in import second_factor

logger = logging.getLogger(__name__)


class Refusing:
    """A form that is not valid is answered 422, as everywhere."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class Index(base.IndexView):
    """Whether the user has one, and what can be done about it."""

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        user: Any = self.request.user
        asked = {"as_manager": user.needs_second_factor, "as_staff": second_factor.needed_as_staff(user)}
        shown = {"asked": asked, "codes_left": second_factor.recovery_codes_left(user)}
        return super().get_context_data(**options) | shown


class Authenticate(Refusing, base.AuthenticateView):
    extra_context = {"languages": settings.LANGUAGES}

    def setup(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().setup(request, *args, **options)
        if request.method == "POST" and "code" not in request.POST:
            # allauth would take it for a passkey, which nobody is offered here, and have no form to show.
            request.POST = QueryDict("code=")


class Reauthenticate(Refusing, base.ReauthenticateView):
    pass


class Activate(Refusing, totp.ActivateTOTPView):
    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **options)
        except IntegrityError:  # set up in another tab meanwhile
            return redirect("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():  # never there with a code that could be used again
            response = super().form_valid(form)
            second_factor.begin(user, form.step)
        logger.info("Second factor set up", extra={"user_id": user.pk})
        return response


class Deactivate(Refusing, totp.DeactivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, _("The second factor is switched off."))
        logger.warning("Second factor switched off", extra={"user_id": self.request.user.pk})
        return response


class GenerateRecoveryCodes(Refusing, recovery_codes.GenerateRecoveryCodesView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        logger.info("Recovery codes replaced", extra={"user_id": self.request.user.pk})
        return response
