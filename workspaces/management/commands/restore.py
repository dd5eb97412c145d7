"""`manage.py restore`: a backup, into an empty database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from workspaces.backups import BackupFailed, restore


class Command(BaseCommand):
    help = "Restore a backup into the database that DATABASE_URL names, which must be empty."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what `manage.py backup` wrote")

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        try:
            restore(connection, file)
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        if verbosity:
            self.stdout.write("Restored. Next, in this order: manage.py migrate, manage.py verify_ledger.")
