"""Addresses of the second factor; their names are those that allauth looks for."""

from allauth.mfa.recovery_codes.views import view_recovery_codes
from django.urls import path

from workspaces.sign_in import second_factor_views as views

urlpatterns = [
    path("", views.Index.as_view(), name="mfa_index"),
    path("authenticate/", views.Authenticate.as_view(), name="mfa_authenticate"),
    path("reauthenticate/", views.Reauthenticate.as_view(), name="mfa_reauthenticate"),
    path("set-up/", views.Activate.as_view(), name="mfa_activate_totp"),
    path("switch-off/", views.Deactivate.as_view(), name="mfa_deactivate_totp"),
    path("recovery-codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", views.GenerateRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
]
