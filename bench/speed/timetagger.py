"""A peer: timetagger, which keeps its records by a JSON API, one SQLite file for each user.

`make bench` installs it beside Stint (bench/peer-requirements.txt); it is started as its documentation says.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from typing import Self

from bench.server import end_of, free_port
from bench.speed.load import ENCODINGS, Call, Reply, request
from tests.postgres import die_with_parent

INSTALLED = Path(__file__).parent.parent.parent / "var" / "peer"
PEOPLE = 16
PASSWORD = "peer"
#: Of that password, by bcrypt.
HASH = "$2b$04$pIaS3w5O4ZfWI8M1XL554O.rgFqEZOWu0y6kHTIaoi1oIPbvPkYR2"
API = "/timetagger/api/v2"
#: A time long ago, in which everybody has ten records.
LISTED = 1_000_000_000
START_SECONDS = 30


class Timetagger:
    """Its server, and requests by what is done."""

    name = "timetagger"

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.tokens: list[str] = []
        self.running: list[tuple[str, dict[str, object]]] = []
        self.serial = 0

    def __enter__(self) -> Self:
        credentials = ",".join(f"user{number}:{HASH}" for number in range(PEOPLE))
        with (self.folder / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "timetagger"],
                cwd=self.folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(INSTALLED),
                    "TIMETAGGER_BIND": f"127.0.0.1:{self.port}",
                    "TIMETAGGER_CREDENTIALS": credentials,
                    "TIMETAGGER_DATADIR": str(self.folder),
                    "TIMETAGGER_LOG_LEVEL": "warning",
                },
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        self._wait()
        for number in range(PEOPLE):
            proof = {"method": "usernamepassword", "username": f"user{number}", "password": PASSWORD}
            told = self._ask("POST", f"{API}/bootstrap_authentication", b64encode(json.dumps(proof).encode()))
            self.tokens.append(json.loads(told)["token"])
            listed = [self._record(LISTED + 100 * each, LISTED + 100 * each + 50) for each in range(10)]
            self._ask("PUT", f"{API}/records", json.dumps(listed).encode(), authtoken=self.tokens[-1])
        return self

    def __exit__(self, *error: object) -> None:
        self.server.terminate()
        self.server.wait()

    def calls(self, work: str, count: int) -> list[Call]:
        tokens = list(islice(cycle(self.tokens), count))
        if work == "start":
            now = int(time.time())
            self.running = [(token, self._record(now, now)) for token in tokens]
            return [self._put(token, record) for token, record in self.running]
        if work == "stop":
            stopped = [(token, record | {"t2": int(time.time()) + 1}) for token, record in self.running]
            return [self._put(token, record) for token, record in stopped]
        path = {
            "status poll": f"{API}/updates?since={time.time() + 1}",
            "timers list": f"{API}/records?timerange={LISTED}-{LISTED + 1000}",
            "conversation page": "/timetagger/app/",
        }[work]
        return [Call(request("GET", path, self._headers(token))) for token in tokens]

    def learn(self, work: str, replies: list[Reply]) -> None:
        """Nothing: the client makes the records."""

    def _record(self, since: int, until: int) -> dict[str, object]:
        self.serial += 1
        return {
            "key": f"key{self.serial}",
            "mt": since,
            "t1": since,
            "t2": until,
            "ds": "#one What was asked",
        }

    def _put(self, token: str, record: dict[str, object]) -> Call:
        return Call(request("PUT", f"{API}/records", self._headers(token), json.dumps([record]).encode()))

    @staticmethod
    def _headers(token: str) -> dict[str, str]:
        return {"Accept": "*/*", "Accept-Encoding": ENCODINGS, "authtoken": token}

    def _ask(self, method: str, path: str, body: bytes, **headers: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"timetagger answers {answer.status}: {text[:200]}")
        return text

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                if self.server.poll() is not None or time.monotonic() > deadline:
                    told = end_of(self.folder / "server.log")
                    raise RuntimeError(f"timetagger does not start:\n{told}") from None
                time.sleep(0.05)
            else:
                return


def is_installed() -> bool:
    return (INSTALLED / "timetagger").is_dir()
