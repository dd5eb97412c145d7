"""What went wrong, in a sentence for the person at the shell."""


class BackupFailed(Exception):
    """A backup was not made, or not restored. Nothing half-done is left."""
