"""A browser's part: signs in by the form, keeps its cookies, posts what a click posts."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.pages import form

TIMEOUT_SECONDS = 60

Fields = Mapping[str, object] | Iterable[tuple[str, object]]


@dataclass(frozen=True)
class Answer:
    """What came back, read to its end; status 0: nothing came, or not all of it."""

    status: int
    text: str
    sent_at: datetime
    answered_at: datetime
    location: str = ""


@dataclass
class Session:
    """Somebody signed in with one browser. Several threads may send at once, each over its own connection."""

    port: int
    username: str
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, password: str) -> None:
        page = self.get("/accounts/login/")
        fields = form(page.text, lambda attributes: "password" in attributes) | {
            "username": self.username,
            "password": password,
            "next": "/timers/",
        }
        answer = self.post("/accounts/login/", fields, htmx=False)
        if (answer.status, answer.location) != (302, "/timers/"):
            raise RuntimeError(f"{self.username} cannot sign in: {answer.status} {answer.text[:500]}")

    def connect(self) -> HTTPConnection:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        connection.connect()
        return connection

    def get(self, path: str) -> Answer:
        return self._send("GET", path, b"", htmx=False, connection=None)

    def post(
        self, path: str, fields: Fields = (), *, htmx: bool = True, connection: HTTPConnection | None = None
    ) -> Answer:
        """As htmx sends a click, else as a plain form; over the connection, or one of its own."""
        return self._send("POST", path, self.body(fields), htmx=htmx, connection=connection)

    def body(self, fields: Fields) -> bytes:
        pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
        sent = [pair for pair in pairs if pair[0] != "csrfmiddlewaretoken"]
        return urlencode([*sent, ("csrfmiddlewaretoken", self.cookies.get("csrftoken", ""))]).encode()

    def _send(
        self, method: str, path: str, body: bytes, *, htmx: bool, connection: HTTPConnection | None
    ) -> Answer:
        sent_at = datetime.now(UTC)
        own = connection or HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        try:
            own.request(method, path, body, self.headers(htmx=htmx))
            return self.read(own.getresponse(), sent_at)
        except (OSError, HTTPException) as error:
            own.close()
            return Answer(0, repr(error), sent_at, datetime.now(UTC))
        finally:
            if connection is None:
                own.close()

    def headers(self, *, htmx: bool) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        return headers | ({"HX-Request": "true"} if htmx else {})

    def read(self, response: HTTPResponse, sent_at: datetime) -> Answer:
        text = response.read().decode(errors="replace")
        answered_at = datetime.now(UTC)
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, cookie in SimpleCookie(line).items():
                if name != "messages":
                    self.cookies[name] = cookie.value
        return Answer(response.status, text, sent_at, answered_at, response.headers.get("Location", ""))


@dataclass(frozen=True)
class Shot:
    """One request of a volley; `label` says what it is."""

    session: Session
    label: str
    path: str
    fields: Fields = ()
    htmx: bool = True


def fire(shots: list[Shot]) -> list[Answer]:
    """Send all at the same moment, each over a connection that stands already; the answers in their order."""
    barrier = threading.Barrier(len(shots))

    def run(shot: Shot) -> Answer:
        connection = shot.session.connect()
        barrier.wait(TIMEOUT_SECONDS)
        try:
            return shot.session.post(shot.path, shot.fields, htmx=shot.htmx, connection=connection)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(shots)) as pool:
        return list(pool.map(run, shots))


def sign_in_all(port: int, usernames: list[str], password: str) -> list[Session]:
    """A session for each name, of which the same may come several times."""
    sessions = [Session(port, name) for name in usernames]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda session: session.sign_in(password), sessions))
    return sessions
