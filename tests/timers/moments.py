"""Moments of one working day, for tests that say themselves what time it is."""

from datetime import UTC, datetime, timedelta

#: A Monday, 10:00 in Berlin.
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def after(**elapsed: float) -> datetime:
    """START and then so much: `after(minutes=10)`."""
    return START + timedelta(**elapsed)
