"""Who works on the server under load, and what on. Imported once the settings know the database."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.client import Session, sign_in_all
from conversations.models import Conversation
from tests.factories import (
    BillingTypeFactory,
    ConversationFactory,
    CustomerFactory,
    MembershipFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import Membership, User, Workspace

PASSWORD = "nine lives of a stopwatch"


def make_workspace(name: str, **settings: bool) -> Workspace:
    """Its default rule rounds nothing, so that every recorded second shows in the figures."""
    workspace = WorkspaceFactory(name=name, **settings)
    workspace.default_billing_type = BillingTypeFactory(workspace=workspace, rounding="none")
    workspace.save()
    CustomerFactory(workspace=workspace)
    return workspace


def make_conversation(workspace: Workspace) -> Conversation:
    return ConversationFactory(customer=workspace.customers.get())


def make_person(username: str, role: str, workspaces: list[Workspace]) -> User:
    user = UserFactory(username=username, password=PASSWORD)
    for workspace in workspaces:
        MembershipFactory(workspace=workspace, user=user, role=role)
    return user


@dataclass
class Cast:
    """Three workspaces of the same people, who are signed in."""

    automatic: Workspace = field(default_factory=lambda: make_workspace("Prepares entries at Stop"))
    manual: Workspace = field(
        default_factory=lambda: make_workspace("Pauses at Stop", create_entries_automatically=False)
    )
    single: Workspace = field(
        default_factory=lambda: make_workspace("One running timer", one_running_timer=True)
    )
    agents: list[User] = field(default_factory=list)
    managers: list[User] = field(default_factory=list)
    sessions: dict[str, list[Session]] = field(default_factory=dict)

    @classmethod
    def at(cls, port: int, *, agents: int, racing: bool = False, prefix: str = "") -> Cast:
        """Where they race, the first agent and the managers have several browsers.

        A second cast on the same database takes a prefix for its names.
        """
        cast = cls()
        workspaces = [cast.automatic, cast.manual, cast.single]
        roles = Membership.Role
        cast.agents = [make_person(f"{prefix}agent{n}", roles.AGENT, workspaces) for n in range(agents)]
        cast.managers = [make_person(f"{prefix}manager{n}", roles.MANAGER, workspaces) for n in range(2)]
        names = [user.username for user in cast.agents + cast.managers]
        browsers = [*names, *names[:1] * 3, *names[-2:]] if racing else names[:agents]
        for session in sign_in_all(port, browsers, PASSWORD):
            cast.sessions.setdefault(session.username, []).append(session)
        return cast

    def of(self, user: User) -> list[Session]:
        return self.sessions[user.username]
