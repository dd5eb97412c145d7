"""A bounded load client: some connections that stay open, each sending its next request when it is answered.

One thread and one selector, so that it takes little of the processor that it shares with what it measures.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from gzip import decompress as gunzip
from urllib.parse import urlencode

import brotli

PATIENCE_SECONDS = 60
#: What a browser says it reads, over HTTPS.
ENCODINGS = "gzip, deflate, br, zstd"
CSRF_TOKEN = "0123456789abcdefghijklmnopqrstuv"


@dataclass(frozen=True)
class Browser:
    """Whom a request comes from: its cookies stay as they are."""

    session: str

    @property
    def cookies(self) -> str:
        return f"csrftoken={CSRF_TOKEN}; sessionid={self.session}"

    def get(self, path: str, *, htmx: bool = False, expect: int = 200) -> Call:
        return Call(request("GET", path, self.headers(path if htmx else "")), expect)

    def post(
        self,
        path: str,
        fields: Iterable[tuple[str, object]] = (),
        *,
        htmx: bool = True,
        page: str = "/",
        expect: int = 200,
    ) -> Call:
        """As the button of a form on the page sends it."""
        body = urlencode([("csrfmiddlewaretoken", CSRF_TOKEN), *fields]).encode()
        headers = self.headers(page if htmx else "")
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if htmx:
            headers["X-CSRFToken"] = CSRF_TOKEN
        return Call(request("POST", path, headers, body), expect)

    def headers(self, page: str) -> dict[str, str]:
        """With the page that htmx names, if it is htmx that asks."""
        headers = {
            "Accept": "*/*",
            "Accept-Encoding": ENCODINGS,
            "Accept-Language": "en",
            "Cookie": self.cookies,
        }
        return headers | ({"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1{page}"} if page else {})


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {it}" for name, it in headers.items()),
    ]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Call:
    """One request, ready to be sent, and the status that it must be answered with."""

    sent: bytes
    expect: int = 200

    @property
    def line(self) -> str:
        return self.sent.partition(b" HTTP/")[0].decode()


@dataclass(slots=True)
class Reply:
    """What came back. Status 0: nothing, or not all of it. Seconds count from when it was due."""

    call: Call
    status: int
    seconds: float
    headers: bytes = b""
    body: bytes = b""
    finished: float = 0

    @property
    def is_right(self) -> bool:
        return self.status == self.call.expect

    @property
    def content(self) -> bytes:
        """The body before it was compressed."""
        headers = self.headers.lower()
        if b"content-encoding: gzip" in headers:
            return gunzip(self.body)
        if b"content-encoding: br" in headers:
            return brotli.decompress(self.body)
        return self.body

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")


@dataclass(slots=True)
class _Line:
    """One connection, and the request that is on its way there."""

    socket: socket.socket
    call: Call | None = None
    due: float = 0
    received: bytearray = field(default_factory=bytearray)
    #: Of the answer: where its body begins, and how long all of it is; 0 while its headers are incomplete.
    begins: int = 0
    length: int = 0


class Load:
    """Connections to a server on this machine, for as long as the `with` block lasts."""

    def __init__(self, port: int, connections: int) -> None:
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.idle: deque[_Line] = deque()
        self.busy = 0
        for _ in range(connections):
            self.idle.append(self._connect())

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *error: object) -> None:
        for key in list(self.selector.get_map().values()):
            key.data.socket.close()
        self.selector.close()

    def run(self, calls: Iterable[Call]) -> list[Reply]:
        """All of them, as fast as they are answered; in the order of the answers."""
        waiting = deque(calls)
        replies: list[Reply] = []
        while waiting or self.busy:
            while waiting and self.idle:
                self.send(waiting.popleft(), time.perf_counter())
            replies += self.receive(PATIENCE_SECONDS)
        return replies

    def send(self, call: Call, due: float) -> None:
        """Over an idle connection, of which there must be one."""
        line = self.idle.popleft()
        line.call, line.due = call, due
        line.received.clear()
        line.begins = line.length = 0
        self.busy += 1
        # If it is closed, the selector tells.
        with suppress(OSError):
            line.socket.sendall(call.sent)

    def receive(self, timeout: float) -> list[Reply]:
        """What has come until now, or comes first within the timeout; raises TimeoutError after PATIENCE."""
        replies = []
        ready = self.selector.select(timeout)
        if not ready and timeout >= PATIENCE_SECONDS:
            raise TimeoutError(f"No answer in {PATIENCE_SECONDS} seconds")
        for key, _ in ready:
            if reply := self._read(key.data):
                replies.append(reply)
        return replies

    def _connect(self) -> _Line:
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Line(connection)
        self.selector.register(connection, selectors.EVENT_READ, line)
        return line

    def _read(self, line: _Line) -> Reply | None:
        try:
            part = line.socket.recv(262_144)
        except OSError:
            part = b""
        if not part:
            return self._lost(line)
        line.received += part
        if not line.begins and (end := line.received.find(b"\r\n\r\n")) >= 0:
            line.begins = end + 4
            line.length = line.begins + _content_length(line.received[: end + 2])
        if not line.begins or len(line.received) < line.length:
            return None
        now = time.perf_counter()
        assert line.call
        status = int(line.received[9:12])
        head, body = bytes(line.received[: line.begins]), bytes(line.received[line.begins : line.length])
        reply = Reply(line.call, status, now - line.due, head, body, now)
        line.call = None
        self.busy -= 1
        self.idle.append(line)
        return reply

    def _lost(self, line: _Line) -> Reply | None:
        """The server has closed the connection: another takes its place."""
        self.selector.unregister(line.socket)
        line.socket.close()
        if line in self.idle:
            self.idle.remove(line)
        self.idle.append(self._connect())
        if not line.call:
            return None
        self.busy -= 1
        now = time.perf_counter()
        return Reply(line.call, 0, now - line.due, finished=now)


def _content_length(headers: bytes | bytearray) -> int:
    lowered = bytes(headers).lower()
    _, found, rest = lowered.partition(b"\r\ncontent-length:")
    if found:
        return int(rest.partition(b"\r\n")[0])
    if b"\r\ntransfer-encoding:" in lowered:
        raise RuntimeError("An answer of unknown length, which this client does not read.")
    return 0


def percentile(seconds: list[float], share: float) -> float:
    """The value that so large a share of them does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
