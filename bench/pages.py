"""What a client reads in a page: its forms."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

Attributes = dict[str, str]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[Attributes, list[tuple[str, str]], set[str]]] = []
        self._inside = False
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given, [], set()))
            self._inside = True
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self.forms[-1][2].add(given.get("type", "text"))
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self._add(name, given.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._add(self._select, given.get("value", ""))
        elif tag == "textarea" and name:
            self._textarea = name
            self._add(name, "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            name, value = self.forms[-1][1].pop()
            # HTML drops the first newline of a text area.
            self._add(name, value + data if value else data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def _add(self, name: str, value: str) -> None:
        self.forms[-1][1].append((name, value))


def form(page: str, wanted: Callable[[set[str]], bool]) -> dict[str, str]:
    """The fields of the first form with inputs of the wanted types, as filled in; empty without one."""
    parser = _Forms()
    parser.feed(page)
    return next((dict(fields) for _, fields, types in parser.forms if wanted(types)), {})


def my_timer(page: str) -> tuple[str, dict[str, str]]:
    """The address and the fields of the sidebar's form about my timer; ("", {}) where none is open."""
    parser = _Forms()
    parser.feed(page)
    for given, fields, _ in parser.forms:
        if given.get("id") == "my-timer":
            return given.get("action", ""), dict(fields)
    return "", {}
