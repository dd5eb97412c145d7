"""What fails, for the tests of what a visitor is told of it."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client


@pytest.fixture
def broken_database(db: None) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise OperationalError("the database system is shutting down")

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def as_visitor_of_errors(as_agent: Client) -> Client:
    """Sees what a browser sees; Django's client would raise the exception itself."""
    as_agent.raise_request_exception = False
    return as_agent
