"""Every address; those of the apps stand in their own urls.py, with their full paths."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

import config.converters  # noqa: F401 (makes <id:pk> known to the apps)
from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("conversations.urls")),
    path("", include("billing.urls")),
    path("", include("timers.urls")),
    path(
        "accounts/login/",
        auth.LoginView.as_view(redirect_authenticated_user=True, extra_context={"demo": settings.DEMO}),
        name="login",
    ),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/password_change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path(
        "accounts/password_change/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"
    ),
    path("admin/", admin.site.urls),
    path("healthz/", views.healthz, name="healthz"),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
