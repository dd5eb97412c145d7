"""Names the site class for INSTALLED_APPS; the class itself needs the apps to be ready."""

from django.contrib.admin.apps import AdminConfig


class StintAdminConfig(AdminConfig):
    default_site = "config.admin_site.StintAdminSite"
