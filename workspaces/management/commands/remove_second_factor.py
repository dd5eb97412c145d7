"""`manage.py remove_second_factor`: for somebody who lost it, where no admin can."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workspaces.models import User
from workspaces.sign_in import second_factor


class Command(BaseCommand):
    help = "Remove a user's second factor: the password alone signs them in then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        if not second_factor.remove(user):
            raise CommandError(f"{username} has no second factor.")
        self.stdout.write(f"{username} signs in with the password alone now.")
