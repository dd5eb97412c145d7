"""How somebody is known by a password."""

from django.contrib.auth.backends import ModelBackend


class PasswordBackend(ModelBackend):
    """Django's: a user name is spelled exactly, and an unknown one takes as long as a known one.

    allauth's would find "Agent" for "aGENT", and axes count the bad passwords of each spelling by itself.
    Whoever is inactive is refused as a wrong password is.
    """
