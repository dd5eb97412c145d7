"""Somebody else at the database, who holds what they have."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def elsewhere(*statements: str) -> Iterator[None]:
    """Another connection that has done these, in a transaction that stays open meanwhile."""
    done, leave = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                done.set()
                leave.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert done.wait(10)
        yield
    finally:
        leave.set()
        thread.join()
