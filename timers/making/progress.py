"""How far a long work has come."""

from __future__ import annotations

from time import monotonic

from django.core.management.base import OutputWrapper

BAR = 30
#: Seconds from line to line: on a terminal, where one takes the place of the other, and elsewhere.
LIVE, PLAIN = 0.2, 10


class Progress:
    """A bar with percent, rows per second and the time left; plain lines where `out` is no terminal.

    Without `out` nothing is said.
    """

    def __init__(self, out: OutputWrapper | None, total: int) -> None:
        self.out = out
        self.total = total
        self.done = 0
        self.began = monotonic()
        self.said = -float(PLAIN)
        self.live = bool(out and out.isatty())

    @property
    def elapsed(self) -> float:
        return monotonic() - self.began

    def advance(self, rows: int) -> None:
        self.done += rows
        share, speed = min(self.done / self.total, 1), self.done / self.elapsed
        left = max(self.total - self.done, 0) / speed
        text = f"{share:4.0%}  {self.done:,} rows, {speed:,.0f}/s, {clock(left)} left"
        self._say(f"[{'#' * round(share * BAR):<{BAR}}] {text}" if self.live else text)

    def tell(self, what: str, done: int = 1, total: int = 1) -> None:
        """Of work that rows do not count; that it begins is always said."""
        self._say(f"{what} {done}/{total}, {clock(self.elapsed)} so far", always=done == 1)

    def _say(self, text: str, *, always: bool = False) -> None:
        if self.out and (always or self.elapsed - self.said > (LIVE if self.live else PLAIN)):
            self.said = self.elapsed
            self.out.write(f"\r{text:<78}" if self.live else text, ending="" if self.live else "\n")
            self.out.flush()

    def end(self) -> None:
        if self.live and self.out:
            self.out.write("")


def clock(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}"
