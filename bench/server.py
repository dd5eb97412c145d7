"""A real server: granian with several workers on a free port, and a supervisor that starts it again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol, Self

from tests.postgres import die_with_parent

ROOT = Path(__file__).parent.parent
GRANIAN = Path(sys.executable).with_name("granian")
#: As `make run` sets it: one pool for all threads, which keeps some at hand.
MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "4194304",
}
START_SECONDS = 90
STOP_SECONDS = 20
#: As systemd is told to wait.
RESTART_SECONDS = 0.2
#: The state of a socket in /proc/net/tcp.
LISTEN = "0A"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def end_of(log: Path) -> str:
    """Its last lines."""
    return log.read_text(errors="replace")[-4000:]


class Serving(Protocol):
    """What is put under load: a server, or several behind one port."""

    @property
    def port(self) -> int: ...
    @property
    def restarts(self) -> int: ...
    def busy_seconds(self) -> dict[int, float]: ...
    def logged(self, words: str) -> int: ...


class Server:
    """Started as in production; its log is in the folder. `environment` goes before that of this process."""

    def __init__(
        self,
        folder: Path,
        *,
        workers: int,
        threads: int,
        application: str = "config.wsgi:application",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.log = folder / "server.log"
        self.command = [
            *(str(GRANIAN), "--interface", "wsgi", application, "--host", "127.0.0.1"),
            *("--port", str(self.port), "--workers", str(workers), "--blocking-threads", str(threads)),
            *("--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning"),
        ]
        self.environment = os.environ | MEMORY | (environment or {})
        #: How often the supervisor had to start it again.
        self.restarts = 0
        self._process: subprocess.Popen | None = None
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)
        self._supervisor.start()
        try:
            self.wait_until_healthy()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        if self._process:
            self._process.terminate()
        self._supervisor.join()

    def _supervise(self) -> None:
        while not self._ended.is_set():
            with self.log.open("ab") as log:
                # A session of its own: Ctrl-C is for the program, which stops it.
                self._process = subprocess.Popen(
                    self.command,
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGTERM),
                )
            while self._process.poll() is None and not self._ended.wait(0.05):
                pass
            if not self._ended.is_set():
                self._ended.wait(RESTART_SECONDS)
                self.restarts += 1
        self._stop()

    def _stop(self) -> None:
        assert self._process
        workers = self.workers()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            for process in [self._process.pid, *workers]:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._process.wait()

    @property
    def process(self) -> int:
        """The id of granian's main process, whose children the workers are."""
        assert self._process
        return self._process.pid

    def workers(self) -> list[int]:
        """The ids of the worker processes that live."""
        if self._process is None:
            return []
        found: list[int] = []
        with suppress(OSError):
            for thread in Path(f"/proc/{self._process.pid}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
        return [worker for worker in found if _is_alive(worker)]

    def listening(self) -> set[str]:
        """The sockets that take connections: one of each worker that has started."""
        here = f"0100007F:{self.port:04X}"
        rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return {f"socket:[{row[9]}]" for row in rows if row[1] == here and row[3] == LISTEN}

    def kill(self, worker: int) -> None:
        """kill -9; returns when it takes no more connections."""
        own = self.listening() & _files(worker)
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        while own & self.listening():
            time.sleep(0.01)

    def worker_of(self, client_port: int) -> int | None:
        """Which worker holds the other end of a client's connection."""
        here, there = f"0100007F:{self.port:04X}", f"0100007F:{client_port:04X}"
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            row = line.split()
            if row[1:3] == [here, there]:
                wanted = f"socket:[{row[9]}]"
                return next((worker for worker in self.workers() if wanted in _files(worker)), None)
        return None

    def busy_seconds(self) -> dict[int, float]:
        """What each worker has used of the processor."""
        return {worker: _processor_seconds(worker) for worker in self.workers()}

    def is_healthy(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz/")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_healthy():
            if time.monotonic() > deadline:
                raise RuntimeError("The server does not start:\n" + end_of(self.log))
            time.sleep(0.05)

    def wait_for_all(self, workers: int) -> None:
        """Until so many take connections; the first is healthy before the others have started."""
        deadline = time.monotonic() + START_SECONDS
        while len(self.listening()) < workers:
            if time.monotonic() > deadline:
                raise RuntimeError("Not all workers start:\n" + end_of(self.log))
            time.sleep(0.05)

    def logged(self, words: str) -> int:
        """How often the log says so."""
        return self.log.read_text(errors="replace").count(words)


def _is_alive(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def _files(process: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for file in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                found.add(str(file.readlink()))
    return found


def _processor_seconds(process: int) -> float:
    with suppress(OSError):
        times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return 0
