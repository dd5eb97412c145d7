"""The second factor: codes from an app (TOTP), and recovery codes for when the phone is lost.

The pages and the tables are allauth's. What is decided here: a code is good for once, wrong ones are counted
in the row of the user's app (so for every process, every address and every attempt to sign in alike), and
secrets are encrypted in the database.
"""

from __future__ import annotations

import logging
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workspaces.models import User

logger = logging.getLogger(__name__)

#: Seconds that a code is shown for; one of the step before and one of the step after are taken too.
STEP, TOLERANCE = 30, 1
#: So many wrong codes within this time, and no code is looked at until the first of them is that old.
WRONG_CODES, WHILE = 5, timedelta(minutes=15)

WRONG = _("That code is not right, or was used before. Each code is good for once.")


class Adapter(DefaultMFAAdapter):
    """Tells allauth how secrets are kept, how the app names the account, and who may switch it off."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "It cannot be switched off: a workspace that you manage, or the admin site, asks for it."
        )
    }

    def get_totp_label(self, user: Any) -> str:
        return user.username

    def build_totp_svg(self, url: str) -> SafeString:
        """Part of the page itself: the content policy allows no image from a data: address."""
        from qrcode import QRCode  # not needed by any other page
        from qrcode.image.svg import SvgPathFillImage

        code = QRCode(box_size=50)
        code.add_data(url)
        drawn = code.make_image(image_factory=SvgPathFillImage).to_string(encoding="unicode")
        return mark_safe(drawn.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S308 (a path and figures)

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken if no SECRET_KEY that is still known has encrypted it."""
        return _fernet().decrypt(encrypted_text).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user: Any = authenticator.user
        return not (user.needs_second_factor or needed_as_staff(user))


def needed_as_staff(user: User) -> bool:
    """Whether the admin site asks the user for a second factor, be it set up or not."""
    return user.is_staff and settings.SECOND_FACTOR_FOR_STAFF


def _fernet() -> MultiFernet:
    return _fernet_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _fernet_of(*keys: str) -> MultiFernet:
    """Encrypts with the first key, decrypts with any."""
    derived = [salted_hmac("workspaces.sign_in.second_factor", "", key, algorithm="sha256") for key in keys]
    return MultiFernet([Fernet(urlsafe_b64encode(each.digest())) for each in derived])


def use(user: User, code: str, now: datetime) -> Authenticator:
    """Uses up a code from the app, or a recovery code. Raises ValidationError if it is not taken.

    The user's rows are locked meanwhile: of two who send the same code one is signed in, and guesses that are
    sent at once are counted one by one.
    """
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=user).order_by("pk")
        found = {each.type: each for each in rows}
        app = found.get(Authenticator.Type.TOTP)
        used, error = (
            _tried(app, found.get(Authenticator.Type.RECOVERY_CODES), code, now) if app else (None, WRONG)
        )
    if used is None:
        logger.warning("Second factor refused", extra={"user_id": user.pk})
        raise ValidationError(str(error), code="incorrect_code")
    return used


def _tried(
    app: Authenticator, recovery: Authenticator | None, code: str, now: datetime
) -> tuple[Authenticator | None, Any]:
    """What the code is of, if it is right, else what to say; and the app's row tells of the attempt."""
    since = (now - WHILE).timestamp()
    wrong = [at for at in app.data.get("wrong", []) if at > since]
    if len(wrong) >= WRONG_CODES:
        minutes = max(1, round((wrong[0] - since) / 60))
        wait = ngettext(
            "Too many wrong codes. The next one is looked at in %(n)s minute.",
            "Too many wrong codes. The next one is looked at in %(n)s minutes.",
            minutes,
        )
        return None, wait % {"n": minutes}
    step = matching_step(_secret(app), code, now, after=app.data.get("step", 0))
    used = app if step else _recovered(recovery, code)
    app.data |= {"step": step or app.data.get("step", 0), "wrong": [] if used else [*wrong, now.timestamp()]}
    app.save(update_fields=["data"])
    return used, WRONG


def matching_step(secret: str, code: str, now: datetime, after: int = 0) -> int | None:
    """Which 30 seconds since 1970 the code belongs to; None if it is wrong, or not after `after`."""
    current = int(now.timestamp()) // STEP
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        expected = format_hotp_value(hotp_value(secret, step)) if secret else ""
        if step > after and compare_user_code(actual=code, expected=expected):
            return step
    return None


def _secret(app: Authenticator) -> str:
    """Also encrypts it anew, so that a SECRET_KEY which was replaced is soon not needed any more."""
    try:
        app.data["secret"] = _fernet().rotate(app.data["secret"]).decode()
        return Adapter().decrypt(app.data["secret"])
    except InvalidToken:
        logger.error("Second factor unreadable: SECRET_KEY was replaced", extra={"user_id": app.user_id})
        return ""


def _recovered(recovery: Authenticator | None, code: str) -> Authenticator | None:
    try:
        return recovery if recovery and recovery.wrap().validate_code(code) else None
    except InvalidToken:
        return None


def begin(user: User, step: int) -> None:
    """After the app was set up with a code of `step`: that one is used up."""
    app = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    app.data["step"] = step
    app.save(update_fields=["data"])


def recovery_codes_left(user: User) -> int:
    """How many of the user's recovery codes are unused."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return app_settings.RECOVERY_CODE_COUNT - found.data["used_mask"].bit_count() if found else 0


def remove(user: User) -> bool:
    """Leaves the user with the password alone. False if there was nothing to remove."""
    return bool(Authenticator.objects.filter(user=user).delete()[0])
