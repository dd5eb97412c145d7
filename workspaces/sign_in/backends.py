"""How somebody is known by a password."""

from django.contrib.auth.backends import ModelBackend

from workspaces.models import User


class PasswordBackend(ModelBackend):
    """Django's: a user name is spelled exactly, and an unknown one takes as long as a known one.

    allauth's would find "Agent" for "aGENT", and axes count the bad passwords of each spelling by itself.
    Whoever is inactive is refused as a wrong password is.
    """

    def get_user(self, user_id: int) -> User | None:
        """The session's user, with what the gate in front of every page asks about the second factor."""
        user = User.objects.with_second_factor().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
