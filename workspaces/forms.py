"""What people say about themselves."""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from workspaces.models import User


class LanguageSelect(forms.Select):
    """Each language is named in itself, and says so to those who hear the page."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        return option | {"attrs": option["attrs"] | ({"lang": value} if value else {})}


class SettingsForm(forms.ModelForm):
    """A user's own name, address, language and keys; all else about them is for an admin to say."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "language", "shortcuts"]
        widgets = {
            "first_name": forms.TextInput({"class": "input", "autocomplete": "given-name"}),
            "last_name": forms.TextInput({"class": "input", "autocomplete": "family-name"}),
            "email": forms.EmailInput({"class": "input", "autocomplete": "email", "spellcheck": "false"}),
            "language": LanguageSelect({"class": "input"}),
            "shortcuts": forms.CheckboxInput({"class": "checkbox"}),
        }

    def __init__(self, data: Any = None, *, user: User) -> None:
        # A copy: the page that shows what is wrong with it still names the user as they are.
        super().__init__(data, instance=copy(user), auto_id="settings-%s")
        language: Any = self.fields["language"]
        language.choices = [("", _("As the browser")), *settings.LANGUAGES]
        language.help_text = _("Dates, times and figures follow it.")

    def save(self, commit: bool = True) -> User:
        """Only what the form asks for: a password that is changed meanwhile stays so.

        Raises ValidationError where another account took the address after the form was looked at.
        """
        try:
            with transaction.atomic():
                self.instance.save(update_fields=self._meta.fields)
        except IntegrityError:
            self.instance.validate_constraints()
            raise
        return self.instance
