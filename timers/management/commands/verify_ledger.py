"""`manage.py verify_ledger`: whether all that was recorded, billed and written down agrees."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timers.ledger import Verification, snapshot
from workspaces.models import Workspace


class Command(BaseCommand):
    help = (
        "Compare intervals, timers, entries, batches and their histories, and say each difference on a line. "
        "Changes nothing, and can run while people work. Fails if anything differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", type=int, metavar="ID", help="only what belongs to this one")

    def handle(self, *, workspace: int | None, verbosity: int, **options: Any) -> None:
        found = 0
        with snapshot():
            verification = Verification(self._chosen(workspace))
            for difference in verification.differences():
                self.stdout.write(str(difference))
                found += 1
        if verbosity:
            counts = ", ".join(f"{count} {name}" for name, count in verification.checked.items() if name)
            self.stdout.write(f"Checked: {counts}.")
        if found:
            raise CommandError(f"{found} {'difference' if found == 1 else 'differences'}.")
        if verbosity:
            self.stdout.write("No difference.")

    @staticmethod
    def _chosen(pk: int | None) -> Workspace | None:
        if pk is None:
            return None
        found = Workspace.objects.filter(pk=pk).first()
        if found is None:
            raise CommandError(f"There is no workspace {pk}.")
        return found
