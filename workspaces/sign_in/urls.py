"""Addresses of the sign-in and of what belongs to it, under accounts/."""

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from workspaces.sign_in import views

#: What every page of the door shows, whoever reads it.
DOOR = {"languages": settings.LANGUAGES}

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("language/", login_not_required(require_POST(set_language)), name="set_language"),
    # Also for who has given the password and has yet to give the code.
    path("logout/", login_not_required(auth.LogoutView.as_view()), name="account_logout"),
    path("password_change/", views.change_password, name="password_change"),
    path("password_change/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password_reset/", views.AskForReset.as_view(), name="account_reset_password"),
    path(
        "password_reset/sent/",
        account.PasswordResetDoneView.as_view(extra_context=DOOR),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password_reset/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[0-9A-Za-z-]{1,100})/$",
        views.SetNewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "password_reset/done/",
        account.PasswordResetFromKeyDoneView.as_view(extra_context=DOOR),
        name="account_reset_password_from_key_done",
    ),
    path("openid/", views.openid_start, name="openid_start"),
    path("openid/callback/", views.openid_callback, name="openid_callback"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("second-factor/", include("workspaces.sign_in.second_factor_urls")),
    path("sessions/", include("workspaces.sign_in.sessions_urls")),
]
