"""Who works where: users, workspaces with their settings, memberships with a role, and sessions."""

from workspaces.models.session import Session
from workspaces.models.user import PeopleManager, User, displayed, initials_of
from workspaces.models.workspace import Membership, Workspace, validate_currency, validate_time_zone

__all__ = [
    "Membership",
    "PeopleManager",
    "Session",
    "User",
    "Workspace",
    "displayed",
    "initials_of",
    "validate_currency",
    "validate_time_zone",
]
