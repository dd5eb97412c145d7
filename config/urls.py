"""Every address; those of the apps stand in their own urls.py, with their full paths."""

from django.contrib import admin
from django.urls import include, path

import config.converters  # noqa: F401 (makes <id:pk> known to the apps)
from config import health, views

urlpatterns = [
    path("", views.home, name="home"),
    # The more often it is asked for, the sooner it is found.
    path("", include("timers.urls")),
    path("", include("conversations.urls")),
    path("", include("billing.urls")),
    path("", include("workspaces.urls")),
    path("accounts/", include("workspaces.sign_in.urls")),
    path("admin/", admin.site.urls),
    path("healthz/", health.healthz, name="healthz"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.worker, name="worker"),
    path("offline/", views.offline, name="offline"),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
