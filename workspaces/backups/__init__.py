"""Backups of the whole database: made while people work, restored into an empty one, on either database.

A backup holds every table but the sessions: who gets hold of one is not signed in by it, and a restored one
does not bring back a session that was ended since.
"""

from workspaces.backups.failures import BackupFailed
from workspaces.backups.folders import back_up, forget_old
from workspaces.backups.restoring import restore

__all__ = ["BackupFailed", "back_up", "forget_old", "restore"]
