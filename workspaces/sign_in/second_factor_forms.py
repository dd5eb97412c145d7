"""The forms that take a code."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.sign_in import second_factor


def code_field() -> forms.CharField:
    attributes = {
        "class": "input",
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "spellcheck": "false",
        "autofocus": True,
    }
    return forms.CharField(label=_("Code"), max_length=40, widget=forms.TextInput(attributes))


class AuthenticateForm(AllauthAuthenticateForm):
    """The second step of the sign-in: a code from the app, or a recovery code."""

    code = code_field()

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.authenticator = second_factor.use(self.user, code, timezone.now())
        return code


class ReauthenticateForm(AllauthReauthenticateForm):
    """The same, for somebody who is signed in and does something that matters."""

    code = code_field()
    clean_code = AuthenticateForm.clean_code


class ActivateForm(ActivateTOTPForm):
    """Proves that the app has the secret; `step` is that of the code."""

    code = code_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.step: int | None = None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.step = second_factor.matching_step(self.secret, code, timezone.now())
        if not self.step:
            raise ValidationError(
                _("That code is not right. It changes every 30 seconds; the phone's clock has to be right."),
                code="incorrect_code",
            )
        return code
