"""The servers that are measured, each with its data and the people who work on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import environ
import psycopg

from bench.databases import ENVIRONMENT, PostgreSQL
from bench.server import Server
from bench.speed import timetagger
from bench.speed.cpu import Meter
from bench.speed.floor import ROWS_EACH, Floor
from bench.speed.measures import Side, Work
from bench.speed.stint import Stint
from bench.speed.timetagger import Timetagger

#: As `make run` starts it.
WORKERS, THREADS = 2, 4
STINT, FLOOR = "config.wsgi:application", "bench.floor.wsgi:application"


class Rig:
    """PostgreSQL, and what runs on it for as long as the `with` block lasts; so many people click."""

    def __init__(self, people: int) -> None:
        self.people = people

    def __enter__(self) -> Self:
        os.environ.update(ENVIRONMENT)
        self._stack = ExitStack()
        try:
            self.database = self._stack.enter_context(PostgreSQL())
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def floor(self) -> Side:
        url = self._fresh("floor")
        people = told_by("bench.floor.fill", url, str(self.people), str(ROWS_EACH))
        return self._side(Floor(people), url, FLOOR)

    def stint(self, name: str, fill: str) -> Side:
        """On a database of the name, filled by the demo or by make_data at a scale, or at an address."""
        url = fill if "://" in fill else self._fresh(name)
        cast = told_by("bench.speed.cast", url, "--fill", fill, "--people", str(self.people))
        side = self._side(Stint(name, cast), url, STINT)
        for look in ("look", "look elsewhere"):
            side.do(look, 4, self.people)
        if side.wrong:
            raise RuntimeError("Stint does not work:\n" + "\n".join(side.faults()))
        return side

    def peer(self) -> Side | None:
        """None where it is not installed."""
        if not timetagger.is_installed():
            return None
        peer = self._stack.enter_context(Timetagger(self._folder(Timetagger.name)))
        return Side(peer, peer.port, Meter([peer.server.pid]), Meter([]), peer.folder / "server.log")

    def _side(self, work: Work, url: str, application: str) -> Side:
        server = Server(
            self._folder(work.name),
            workers=WORKERS,
            threads=THREADS,
            application=application,
            environment={"DATABASE_URL": url},
        )
        self._stack.enter_context(server)
        server.wait_for_all(WORKERS)
        return Side(work, server.port, Meter([server.process]), Meter([postmaster(url)]), server.log)

    def _fresh(self, name: str) -> str:
        """The address of an empty database."""
        self.database.query(f"CREATE DATABASE {name}", database="postgres")
        return self.database.url.removesuffix("stint") + name

    def _folder(self, name: str) -> Path:
        folder = self.database.folder / name
        folder.mkdir()
        return folder


def postmaster(url: str) -> int:
    """The id of the main process of a PostgreSQL server on this machine."""
    named = environ.Env.db_url_config(url)
    where = {
        "host": named["HOST"],
        "port": named["PORT"],
        "user": named["USER"],
        "password": named["PASSWORD"],
        "dbname": named["NAME"],
    }
    with psycopg.connect(**{name: value for name, value in where.items() if value}) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row
    return int((Path(row[0]) / "postmaster.pid").read_text().split()[0])


def told_by(program: str, url: str, *arguments: str) -> Any:
    """What a program prints, as JSON, that fills a database."""
    result = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(result.stdout)
