"""What allauth asks of the application when somebody signs in."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from axes.models import AccessAttempt
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.addresses import client_address, client_network
from workspaces.requests import local

logger = logging.getLogger(__name__)

#: So many bad passwords from one address, for whichever users, and it waits until the first are this old.
FAILURES_OF_AN_ADDRESS = 100
COUNTED_FOR = timedelta(minutes=5)


class Adapter(DefaultAccountAdapter):
    """No sign-up, no addresses of other sites, and no word more to whoever is not signed in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "This user name and password do not belong together. Both tell capital letters from small ones."
        ),
        "incorrect_password": _("That is not your password."),
        "incorrect_code": _("This code is not right, or it was used already."),
        "too_many_login_attempts": _("Too many wrong codes. Try again in a quarter of an hour."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_network(request)  # Attempts are counted by it, and nothing else.

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # The answers are pages, whatever the request says that it takes.

    def is_safe_url(self, url: str | None) -> bool:
        return bool(local(url or ""))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an address that tries one user after the other.

        axes counts by user and address, and locks. allauth's own limit would be by user alone, so that
        anybody could lock anybody out; and it takes a lock that many at one address would wait for.
        """
        since = timezone.now() - COUNTED_FOR
        failed = AccessAttempt.objects.filter(ip_address=client_network(request), attempt_time__gt=since)
        if (failed.aggregate(n=Sum("failures_since_start"))["n"] or 0) >= FAILURES_OF_AN_ADDRESS:
            logger.warning("Sign-in refused: too many failures", extra=_about(request))
            raise ImmediateHttpResponse(respond_429(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # Without the name: people type their password there.
        logger.warning("Wrong user name or password", extra=_about(request))

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        if not hasattr(user, "backend"):  # not by a password, or it was another request's
            user.backend = "workspaces.sign_in.backends.PasswordBackend"
        super().login(request, user)
        logger.info("Signed in", extra=_about(request, user))

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        return redirect("account_login")

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])


def _about(request: HttpRequest, user: AbstractBaseUser | None = None) -> dict[str, Any]:
    return {"address": client_address(request)} | ({"user_id": user.pk} if user else {})
