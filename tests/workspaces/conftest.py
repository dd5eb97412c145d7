"""What the tests of accounts share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine


@pytest.fixture
def clock() -> Iterator[Any]:
    """A Monday morning that stands still, at the start of the 30 seconds of a code."""
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller
