"""What is not for a backup."""

from workspaces.models import Session

#: The sessions, also those of Django that earlier releases had: their keys are as good as passwords.
TABLES_LEFT_OUT = (Session._meta.db_table, "django_session")
