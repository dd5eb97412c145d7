"""`manage.py demo`: fills an empty database with the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from timers.demo.build import ADMIN, PASSWORD, build
from timers.demo.content import WORKSPACE
from workspaces.models import User


class Command(BaseCommand):
    help = "Fill an empty database with the demo. Its accounts have a password that everybody knows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, instead of failing, where there is data"
        )
        parser.add_argument(
            "--even-in-production", action="store_true", help="also where neither DEBUG nor DEMO is on"
        )

    @transaction.atomic
    def handle(self, *, if_empty: bool, even_in_production: bool, verbosity: int, **options: Any) -> None:
        if User.objects.exists():
            if not if_empty:
                raise CommandError("The database is not empty. The demo only ever fills an empty one.")
            if verbosity:
                self.stdout.write("There is data already: no demo.")
            return
        if not (settings.DEBUG or settings.DEMO or even_in_production):
            raise CommandError(
                "The demo's accounts have a password that everybody knows, so this takes DEBUG or DEMO on, "
                "or --even-in-production."
            )
        build(timezone.now())
        if verbosity:
            self.stdout.write(accounts())


def accounts() -> str:
    """Who can sign in now, one a line."""
    known = [person for person in WORKSPACE.people if person.password_known]
    lines = [f"  {each.username:<9}{each.first_name} {each.last_name}, {each.role}" for each in known]
    lines.append(f"  {ADMIN:<9}the admin site")
    return "\n".join([f"The demo is in. Sign in with the password {PASSWORD} as", *lines])
