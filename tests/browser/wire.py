"""What comes over the wire, as it comes: nothing is decompressed."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Answer:
    headers: Message
    body: bytes

    @property
    def weight(self) -> int:
        """In bytes, headers included."""
        return len(self.body) + sum(len(f"{name}: {value}\r\n") for name, value in self.headers.items())


def asked(address: str, headers: dict[str, str]) -> Answer:
    with urlopen(Request(address, headers=headers), timeout=20) as response:
        return Answer(response.headers, response.read())
