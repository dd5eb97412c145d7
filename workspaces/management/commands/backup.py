"""`manage.py backup`: the whole database in one file, while people work."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from workspaces.backups import BackupFailed, back_up, forget_old


class Command(BaseCommand):
    help = "Write the whole database, but for the sessions, into a new file. People can go on working."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="where to; var/backups if none is given")
        parser.add_argument(
            "--keep",
            type=at_least_one,
            metavar="N",
            help="then delete all but the newest N backups there",
        )

    def handle(self, *, folder: Path | None, keep: int | None, verbosity: int, **options: Any) -> None:
        folder = folder or own_folder()
        try:
            path = back_up(connection, folder, now=timezone.now())
            old = forget_old(folder, keep=keep) if keep else []
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        if verbosity:
            size = filesizeformat(path.stat().st_size).replace("\xa0", " ")
            self.stdout.write(f"{path} ({size})")
            for each in old:
                self.stdout.write(f"Deleted {each}")


def own_folder() -> Path:
    folder = settings.BASE_DIR / "var" / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("at least one backup is kept")
    return number
