"""Who works where: users, workspaces with their settings, memberships with a role, and sessions."""

from workspaces.models.session import Session
from workspaces.models.user import PeopleManager, User, displayed
from workspaces.models.workspace import Membership, Workspace, validate_currency, validate_time_zone

__all__ = [
    "Membership",
    "PeopleManager",
    "Session",
    "User",
    "Workspace",
    "displayed",
    "validate_currency",
    "validate_time_zone",
]
