"""Pages for somebody who is not signed in."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account import views as account
from allauth.account.forms import default_token_generator
from allauth.account.utils import get_next_redirect_url
from allauth.core.ratelimit import consume_or_429
from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from workspaces.models import User
from workspaces.sign_in.openid import Exchange

logger = logging.getLogger(__name__)


class SignIn(account.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = {
            "demo": settings.DEMO,
            "languages": settings.LANGUAGES,
            "by_mail": settings.PASSWORD_RESET_BY_MAIL,
            "openid": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        }
        return super().get_context_data(**kwargs) | known


#: The old password is asked for there, by whoever sits at the device.
change_password = rate_limit(action="change_password")(auth.PasswordChangeView.as_view())


class AskForReset(account.PasswordResetView):
    """The same answer to every address. Where no mail can be sent, the page says who helps."""

    extra_context = {"languages": settings.LANGUAGES}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = {"by_mail": settings.PASSWORD_RESET_BY_MAIL, "to_files": settings.MAIL_TO_FILES}
        return super().get_context_data(**kwargs) | kinds

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PASSWORD_RESET_BY_MAIL:
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except OSError:
            logger.exception("The mail server does not take mail")
            return self.render_to_response(self.get_context_data(form=form, unsent=True), status=503)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SetNewPassword(account.PasswordResetFromKeyView):
    """Where the link of the mail leads; its key goes into the session, and out of the address."""

    extra_context = {"languages": settings.LANGUAGES}

    def form_valid(self, form: Any) -> HttpResponse:
        """The link is good for one of those who use it at once. It ends every session of that user."""
        user = self.reset_user
        with transaction.atomic():
            User.objects.hold([user.pk])
            user.refresh_from_db()
            if not default_token_generator.check_token(user, self.key):
                return self.render_to_response(self.get_context_data(token_fail=True))
            response = super().form_valid(form)
        self.request.session.pop(account.INTERNAL_RESET_SESSION_KEY, None)
        forget_failures(username=user.username)
        logger.info("New password set by mail", extra={"user_id": user.pk})
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@login_not_required
@require_POST
def openid_start(request: HttpRequest) -> HttpResponseBase:
    """To the provider's sign-in, with what it has to repeat: a state, a nonce, a challenge (PKCE)."""
    if not settings.OIDC_ISSUER:
        raise Http404
    throttled = consume_or_429(request, action="openid")
    if throttled:
        return throttled
    provider = get_adapter(request).get_provider(request, settings.OIDC_ISSUER)
    nonce = get_random_string(32)
    options = {"next_url": get_next_redirect_url(request), "auth_params": {"nonce": nonce}, "nonce": nonce}
    try:
        return provider.redirect(request, AuthProcess.LOGIN, **options)
    except (OAuth2Error, RequestException) as error:
        return render_authentication_error(request, provider, exception=error)


@login_not_required
@require_GET
def openid_callback(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider, signed in there or not."""
    if not settings.OIDC_ISSUER:
        raise Http404
    exchange = Exchange(request)
    # Which the state is for comes to light in there, where it is used up.
    stashed = statekit.get_states(request).get(request.GET.get("state", ""))
    exchange.nonce = str(stashed[0].get("nonce", "")) if stashed else ""
    try:
        return OAuth2CallbackView.adapter_view(exchange)(request)
    except (OAuth2Error, RequestException) as error:  # before allauth begins to look for them
        return render_authentication_error(request, exchange.get_provider(), exception=error)
