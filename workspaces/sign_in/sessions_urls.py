"""Addresses of the list of sessions."""

from django.urls import path

from workspaces.sign_in import sessions_views as views

urlpatterns = [
    path("", views.listed, name="sessions"),
    path("end/", views.end, name="session_end"),
    path("end-others/", views.end_others, name="sessions_end_others"),
]
