"""People who only read, while servers are killed: nobody is to notice."""

from __future__ import annotations

import threading
from collections import Counter
from types import TracebackType
from typing import Self

from bench.client import Session

PAGES = ("/conversations/", "/timers/", "/timers/status/", "/billing/")
EXPECTED = {200, 204}


class Readers:
    """Each reads one page after the other until the block ends, over a connection of its own each time."""

    def __init__(self, sessions: list[Session]) -> None:
        self.statuses: Counter[int] = Counter()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._read, args=[session]) for session in sessions]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def __str__(self) -> str:
        return ", ".join(f"{count} × {status or 'none'}" for status, count in sorted(self.statuses.items()))

    def faults(self) -> list[str]:
        failed = {status: count for status, count in self.statuses.items() if status not in EXPECTED}
        return [f"pages that could not be read: {failed}"] if failed else []

    def _read(self, session: Session) -> None:
        while not self._over.is_set():
            for page in PAGES:
                answer = session.get(page)
                with self._lock:
                    self.statuses[answer.status] += 1
