"""Stint as a production server runs it: in a process of its own, under granian."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

GRANIAN = Path(sys.executable).with_name("granian")
#: What a server needs that the tests' environment lacks.
PRODUCTION = {
    "ALLOWED_HOSTS": "stint.example",
    "DEBUG": "off",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "",
    "HTTPS": "on",
    "SECRET_KEY": "a8#kP!" * 10,
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with the settings of a production server, but for those given."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**os.environ, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def database_url() -> str:
    """The tests' own database, for another process."""
    name = connection.settings_dict["NAME"]
    server = "sqlite://" if connection.vendor == "sqlite" else os.environ["DATABASE_URL"].rpartition("/")[0]
    return f"{server}/{name}"


class Server:
    """granian with one worker, on a free port of this machine; what it logs is in `log`."""

    def __init__(self, *options: str, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.options = options
        hosts = {"ALLOWED_HOSTS": "127.0.0.1", "HTTPS": "off"}
        self.environment = {**os.environ, **PRODUCTION, **hosts, **environment}

    def __enter__(self) -> Self:
        self.file = tempfile.NamedTemporaryFile(mode="w+", prefix="stint-log-")
        options = f"--interface wsgi --host 127.0.0.1 --port {self.port} --no-ws --log-level warning"
        self.process = subprocess.Popen(
            [GRANIAN, "config.wsgi:application", *options.split(), *self.options],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=self.file,
            stderr=self.file,
        )
        self.until(self.answers, 30)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.file.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return Path(self.file.name).read_text()

    def answers(self) -> bool:
        try:
            urlopen(f"{self.address}/healthz/", timeout=20).close()
        except HTTPError:
            return True
        except URLError:
            assert self.process.poll() is None, self.log
            return False
        return True

    @staticmethod
    def until(condition: Any, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "that took too long"
            time.sleep(0.05)
