"""`manage.py make_data`: fills an empty database with ten years of work, for measuring."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from timers.making.build import build
from timers.making.people import PASSWORD
from timers.making.sizes import Sizes
from workspaces.models import User


class Command(BaseCommand):
    help = (
        "Fill an empty database with ten years of work: in full 2 million entries of 10,000 users in 200 "
        "workspaces. Its accounts have a password that everybody knows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="a part of it, such as 0.05")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other data")
        parser.add_argument(
            "--even-in-production", action="store_true", help="also where neither DEBUG nor DEMO is on"
        )

    def handle(
        self, *, scale: float, seed: int, even_in_production: bool, verbosity: int, **options: Any
    ) -> None:
        if not (settings.DEBUG or settings.DEMO or even_in_production):
            raise CommandError(
                "The accounts have a password that everybody knows, so this takes DEBUG or DEMO on, "
                "or --even-in-production."
            )
        if not 0 < scale <= 10:
            raise CommandError("The scale is a number above 0, such as 0.05, and at most 10.")
        if User.objects.exists():
            raise CommandError("The database is not empty. This only ever fills an empty one.")
        build(Sizes.of(scale), seed, timezone.now(), self.stdout if verbosity else None)
        if verbosity:
            self.stdout.write(
                f"Sign in with the password {PASSWORD} as agent1, manager1 (and so on) or admin."
            )
