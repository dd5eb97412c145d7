"""`manage.py reseal`: after a change of SECRET_KEY, so that the one before it is needed no more."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

SEALED = ("secret", "seed")


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of all second factors with the present SECRET_KEY. The one before it has to be "
        "in SECRET_KEY_FALLBACKS, and can go from there afterwards."
    )

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        # Not the users with them: whoever works then would wait until all is sealed.
        held = Authenticator.objects.select_for_update(of=("self",))
        found = held.select_related("user").order_by("pk")
        unreadable = {each.user.username for each in found if not resealed(each)}
        if unreadable:
            raise CommandError(
                "Nothing was changed. No key in SECRET_KEY and SECRET_KEY_FALLBACKS opens the second factor "
                f"of {', '.join(sorted(unreadable))}. Add the key that it was set up under, or remove it "
                "(manage.py remove_second_factor)."
            )
        self.stdout.write(f"Sealed anew: {len(found)}.")


def resealed(authenticator: Authenticator) -> bool:
    """Whether its secrets could be read, and are encrypted with the present key now."""
    adapter = get_adapter()
    data = authenticator.data
    try:
        data.update({name: adapter.encrypt(adapter.decrypt(data[name])) for name in SEALED if name in data})
    except InvalidToken:
        return False
    authenticator.save(update_fields=["data"])
    return True
