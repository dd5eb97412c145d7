"""What stands in front of the application, and between it and its database; all of it on this machine."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import psycopg

from bench.databases import PostgreSQL
from bench.server import ROOT, Server, end_of, free_port
from tests.postgres import die_with_parent

START_SECONDS = 10
#: For so long nginx passes nothing to a server that was gone.
SHUNNED_SECONDS = 1
PASSWORD = "through-the-pooler"
#: Debian keeps them where only root looks for programs.
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
PGBOUNCER_INI = ROOT / "deploy" / "pgbouncer.ini"
SCALING = ROOT / "docs" / "scaling.md"
NGINX = """
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
daemon off;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    log_format passed '$request_method $status $upstream_addr';
    access_log {folder}/nginx.log passed;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;

    upstream stint {{
        {servers}
    }}
    server {{
        listen 127.0.0.1:{port} backlog=2048;
        client_max_body_size 2m;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Request-ID $request_id;
        proxy_set_header Connection "";
        proxy_http_version 1.1;
        proxy_connect_timeout 5s;
        proxy_read_timeout 60s;
        # From a server that is gone to the next: a request to read, and any that it has not been sent yet.
        proxy_next_upstream error;
        error_page 502 504 = @away;
        location / {{ proxy_pass http://stint; }}
        location @away {{
            internal;
            default_type text/plain;
            add_header Retry-After 5 always;
            return 503 "Stint is not there for the moment.\\n";
        }}
    }}
}}
"""


class Missing(Exception):
    """A program that has to be installed first."""


def program(name: str, package: str) -> str:
    found = shutil.which(name, path=PLACES)
    if found is None:
        raise Missing(f"There is no {name} here: apt install {package}, then again.")
    return found


def limits() -> list[str]:
    """What the page about several machines says to PostgreSQL of the role."""
    return re.findall(r'"(ALTER ROLE stint SET [^"]+)"', SCALING.read_text(encoding="utf-8"))


class Program:
    """Runs in the foreground under the account of the database's server, until the block ends."""

    def __init__(self, command: list[str], port: int, database: PostgreSQL) -> None:
        self.command = command
        self.port = port
        self.account: dict[str, Any] = database._account
        self.log = database.folder / f"{Path(command[0]).name}-output.log"

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
                **self.account,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"{self.command[0]} does not start:\n{end_of(self.log)}")
            time.sleep(0.05)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait()

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


def pgbouncer(database: PostgreSQL) -> Program:
    """As deploy/pgbouncer.ini has it, but with the paths and ports of here."""
    folder, port = database.folder, free_port()
    here = {
        "stint": f"host={folder} dbname=stint",
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_file": f"{folder}/userlist.txt",
        "logfile": f"{folder}/pgbouncer.log",
        "pidfile": f"{folder}/pgbouncer.pid",
        "stats_users": "stint",
    }
    text = PGBOUNCER_INI.read_text(encoding="utf-8")
    for name, value in here.items():
        text, found = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
        if not found:
            text += f"{name} = {value}\n"
    (folder / "pgbouncer.ini").write_text(text)
    (folder / "userlist.txt").write_text(f'"stint" "{PASSWORD}"\n')
    for limit in limits():
        database.query(limit)
    return Program([program("pgbouncer", "pgbouncer"), f"{folder}/pgbouncer.ini"], port, database)


def nginx(database: PostgreSQL, servers: list[Server]) -> Program:
    folder, port = database.folder, free_port()
    lines = "\n        ".join(
        f"server 127.0.0.1:{server.port} max_fails=1 fail_timeout={SHUNNED_SECONDS}s;" for server in servers
    )
    text = NGINX.format(folder=folder, port=port, servers=lines)
    (folder / "nginx.conf").write_text(text)
    command = [
        program("nginx", "nginx-light"),
        "-c",
        f"{folder}/nginx.conf",
        "-e",
        f"{folder}/nginx-error.log",
    ]
    return Program([*command, "-p", str(folder)], port, database)


class Machines:
    """All of them. To whoever races it looks like one server, at nginx's port."""

    def __init__(self, database: PostgreSQL, *, count: int, workers: int, threads: int) -> None:
        self.database = database
        self.count, self.workers, self.threads = count, workers, threads

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        try:
            self.pooler = self._stack.enter_context(pgbouncer(self.database))
            self.servers = [self._stack.enter_context(self._server(n)) for n in range(self.count)]
            self.proxy = self._stack.enter_context(nginx(self.database, self.servers))
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _server(self, number: int) -> Server:
        folder = self.database.folder / f"server{number + 1}"
        folder.mkdir()
        environment = {
            "BEHIND_PROXY": "on",
            "DATABASE_POOLER": "on",
            "DATABASE_URL": f"postgres://stint:{PASSWORD}@127.0.0.1:{self.pooler.port}/stint",
        }
        return Server(folder, workers=self.workers, threads=self.threads, environment=environment)

    @property
    def port(self) -> int:
        return self.proxy.port

    @property
    def restarts(self) -> int:
        return sum(server.restarts for server in self.servers)

    def busy_seconds(self) -> dict[int, float]:
        found: dict[int, float] = {}
        for server in self.servers:
            found |= server.busy_seconds()
        return found

    def logged(self, words: str) -> int:
        return sum(server.logged(words) for server in self.servers)

    def wait_until_all_serve(self) -> None:
        for server in self.servers:
            server.wait_until_healthy()
        time.sleep(2 * SHUNNED_SECONDS)

    def kill(self, number: int) -> None:
        """A whole application server at once, by kill -9; its supervisor starts it again, as systemd does."""
        server = self.servers[number]
        for process in [server.process, *server.workers()]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def answered(self) -> Counter[str]:
        """How many requests nginx passed to each server, and how many from one to the other."""
        names = {f"127.0.0.1:{server.port}": f"server {n + 1}" for n, server in enumerate(self.servers)}
        found: Counter[str] = Counter()
        for line in (self.database.folder / "nginx.log").read_text().splitlines():
            *before, last = line.split(" ", 2)[2].split(", ")
            found[names.get(last, last)] += 1
            found["passed on"] += bool(before)
        return found

    def pooled(self) -> str:
        """What PgBouncer says of its connections."""
        where = f"host=127.0.0.1 port={self.pooler.port} user=stint password={PASSWORD} dbname=pgbouncer"
        with psycopg.connect(where, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
            pools = connection.execute("SHOW CLIENTS").fetchall()
            servers = connection.execute("SHOW SERVERS").fetchall()
        return f"{len(pools) - 1} connections of the application share {len(servers)} of PostgreSQL"
