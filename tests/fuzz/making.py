"""Makes requests: mostly nearly right, so that they come far; some that are none at all."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlsplit

from tests.fuzz import envelopes, nasties
from tests.fuzz.addresses import Address
from tests.fuzz.pages import Field, Form
from tests.fuzz.survey import Survey, field_of
from tests.fuzz.world import PASSWORD, ROLES, World

METHODS = ["GET"] * 8 + ["POST"] * 7 + ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]
#: What is right in a field that a page shows empty.
PLAUSIBLE = {
    "subject": "Printer on fire",
    "body": "Thank you, we look into it.",
    "comment": "Which of the two?",
    "note": "Looked at the logs",
    "description": "Looked at the logs",
    "worked": "1:30",
    "billed": "0:45",
    "date": "2026-03-26",
    "since": "2026-03-01",
    "until": "2026-03-27",
    "username": "agent",
    "login": "agent",
    "password": PASSWORD,
    "password1": "another-long-Passw0rd",
    "password2": "another-long-Passw0rd",
    "old_password": PASSWORD,
    "new_password1": "another-long-Passw0rd",
    "new_password2": "another-long-Passw0rd",
    "email": "somebody@example.org",
    "name": "Named",
    "rate": "90.00",
    "currency": "EUR",
    "hours_per_day": "8",
    "q": "Subject",
    "language": "de",
}
#: Who mostly asks for an address, by how it begins.
AT_HOME = {
    "admin": ["admin", "admin", "staff"],
    "accounts": ["anonymous", "agent", "careful", "halfway", "pending"],
}
SECRETS = ("csrfmiddlewaretoken",)


@dataclass
class Request:
    """What is sent, and what it is meant to try: `role` asks `method path`."""

    role: str
    method: str
    path: str
    query: str = ""
    content_type: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    with_token_checks: bool = False
    #: Fields that were tampered with, for the count.
    fields: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


class Maker:
    """Makes request number N of a run; what the chapter's last pages offered may be taken up."""

    def __init__(self, seed: int, survey: Survey, world: World, keys: dict[str, set[str]]) -> None:
        self.seed = seed
        self.survey = survey
        self.world = world
        self.keys_of = {module: sorted(some) for module, some in keys.items()}
        self.keys = sorted({key for some in keys.values() for key in some})
        self.deck = self._deck()
        #: What the app of each role's second factor shows when the next request is made.
        self.codes: dict[str, str] = {}

    def _deck(self) -> list[tuple[str, int, str]]:
        """What every run comes to: each address, each shape of form as it is, what views read, each field."""
        shuffled = random.Random(self.seed)
        addresses = [("address", place, "") for place in range(len(self.survey.addresses))]
        forms = [("form", shuffled.choice(places), "") for places in self.survey.shapes.values()]
        fields: dict[str, tuple[str, int, str]] = {}
        for place, (_, form) in enumerate(self.survey.forms):
            for each in form.fields:
                if each.name not in SECRETS:
                    fields.setdefault(field_of(form, each.name), ("field", place, each.name))
        self.every_field = set(fields)
        rest = list(fields.values())
        read = [
            ("key", place, key)
            for place, address in enumerate(self.survey.addresses)
            for key in self.keys_of.get(address.module, ())
        ]
        for part in (addresses, forms, read, rest):
            shuffled.shuffle(part)
        return addresses + forms + read + rest

    def make(self, number: int, offered: dict[str, list[Form]]) -> Request:
        """`offered` is what the last page of each role in this chapter held."""
        rng = random.Random(f"{self.seed}:{number}")
        step, turn = divmod(number, 2)
        if turn:
            kind, place, name = self.deck[step % len(self.deck)]
            if kind in ("address", "key"):
                keys = (name,) if name else ()
                made = self._address(rng, self.survey.addresses[place], self._role_for(rng, place), keys)
            else:
                role, form = self.survey.forms[place]
                role = role if rng.random() < 0.75 else rng.choice(ROLES)
                made = self._form(rng, role, form, [name] if name else [])
        else:
            made = self._any(rng, offered)
        return self._tamper(rng, made)

    def _role_for(self, rng: random.Random, place: int) -> str:
        """Who is at home there, mostly."""
        if rng.random() < 0.3:
            return rng.choice(ROLES)
        start = self.survey.addresses[place].route.partition("/")[0]
        return rng.choice(AT_HOME.get(start, ["agent", "manager"]))

    def _any(self, rng: random.Random, offered: dict[str, list[Form]]) -> Request:
        role = rng.choice(ROLES)
        forms = offered.get(role) or []
        chance = rng.random()
        if forms and chance < 0.6:
            return self._form(rng, role, rng.choice(forms), None)
        if chance < 0.8:
            shown_to, form = rng.choice(self.survey.forms)
            return self._form(rng, shown_to if rng.random() < 0.7 else role, form, None)
        place = rng.randrange(len(self.survey.addresses))
        return self._address(rng, self.survey.addresses[place], self._role_for(rng, place))

    def _address(
        self, rng: random.Random, address: Address, role: str, keys: tuple[str, ...] = ()
    ) -> Request:
        request = Request(role, rng.choice(METHODS), address.path(rng, self.world.ids))
        if keys or rng.random() < 0.6:
            request.query, request.keys = self._query(rng, address.module, keys)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            request.content_type, request.body = self._body(rng, address.module)
        return request

    def _query(
        self, rng: random.Random, module: str, keys: tuple[str, ...] = ()
    ) -> tuple[str, tuple[str, ...]]:
        """Of these keys, or mostly of those that the module of the view reads."""
        known = self.keys_of.get(module) if rng.random() < 0.7 else None
        names = keys or tuple(
            rng.choice(known or self.keys + nasties.EXTRA_KEYS) for _ in range(rng.randint(1, 3))
        )
        pairs = [
            (name, rng.choice(nasties.of_kind(rng.choice(["", "number"]), name))[:2000]) for name in names
        ]
        query = encode(pairs).decode("ascii")
        if rng.random() < 0.1:
            query += rng.choice(["&%", "&%ff=%fe", "&a[]=1", "&==&&", "&%00=1", "&x=%ed%a0%80", "&" + "é"])
        return query, names

    def _body(self, rng: random.Random, module: str) -> tuple[str, bytes]:
        if rng.random() < 0.4:
            return rng.choice(envelopes.BODIES)
        query, _ = self._query(rng, module)
        return "application/x-www-form-urlencoded", query.encode("utf-8", "surrogatepass")

    def _form(self, rng: random.Random, role: str, form: Form, tampered: list[str] | None) -> Request:
        """As a browser sends it, but for the fields to tamper with; None leaves them to chance."""
        if tampered is None:
            names = [name for name in form.names if name not in SECRETS]
            tampered = rng.sample(names, min(len(names), rng.choice([0, 0, 1, 1, 1, 2])))
        pairs: list[tuple[str, str]] = []
        buttons = [each for each in form.fields if each.kind == "button"]
        pressed = rng.choice(buttons) if buttons else None
        for each in form.fields:
            if each.name in tampered:
                pairs += self._tampered(rng, each, role)
            elif each.kind != "button" or each is pressed:
                pairs += self._filled(rng, each, role)
        if rng.random() < 0.15:
            pairs.append((rng.choice(nasties.EXTRA_KEYS), rng.choice(nasties.NUMBERS + nasties.CHOICES)))
        whole = urlsplit(form.action)
        request = Request(role, form.method, whole.path, whole.query, keys=tuple(name for name, _ in pairs))
        request.fields = tuple(field_of(form, name) for name in tampered)
        if form.method == "POST":
            request.content_type, request.body = send(rng, pairs)
        else:
            request.query = encode(pairs).decode("ascii")
        if form.by_htmx or rng.random() < 0.4:
            request.headers |= {
                "HTTP_HX_REQUEST": "true",
                "HTTP_HX_CURRENT_URL": f"http://localhost{form.page}",
            }
        else:
            request.headers["HTTP_REFERER"] = f"http://localhost{form.page}"
        return request

    def _filled(self, rng: random.Random, each: Field, role: str) -> list[tuple[str, str]]:
        if each.kind in ("checkbox", "radio"):
            chosen = each.value is not None if rng.random() < 0.7 else rng.random() < 0.5
            return [(each.name, each.options[0])] if chosen else []
        if each.kind == "button":
            return [(each.name, each.options[0])]
        if each.kind == "select":
            chosen = each.value if rng.random() < 0.6 or not each.options else rng.choice(each.options)
            return [] if chosen is None else [(each.name, chosen)]
        last = each.name.rpartition("-")[2]
        plausible = self.codes.get(role, "") if last == "code" else PLAUSIBLE.get(last, "")
        return [(each.name, each.value or (plausible if rng.random() < 0.9 else ""))]

    def _tampered(self, rng: random.Random, each: Field, role: str) -> list[tuple[str, str]]:
        value = rng.choice(nasties.of_kind(each.kind, each.name))
        chance = rng.random()
        if chance < 0.72:
            return [(each.name, value)]
        if chance < 0.79:
            return []
        if chance < 0.86:
            return [
                (each.name, value),
                *self._filled(rng, each, role),
                (each.name, rng.choice(nasties.TEXTS)),
            ]
        if chance < 0.9:
            return [(f"{each.name}{rng.choice(['[]', '[0]', '[x]', '.x', '__in', ' '])}", value)]
        other = rng.choice([some for kept in self.world.ids.values() for some in kept])
        return [(each.name, str(other))]

    def _tamper(self, rng: random.Random, request: Request) -> Request:
        """What is wrong around the form: headers, cookies, method, and where it is sent."""
        if rng.random() < 0.2:
            for name in rng.sample(sorted(envelopes.HEADERS), rng.randint(1, 2)):
                # Nearly every other host is refused before anything is asked of it.
                if name != "HTTP_HOST" or rng.random() < 0.3:
                    request.headers[name] = rng.choice(envelopes.HEADERS[name])
        if rng.random() < 0.08:
            name = rng.choice(sorted(envelopes.COOKIES))
            request.cookies[name] = rng.choice(envelopes.COOKIES[name])
        if rng.random() < 0.03:
            request.method = rng.choice(METHODS)
        if rng.random() < 0.03 and request.body:
            request.content_type, request.body = rng.choice(envelopes.BODIES)
        if rng.random() < 0.03:
            request.path = spoil(rng, request.path)
        if rng.random() < 0.02:
            request.query += "%00"
        request.with_token_checks = rng.random() < 0.04
        return request


def spoil(rng: random.Random, path: str) -> str:
    at = rng.randrange(len(path) + 1)
    put = rng.choice(["%ff", "%00", "%", "%2f", "//", "/../", "%ed%a0%80", "%0d%0aX: y", "é", ";x", "\u202e"])
    return path[:at] + put + path[at:]


def encode(pairs: list[tuple[str, str]]) -> bytes:
    """As a form is; lone surrogates become bytes that are no UTF-8."""
    return "&".join(
        quote_plus(name.encode("utf-8", "surrogatepass"))
        + "="
        + quote_plus(value.encode("utf-8", "surrogatepass"))
        for name, value in pairs
    ).encode()


def send(rng: random.Random, pairs: list[tuple[str, str]]) -> tuple[str, bytes]:
    if rng.random() < 0.8:
        return "application/x-www-form-urlencoded", encode(pairs)
    parts = b"".join(
        b'--frontier\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (
            name.encode("utf-8", "surrogatepass").replace(b'"', b"%22"),
            value.encode("utf-8", "surrogatepass"),
        )
        for name, value in pairs
    )
    return "multipart/form-data; boundary=frontier", parts + b"--frontier--\r\n"
