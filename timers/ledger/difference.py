"""What does not agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Difference:
    """Of `thing` ("entry 12"), `what` is not as expected."""

    thing: str
    what: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.thing}: {self.what}: expected {shown(self.expected)}, found {shown(self.found)}"


def shown(value: Any) -> str:
    """On one line, whatever somebody wrote into it."""
    if value is None:
        return "nothing"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return repr(value) if isinstance(value, (str, dict)) else str(value)


def unequal(thing: str, *compared: tuple[str, Any, Any]) -> Iterator[Difference]:
    """Of what, expected, found: those in which the two are not the same."""
    for what, expected, found in compared:
        if expected != found:
            yield Difference(thing, what, expected, found)
