"""What an administrator does to second factors at the shell."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.factories import UserFactory
from workspaces.models import User
from workspaces.sign_in import second_factor

FORMER, PRESENT = "the-former-key-" * 4, "the-present-key-" * 4
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def set_up(user: User) -> list[str]:
    """Gives the user a second factor; returns the recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).generate_codes()


@pytest.fixture
def changed_key(settings: SettingsWrapper, agent: User) -> list[str]:
    """The agent set up a second factor, and then the key was changed; the agent's recovery codes."""
    settings.SECRET_KEY = FORMER
    codes = set_up(agent)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = PRESENT, [FORMER]
    return codes


@pytest.mark.django_db
def test_resealed_secrets_need_the_former_key_no_more(
    settings: SettingsWrapper, agent: User, changed_key: list[str]
) -> None:
    printed = StringIO()
    call_command("reseal", stdout=printed)
    assert printed.getvalue() == "Sealed anew: 2.\n"
    settings.SECRET_KEY_FALLBACKS = []
    recovery = Authenticator.objects.get(user=agent, type=Authenticator.Type.RECOVERY_CODES)
    assert RecoveryCodes(recovery).generate_codes() == changed_key
    assert second_factor.use(agent, changed_key[0], timezone.now()) == recovery
    app = Authenticator.objects.get(user=agent, type=Authenticator.Type.TOTP)
    assert second_factor.Adapter().decrypt(app.data["secret"]) == SECRET


@pytest.mark.django_db
def test_sealing_anew_holds_up_nobody_who_works(agent: User, changed_key: list[str]) -> None:
    with CaptureQueriesContext(connection) as queries:
        call_command("reseal", stdout=StringIO())
    held = [each["sql"].partition(" FOR UPDATE")[2] for each in queries if " FOR UPDATE" in each["sql"]]
    assert held == ([' OF "mfa_authenticator"'] if connection.vendor == "postgresql" else [])


@pytest.mark.django_db
def test_what_no_key_opens_is_told_and_nothing_is_changed(
    settings: SettingsWrapper, agent: User, changed_key: list[str]
) -> None:
    settings.SECRET_KEY_FALLBACKS = []
    set_up(UserFactory(username="readable"))
    before = list(Authenticator.objects.order_by("pk").values_list("pk", "data"))
    with pytest.raises(CommandError, match=r"opens the second factor of agent\. "):
        call_command("reseal")
    assert list(Authenticator.objects.order_by("pk").values_list("pk", "data")) == before


@pytest.mark.django_db
def test_a_lost_second_factor_is_removed(agent: User) -> None:
    set_up(agent)
    set_up(UserFactory())
    call_command("remove_second_factor", "agent", stdout=StringIO())
    assert not Authenticator.objects.filter(user=agent).exists()
    assert Authenticator.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "told"), [("agent", "agent has no second factor"), ("nobody", "There is no user nobody")]
)
def test_nothing_to_remove_is_told(agent: User, username: str, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        call_command("remove_second_factor", username)
