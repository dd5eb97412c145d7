"""Moments in addresses: whole microseconds since 1970, which is all that a moment has."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds_of(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds: int) -> datetime:
    """Raises OverflowError for what no calendar holds."""
    return EPOCH + timedelta(microseconds=microseconds)
