"""Every address; those of the apps stand in their own urls.py, with their full paths."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

import config.converters  # noqa: F401 (makes <id:pk> known to the apps)
from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("workspaces.urls")),
    path("", include("conversations.urls")),
    path("", include("billing.urls")),
    path("", include("timers.urls")),
    path(
        "accounts/login/",
        auth.LoginView.as_view(
            redirect_authenticated_user=True,
            extra_context={"demo": settings.DEMO, "languages": settings.LANGUAGES},
        ),
        name="login",
    ),
    path("accounts/language/", login_not_required(require_POST(set_language)), name="set_language"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/password_change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path(
        "accounts/password_change/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"
    ),
    path("admin/", admin.site.urls),
    path("healthz/", views.healthz, name="healthz"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.worker, name="worker"),
    path("offline/", views.offline, name="offline"),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
