"""The named cast: who works where, and what they work on.

A workspace with an agent, a colleague and a manager; an outsider, who manages a workspace of their own; and
an admin, a superuser who belongs to neither.
"""

import pytest
from django.test import Client

from billing.models import BillingType
from conversations.models import Conversation, Customer
from tests.factories import (
    BillingTypeFactory,
    ConversationFactory,
    CustomerFactory,
    MembershipFactory,
    MessageFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import Membership, User, Workspace


@pytest.fixture
def workspace(db: None) -> Workspace:
    """In Berlin and in euros, with `billing_type` as its default."""
    workspace = WorkspaceFactory(name="Kanzlei Brandt & Ohlsen")
    workspace.default_billing_type = BillingTypeFactory(workspace=workspace, name="Standard consulting")
    workspace.save()
    return workspace


@pytest.fixture
def billing_type(workspace: Workspace) -> BillingType:
    """Service charges: 120.00 EUR per hour, up to 15 minutes."""
    assert workspace.default_billing_type
    return workspace.default_billing_type


def join(workspace: Workspace, username: str, first_name: str, last_name: str, role: str) -> User:
    user = UserFactory(username=username, first_name=first_name, last_name=last_name)
    MembershipFactory(workspace=workspace, user=user, role=role)
    return user


@pytest.fixture
def agent(workspace: Workspace) -> User:
    return join(workspace, "agent", "Katharina", "Wiegand", Membership.Role.AGENT)


@pytest.fixture
def colleague(workspace: Workspace) -> User:
    """Another agent."""
    return join(workspace, "colleague", "Jonas", "Feddersen-Lindqvist", Membership.Role.AGENT)


@pytest.fixture
def manager(workspace: Workspace) -> User:
    return join(workspace, "manager", "Margarethe", "Oberländer", Membership.Role.MANAGER)


@pytest.fixture
def outsider(other_workspace: Workspace) -> User:
    """Manages `other_workspace`, and has nothing to do with `workspace`."""
    return join(other_workspace, "outsider", "Otto", "Auswärtig", Membership.Role.MANAGER)


@pytest.fixture
def admin(db: None) -> User:
    """A superuser who is a member of no workspace."""
    return UserFactory(username="admin", first_name="Ada", last_name="Min", is_staff=True, is_superuser=True)


@pytest.fixture
def customer(workspace: Workspace) -> Customer:
    return CustomerFactory(workspace=workspace, name="Reederei Hansen & Söhne")


@pytest.fixture
def conversation(customer: Customer, agent: User) -> Conversation:
    """Open, assigned to the agent, with the customer's first message."""
    conversation = ConversationFactory(
        customer=customer, subject="VPN drops after update", contact="Henrike Lührs-Petersen", assignee=agent
    )
    MessageFactory(conversation=conversation)
    return conversation


@pytest.fixture
def other_workspace(db: None) -> Workspace:
    workspace = WorkspaceFactory(name="Elsewhere Ltd", currency="USD")
    workspace.default_billing_type = BillingTypeFactory(workspace=workspace, name="Elsewhere's rule")
    workspace.save()
    return workspace


@pytest.fixture
def foreign_conversation(other_workspace: Workspace) -> Conversation:
    """In `other_workspace`, where only the outsider may look."""
    return ConversationFactory(customer__workspace=other_workspace, subject="Foreign subject")


@pytest.fixture
def as_agent(agent: User) -> Client:
    """A client in which the agent is signed in; so the others."""
    return sign_in(agent)


@pytest.fixture
def as_colleague(colleague: User) -> Client:
    return sign_in(colleague)


@pytest.fixture
def as_manager(manager: User) -> Client:
    return sign_in(manager)


@pytest.fixture
def as_outsider(outsider: User) -> Client:
    return sign_in(outsider)


@pytest.fixture
def as_admin(admin: User) -> Client:
    return sign_in(admin)


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
