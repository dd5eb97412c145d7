"""What processes have used of the processor, to the nanosecond: other people's load is not in it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

#: In the id of a clock, made as clock_getcpuclockid(3) makes it: all threads, as the scheduler counts.
SCHEDULED = 2


def of_process(process: int) -> float:
    """Seconds used by all threads of a process, also those that have ended; raises ProcessLookupError."""
    try:
        return time.clock_gettime(~process << 3 | SCHEDULED)
    except OSError as error:
        raise ProcessLookupError(process) from error


def of_ended_children(process: int) -> float:
    """Seconds that children used which the process has buried, in steps of the kernel's clock (10 ms)."""
    with suppress(OSError):
        times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[13:15]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return 0


def tree(process: int) -> list[int]:
    """The process and all that descend from it."""
    found = [process]
    for each in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{each}/task").iterdir():
                with suppress(OSError):
                    found += map(int, (thread / "children").read_text().split())
    return found


@dataclass
class Meter:
    """Reads the use of process trees since the previous reading; a child that ended meanwhile counts too."""

    roots: list[int]
    _last: dict[int, float] = field(default_factory=dict)
    _buried: dict[int, float] = field(default_factory=dict)

    def read(self) -> float:
        """Seconds since the last reading; what a process used that has ended since is rounded to 10 ms."""
        used = 0.0
        now: dict[int, float] = {}
        for root in self.roots:
            for process in tree(root):
                with suppress(ProcessLookupError):
                    now[process] = of_process(process)
        buried = {process: of_ended_children(process) for process in now}
        used += sum(seconds - self._last.get(process, 0) for process, seconds in now.items())
        ended = sum(seconds for process, seconds in self._last.items() if process not in now)
        grown = sum(seconds - self._buried.get(process, 0) for process, seconds in buried.items())
        # Of those that have ended, part was counted before.
        used += max(0.0, grown - ended)
        self._last, self._buried = now, buried
        return used
