"""Addresses of what users set for themselves."""

from django.urls import path

from workspaces import views

urlpatterns = [path("accounts/settings/", views.settings, name="settings")]
