"""What is sent by mail to whoever cannot sign in."""

from __future__ import annotations

import logging
from smtplib import SMTPRecipientsRefused

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from workspaces.addresses import client_address
from workspaces.models import User

logger = logging.getLogger(__name__)


def send_reset(request: HttpRequest, address: str) -> None:
    """Send to this address a link to set a new password, or word that no account has it.

    Both within the request and by one mail, so that neither the answer nor its time tells which addresses
    have an account. It goes to the address as the account has it: one that merely looks the same to the
    database ("ı" for "i") is another mailbox. Raises OSError when the mail server does not take it.
    """
    user = User.objects.filter(email__iexact=address, is_active=True).first()
    if user and not user.has_usable_password():
        user = None  # It signs in elsewhere, or waits for an admin: the mailbox alone must not do.
    with override((user and user.language) or get_language()):
        message = _link(request, user) if user else _nothing(request, address)
    logger.info("New password asked for", extra={"address": client_address(request)})
    try:
        message.send()
    except SMTPRecipientsRefused:
        # No mailbox has that address. To say so would tell it from one that has an account.
        logger.warning("The mail server refused an address")


def _link(request: HttpRequest, user: User) -> EmailMessage:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    text = _(
        "Hello %(name)s,\n\n"
        "somebody asked for a new password for your account “%(username)s” at %(site)s. Set it here:\n\n"
        "%(link)s\n\n"
        "The link works once, and for %(minutes)s minutes. If it was not you who asked, do nothing: your "
        "password stays as it is.\n"
    )
    values = {
        "name": user.display_name,
        "username": user.username,
        "site": request.get_host(),
        "link": get_adapter(request).get_reset_password_from_key_url(key),
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    return EmailMessage(_("A new password for Stint"), text % values, to=[user.email])


def _nothing(request: HttpRequest, address: str) -> EmailMessage:
    text = _(
        "Hello,\n\n"
        "somebody asked for a new password at %(site)s for this address. No account there can be given one "
        "by mail to it. If you have an account, ask your admin which address it has.\n\n"
        "If it was not you who asked, do nothing.\n"
    )
    values = {"site": request.get_host()}
    return EmailMessage(_("A new password for Stint"), text % values, to=[address])
