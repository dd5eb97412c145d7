"""Users, and what they may do by their memberships."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext_lazy as _

from workspaces.prepared import Prepared

if TYPE_CHECKING:
    from workspaces.models.workspace import Membership, Workspace


def displayed(first_name: str, last_name: str, username: str) -> str:
    """What a person of these names is called everywhere."""
    return f"{first_name} {last_name}".strip() or username


def initials_of(name: str) -> str:
    """Two letters for a person of this name: "AB" for "Anna Maria Berger"."""
    words = name.split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


class PeopleManager(UserManager["User"]):
    def hold(self, user_ids: Iterable[int]) -> None:
        """Serialise what happens to these people's timers and entries until the transaction ends.

        Every verb that changes a timer or an entry takes this one lock first, so no two of them ever wait
        for each other in a circle. On SQLite the transaction itself (BEGIN IMMEDIATE) is the lock.
        """
        if not connection.in_atomic_block:
            raise TransactionManagementError("Nobody is held outside of a transaction.")
        if connection.features.has_select_for_update:
            _held(people=sorted(set(user_ids)))


class User(AbstractUser):
    """A person who signs in. What they may do follows from their memberships."""

    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Empty: that of the browser."),
    )
    shortcuts = models.BooleanField(
        _("shortcuts by a single key"),
        default=True,
        help_text=_("Such as S, which starts and stops the timer."),
    )

    objects = PeopleManager()  # type: ignore[misc]  # as in AbstractUser, but for ClassVar

    class Meta(AbstractUser.Meta):
        constraints = [
            # Whoever reads the mail of an address can have its account.
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="one_account_per_address",
                violation_error_message=_("Another account has this email address."),
            ),
        ]
        indexes = [
            # Lists name people and put them in order, of whom they know the ids.
            models.Index(
                fields=["id"], include=["last_name", "first_name", "username"], name="names_of_users"
            ),
        ]

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Says it at the field: the only constraint is that of the address."""
        try:
            super().validate_constraints(exclude)
        except ValidationError as error:
            raise ValidationError({"email": error.messages}) from error

    @property
    def display_name(self) -> str:
        return displayed(self.first_name, self.last_name, self.username)

    @property
    def initials(self) -> str:
        return initials_of(self.display_name)

    # What follows is known of the user of a session from the query that fetched it (see SessionManager), so
    # that no page asks again; of another user it is asked once.

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for a code from an app, besides the password."""
        return Authenticator.objects.filter(user=self, type=Authenticator.Type.TOTP).exists()

    @cached_property
    def current_memberships(self) -> list[Membership]:
        """Where the user works, each with its workspace, by the workspaces' names."""
        return list(self.memberships.select_related("workspace").order_by("workspace__name", "workspace"))

    @property
    def needs_second_factor(self) -> bool:
        """Whether a workspace that the user manages asks for one, be it set up or not."""
        return any(
            each.role == each.Role.MANAGER and each.workspace.second_factor_for_managers
            for each in self.current_memberships
        )

    @cached_property
    def known_workspaces(self) -> dict[int, Workspace]:
        """The user's workspaces with their settings by id, in the order of their names."""
        return {each.workspace_id: each.workspace for each in self.current_memberships}

    @property
    def workspaces_read(self) -> dict[int, Workspace]:
        """`known_workspaces` if that takes no query; else none."""
        return self.__dict__.get("known_workspaces", {})

    @property
    def workspace_ids(self) -> list[int]:
        return list(self.known_workspaces)

    @cached_property
    def roles(self) -> dict[int, str]:
        """The user's role by workspace id.

        A manager who has yet to set up the second factor that the workspace asks for is an agent until then.
        """
        return {
            each.workspace_id: each.Role.AGENT.value
            if each.workspace.second_factor_for_managers and not self.has_second_factor
            else each.role
            for each in self.current_memberships
        }

    @property
    def is_manager(self) -> bool:
        """Whether the user manages any workspace."""
        return bool(self.managed_ids)

    def manages(self, workspace_id: int) -> bool:
        return self.roles.get(workspace_id) == "manager"

    @property
    def managed_ids(self) -> list[int]:
        return [workspace for workspace, role in self.roles.items() if role == "manager"]


_held = Prepared(
    lambda people: User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").only("pk")
)
