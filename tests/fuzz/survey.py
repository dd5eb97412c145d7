"""What there is to ask for: the addresses, and the forms that pages show to each role."""

from __future__ import annotations

import ast
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.test import Client

from tests.fuzz.addresses import Address, every_address, route_of
from tests.fuzz.pages import Form, Page
from tests.fuzz.world import World

ROOT = Path(__file__).parent.parent.parent
APPS = ("workspaces", "conversations", "billing", "timers", "config")
#: Who between them see all that there is to send, and how the addresses begin that they look at.
VISITORS = {
    "anonymous": "",
    "agent": "",
    "manager": "billing/",
    "admin": "admin/",
    "careful": "accounts/",
    "halfway": "accounts/",
    "pending": "accounts/",
}
#: So many pages of one address are looked at, and so many forms of one shape are kept.
PAGES, SHAPES = 2, 4


@dataclass
class Survey:
    addresses: list[Address]
    #: Each with a role that was shown it.
    forms: list[tuple[str, Form]]

    @property
    def shapes(self) -> dict[str, list[int]]:
        """The places in `forms` of each shape: where it is sent, how, and with which fields."""
        found: dict[str, list[int]] = {}
        for place, (_, form) in enumerate(self.forms):
            found.setdefault(shape_of(form), []).append(place)
        return found


def shape_of(form: Form) -> str:
    return f"{form.method} {route_of(form.action.partition('?')[0])}"


def field_of(form: Form, name: str) -> str:
    """The field by the form that it is in; the rows of a formset count as one."""
    words = ["N" if word.isdecimal() else word for word in name.split("-")]
    return f"{shape_of(form)} {'-'.join(words)}"


def survey(world: World, ask: Any) -> Survey:
    """Looks at every address with GET, as a page and as a fragment, and at what its links lead to."""
    addresses = every_address()
    kept: list[tuple[str, Form]] = []
    counted: Counter[tuple[Any, ...]] = Counter()
    for role, start in VISITORS.items():
        for address in addresses:
            elsewhere = not address.route.startswith(start) or (
                not start and address.route.startswith("admin/")
            )
            # A stranger is shown nothing that has an id, and a link for a new password signs others out.
            if elsewhere or (address.parameters and role == "anonymous"):
                continue
            if "key" in address.parameters and role != "halfway":
                continue
            for page in _pages(address, world, ask, role):
                for form in page.forms:
                    shape = (role == "anonymous", shape_of(form), form.names, form.by_htmx)
                    counted[shape] += 1
                    if counted[shape] <= SHAPES:
                        kept.append((role, form))
    return Survey(addresses, kept)


def _pages(address: Address, world: World, ask: Any, role: str) -> list[Page]:
    rng = random.Random(address.route)
    paths = sorted(
        {address.path(rng, world.ids, likely=1) for _ in range(PAGES if address.parameters else 1)}
    )
    found = []
    for path in paths:
        for fragment in (False, True):
            if fragment and address.route.startswith("admin/"):
                continue
            headers = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://localhost{path}"}
            response = ask(role, path, **headers if fragment else {})
            if response.status_code == 200 and "text/html" in response.headers.get("Content-Type", ""):
                found.append(Page(path, response.content.decode()))
    return found


def form_classes() -> set[str]:
    """The forms of the project that are not only there to be made others of."""
    found, left = set(), [forms.BaseForm]
    while left:
        for made in (chosen := left.pop()).__subclasses__():
            left.append(made)
            ours = made.__module__.split(".")[0] in APPS
            others = [each for each in made.__subclasses__() if each.__module__.split(".")[0] in APPS]
            if ours and not others and made.base_fields:
                found.add(f"{made.__module__}.{made.__qualname__}")
        del chosen
    return found


def keys_read() -> dict[str, set[str]]:
    """By module, what it reads from addresses and forms: `request.GET.get("at")`, and fields of its forms."""
    found: dict[str, set[str]] = {}
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        keys = set(_keys_in(ast.parse(path.read_text(encoding="utf-8"))))
        for made in vars(sys.modules.get(name)).values() if name in sys.modules else ():
            if isinstance(made, type) and issubclass(made, forms.BaseForm):
                keys.update(getattr(made, "base_fields", ()))
        if keys:
            found[name] = keys
    return found


def _keys_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(called := node.func, ast.Attribute):
            continue
        if getattr(called.value, "attr", "") in ("GET", "POST") and called.attr in ("get", "getlist"):
            yield from (str(each.value) for each in node.args[:1] if isinstance(each, ast.Constant))


def visitor(cookies: dict[str, str]) -> Client:
    client = Client(raise_request_exception=False, HTTP_HOST="localhost", SERVER_NAME="localhost")
    for name, value in cookies.items():
        client.cookies[name] = value
    return client
