"""Every address of the project, as the resolver has them."""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404
from django.utils.regex_helper import normalize

from tests.fuzz import nasties

#: Whose ids an address takes, by how it begins; the first that fits. The admin's say so by themselves.
WHOSE = {
    "admin/workspaces/user/": "user",
    "conversations/": "conversation",
    "timers/": "timer",
    "billing/batches/": "exportbatch",
    "billing/": "billingentry",
}
#: Parts of addresses that are no ids.
SPELLINGS = {
    "app_label": ["workspaces", "conversations", "billing", "timers", "auth", "nothing"],
    "url": ["nothing/", "workspaces/nothing/1/", "../../etc/passwd", "billing//", "%2e%2e/"],
    "content_type_id": ["1", "7", "9", "12", "999"],
}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    route: str
    name: str
    template: str
    parameters: tuple[str, ...]
    #: Of its view.
    module: str = ""

    @property
    def whose(self) -> str:
        """The model whose ids it takes; empty if that is not known."""
        found = [model for start, model in WHOSE.items() if self.route.startswith(start)]
        words = self.route.split("/")
        if words[0] == "admin" and len(words) > 3 and self.parameters:
            return words[2]
        return found[0] if found else ""

    def path(self, rng: random.Random, ids: dict[str, list[Any]], *, likely: float = 0.85) -> str:
        """The address of something: mostly of what it takes, else of something else, or of what cannot be."""
        values = {name: self._value(name, rng, ids, likely) for name in self.parameters}
        return "/" + self.template % values

    def _value(self, name: str, rng: random.Random, ids: dict[str, list[Any]], likely: float) -> str:
        if rng.random() >= likely:
            return quote(rng.choice(nasties.IDS).encode("utf-8", "surrogatepass"), safe="/") or "0"
        if spelt := ids.get(name) or SPELLINGS.get(name):
            return rng.choice(spelt)
        kept = ids.get(self.whose) or [each for some in ids.values() for each in some]
        return str(rng.choice(kept))


def every_address() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], before: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^" if before else "")
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            module = getattr(inspect.unwrap(pattern.callback), "__module__", "")
            yield Address(route, f"{namespace}{pattern.name or ''}", *_template(route, pattern), module)


def _template(route: str, pattern: URLPattern) -> tuple[str, tuple[str, ...]]:
    """How the whole route is written out, and its parameters: "timers/%(pk)s/stop/" and ("pk",)."""
    head = route.removesuffix(str(pattern.pattern).removeprefix("^"))
    template, parameters = normalize(pattern.pattern.regex.pattern.removesuffix(r"\Z"))[0]
    return head + template, tuple(parameters)


def route_of(path: str) -> str:
    """The route that a path leads to, that of the first page being empty."""
    try:
        return resolve(path).route
    except (Resolver404, ValueError):
        return "nowhere"
