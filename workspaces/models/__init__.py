"""Who works where: users, workspaces with their settings, memberships with a role, and sessions."""

from workspaces.models.session import Session
from workspaces.models.user import PeopleManager, User
from workspaces.models.workspace import Membership, Workspace, validate_currency, validate_time_zone

__all__ = [
    "Membership",
    "PeopleManager",
    "Session",
    "User",
    "Workspace",
    "validate_currency",
    "validate_time_zone",
]
