"""What of the sign-in the admin site shows: no secrets, and no way to become somebody else."""

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin  # noqa: F401 (these register what is taken back here)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.http import HttpRequest

from workspaces.admin_base import NoBulkDelete, ReadOnly

for model in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)


@admin.register(SocialAccount)
class LinkAdmin(ReadOnly, NoBulkDelete):
    """Who is whom at the organisation's provider. A link may be taken away; only a sign-in makes one."""

    list_display = ["user", "uid", "provider", "last_login", "date_joined"]
    list_select_related = ["user"]
    search_fields = ["user__username", "uid"]
    fields = ["user", "uid", "provider", "last_login", "date_joined"]

    def has_delete_permission(self, request: HttpRequest, obj: SocialAccount | None = None) -> bool:
        return NoBulkDelete.has_delete_permission(self, request, obj)
