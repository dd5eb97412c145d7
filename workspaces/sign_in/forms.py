"""The forms of the door."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ResetPasswordKeyForm, UserTokenForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from workspaces.sign_in.letters import send_reset


class SignInForm(LoginForm):
    """allauth's, with the field names that Django's own has."""

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("username" if field_name == "login" else field_name)


class ResetForm(forms.Form):
    """Asks for a link by which the owner of an address sets a new password."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(
            {"class": "input", "autocomplete": "email", "spellcheck": "false", "autofocus": True}
        ),
    )

    def save(self, request: HttpRequest) -> None:
        """Raises OSError when the mail server does not take it."""
        send_reset(request, self.cleaned_data["email"])


class LinkForm(UserTokenForm):
    """What a link says of itself. It does not work for a user who was made inactive after it was sent."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.reset_user.is_active:
            raise get_adapter().validation_error("invalid_password_reset")
        return cleaned


class NewPasswordForm(ResetPasswordKeyForm):
    """allauth's, in the words of the page where a password is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"password1": _("New password"), "password2": _("New password confirmation")}
        for name, label in labels.items():
            field: Any = self.fields[name]
            field.label = label
            field.widget.attrs = {"class": "input", "autocomplete": "new-password"}
        self.fields["password1"].widget.attrs["autofocus"] = True
