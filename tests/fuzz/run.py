"""One run on one database: chapters of requests, each on the same world, one after the other."""

from __future__ import annotations

import random
import re
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import time_machine
from django import forms
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils import translation

from tests.fuzz import judging
from tests.fuzz.addresses import route_of
from tests.fuzz.making import Maker, Request
from tests.fuzz.pages import Form, Page
from tests.fuzz.survey import form_classes, keys_read, survey, visitor
from tests.fuzz.world import NOW, ROLES, SECRET, World, code_at

CHAPTER = 40
#: How far the clock moves from one request to the next, in seconds, and how often.
STEPS = {0: 40, 1: 160, 7: 80, 20: 40, 61: 20, 900: 5, 3600: 3, -1: 3, -3600: 2, 86_400: 1, 8 * 86_400: 0.3}


class Run:
    def __init__(self, seed: int, world: World, clock: time_machine.Traveller, source: random.Random) -> None:
        self.seed = seed
        self.world = world
        self.clock = clock
        self.source = source
        self.clients: dict[str, Client] = {}
        self.now: datetime = NOW
        #: Of second factors, also of those that a page has just proposed.
        self.secrets: dict[str, str] = {}
        self.asked: set[str] = set()
        self.answered: set[str] = set()
        self.fields: set[str] = set()
        self.keys: set[str] = set()
        self.bound: Counter[str] = Counter()
        self._count_forms()
        self.survey = survey(world, self._look)
        self.maker = Maker(seed, self.survey, world, keys_read())

    def outcomes(self, requests: int, only: int) -> Iterator[dict[str, Any]]:
        first = only // CHAPTER * CHAPTER if only >= 0 else 0
        last = only if only >= 0 else requests - 1
        for start in range(first, last + 1, CHAPTER):
            numbers = range(start, min(start + CHAPTER, last + 1))
            yield from self._chapter(numbers, only)
        yield self._counts()

    def _chapter(self, numbers: range, only: int) -> Iterator[dict[str, Any]]:
        self._begin()
        offered: dict[str, list[Form]] = {}
        for number in numbers:
            self.source.seed(f"{self.seed}:{number}")
            random.seed(f"{self.seed}:{number}")
            chance = random.Random(f"clock {self.seed}:{number}")
            self.now += timedelta(seconds=chance.choices(list(STEPS), list(STEPS.values()))[0])
            self.maker.codes = {role: code_at(self.now, secret) for role, secret in self.secrets.items()}
            request = self.maker.make(number, offered)
            outcome, forms_shown = self._try(request, number, in_detail=number == only)
            if forms_shown is not None:
                offered[request.role] = forms_shown
            # With `only`, after each request of the chapter: which one it was that made the difference.
            if number == numbers[-1] or only >= 0:
                self._compare_rows(outcome, in_detail=only >= 0)
            yield outcome

    def _begin(self) -> None:
        self.world.bring_back()
        self.now = NOW
        self.secrets = dict.fromkeys(ROLES, SECRET)
        self.clients = {role: visitor(cookies) for role, cookies in self.world.cookies.items()}

    def _compare_rows(self, outcome: dict[str, Any], *, in_detail: bool) -> None:
        try:
            found = judging.rows()
        # A reference that leads nowhere; a text, a JSON or a number that is none.
        except (DatabaseError, ValueError, ArithmeticError):
            outcome["faults"].append("a table cannot be read, or a row refers to none")
            outcome["trace"] = traceback.format_exc()[-3000:]
            return
        digests = {table: judging.fingerprint("\n".join(some).encode()) for table, some in found.items()}
        outcome["rows"] = found if in_detail else digests

    def _try(
        self, request: Request, number: int, *, in_detail: bool
    ) -> tuple[dict[str, Any], list[Form] | None]:
        try:
            response = self._send(request)
            body = judging.body_of(response)
            faults = list(judging.faults(response, request.path, number))
        except (
            Exception
        ):  # of any kind: what gets through the whole application is the finding, told with its trace
            return {"n": number, "status": 599, "faults": ["raised"], **self._told(request, number)} | {
                "trace": traceback.format_exc()[-3000:]
            }, None
        route = self._count(request, response)
        outcome = {
            "n": number,
            "role": request.role,
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "to": judging.where_to(response),
            "page": judging.fingerprint(body),
            "faults": faults,
        }
        if faults or in_detail:
            outcome |= self._told(request, number)
            if exc := getattr(response, "exc_info", None):
                outcome["trace"] = "".join(traceback.format_exception(*exc))[-3000:]
        if in_detail:
            outcome["body"] = body.decode("utf-8", "replace")
        if proposed := re.search(rb"otpauth:[^\"]*secret=([A-Z2-7]+)", body):
            self.secrets[request.role] = proposed[1].decode()
        shown = None
        # Read only now and then: it takes as long as making the page.
        if number % 3 == 0 and "text/html" in response.headers.get("Content-Type", ""):
            shown = Page(request.path, body.decode("utf-8", "replace")).forms
        return outcome, shown

    def _told(self, request: Request, number: int) -> dict[str, Any]:
        query = f"?{request.query}" if request.query else ""
        return {
            "asked": f"{request.role}: {request.method} {request.path}{query}"[:600],
            "body_sent": f"{request.content_type} {request.body[:600]!r}" if request.body else "",
            "headers": request.headers | {f"cookie {name}": value for name, value in request.cookies.items()},
        }

    def _send(self, request: Request) -> Any:
        client = self.clients[request.role]
        client.handler.enforce_csrf_checks = request.with_token_checks
        # As a server hands it on: unquoted, and a character for each byte.
        path = unquote_to_bytes(request.path.encode("utf-8", "surrogatepass")).decode("latin-1")
        query = quote(request.query.encode("utf-8", "surrogatepass"), safe="%&=+;[]/?:@!$'()*,~")
        extra = {"PATH_INFO": path, "QUERY_STRING": query, "REMOTE_ADDR": "10.0.0.1"} | request.headers
        if request.cookies:
            # Not through the client, which would quote what is wrong with them.
            held = {name: morsel.coded_value for name, morsel in client.cookies.items()} | request.cookies
            extra["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in held.items())
        if request.content_type:
            extra["CONTENT_TYPE"] = request.content_type
        translation.activate("en")
        self.clock.move_to(self.now)
        return client.generic(request.method, "/", request.body, "application/octet-stream", **extra)

    def _count(self, request: Request, response: Any) -> str:
        status, to = response.status_code, judging.where_to(response)
        route = route_of(response.wsgi_request.path_info)
        self.asked.add(route)
        # What not even a superuser may do is reached by asking, and so is a door that stays shut.
        refused = status == 403 and request.role != "admin" and not route.startswith("accounts/")
        if not refused and status not in (404, 405) and "/accounts/login/" not in to:
            self.answered.add(route)
        if status < 500:
            self.fields.update(request.fields)
        self.keys.update(request.keys)
        return route

    def _counts(self) -> dict[str, Any]:
        """What was reached, and what there is to reach."""
        classes = form_classes()
        return {
            "counts": {
                "asked": sorted(self.asked),
                "answered": sorted(self.answered),
                "addresses": sorted({each.route for each in self.survey.addresses}),
                "forms": sorted(self.survey.shapes),
                "fields": sorted(self.fields),
                "all_fields": sorted(self.maker.every_field),
                "bound": sorted(set(self.bound) & classes),
                "classes": sorted(classes),
                "keys": sorted(self.keys & set(self.maker.keys)),
                "all_keys": self.maker.keys,
            }
        }

    def _look(self, role: str, path: str, **headers: str) -> Any:
        """For the survey: a plain GET, on the world as it was."""
        if not self.clients:
            self._begin()
        cache.clear()
        return self._send(Request(role, "GET", path, headers=headers))

    def _count_forms(self) -> None:
        bound, full_clean = self.bound, forms.BaseForm.full_clean

        def counted(form: Any) -> None:
            if form.is_bound:
                for made in type(form).__mro__:
                    bound[f"{made.__module__}.{made.__qualname__}"] += 1
            full_clean(form)

        forms.BaseForm.full_clean = counted  # type: ignore[method-assign]
