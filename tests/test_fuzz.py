"""A short run of `make fuzz`, and that it notices what it is there to notice."""

import json
import random
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.db import connection
from django.http import HttpResponse

from tests.fuzz import judging, making, nasties
from tests.fuzz.__main__ import DATABASES, run
from tests.fuzz.addresses import every_address, route_of
from tests.fuzz.comparing import judge
from tests.fuzz.pages import Page
from tests.fuzz.survey import Survey, form_classes, keys_read
from tests.fuzz.world import World


def test_requests_of_every_kind_are_no_error_and_come_to_the_same_on_both_databases(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On SQLite's turn that database alone; on PostgreSQL's both, so that there is something to compare."""
    databases = DATABASES if connection.vendor == "postgresql" else ["sqlite"]
    assert run(seed=1, requests=1000, databases=databases) == 0, capsys.readouterr().out


# What it asks


def test_every_address_can_be_written_out() -> None:
    rng = random.Random(1)
    for address in every_address():
        path = address.path(rng, {"timer": [7], "conversation": [1042]}, likely=1)
        assert route_of(path) != "nowhere", address


def test_an_address_takes_ids_of_what_it_is_about() -> None:
    found = {each.route: each.whose for each in every_address()}
    assert found["timers/<id:pk>/stop/"] == "timer"
    assert found["billing/batches/<id:pk>/csv/"] == "exportbatch"
    assert found["admin/billing/billingtype/<path:object_id>/change/"] == "billingtype"


def test_forms_and_keys_are_found_in_the_code() -> None:
    assert "billing.forms.EntryForm" in form_classes()
    assert "billing.filters.Filters" not in form_classes()
    keys = keys_read()
    assert {"at", "shown", "comment", "version"} <= keys["billing.views.review"]
    assert {"kind", "on", "marks", "billed"} <= keys["timers.views"]


PAGE = """
<form method="post" action="/timers/7/save/" id="entry">
  <input type="hidden" name="version" value="3"><input name="billed" value="1:00">
  <select name="kind"><option value="service">A<option value="time" selected>B</select>
  <textarea name="description">Was &amp; is</textarea>
  <button name="then" value="go">Save</button><button formaction="/timers/7/cancel/">X</button>
</form><input type="checkbox" name="sure" form="entry">
"""


def test_a_page_is_read_with_its_forms() -> None:
    saved, canceled = Page("/timers/", PAGE).forms
    assert (saved.method, saved.action, canceled.action) == ("POST", "/timers/7/save/", "/timers/7/cancel/")
    values = {field.name: field.value for field in saved.fields}
    assert values["version"] == "3" and values["kind"] == "time" and values["description"] == "Was & is"
    assert saved.names == ("billed", "description", "kind", "sure", "then", "version")


def test_a_link_with_a_question_is_a_form_that_is_filled_in() -> None:
    (form,) = Page("/billing/review/", '<a href="?state=new&amp;page=2">2</a><a href="/timers/">T</a>').forms
    assert (form.method, form.action) == ("GET", "/billing/review/")
    assert [(field.name, field.value) for field in form.fields] == [("state", "new"), ("page", "2")]


def test_a_request_depends_on_its_number_and_seed_alone() -> None:
    found = Survey(every_address(), [("agent", form) for form in Page("/timers/", PAGE).forms])
    world = World({"timer": [7]}, {}, lambda: None)
    makers = [making.Maker(seed, found, world, {"timers.views": {"q"}}) for seed in (1, 1, 2)]
    first, again, other = [[maker.make(number, {}) for number in range(200)] for maker in makers]
    assert first == again
    assert first != other
    assert makers[0].make(150, {}) == first[150]
    assert any(request.fields == ("POST timers/<id:pk>/save/ billed",) for request in first)


def test_what_cannot_be_written_in_utf_8_is_sent_all_the_same() -> None:
    assert making.encode([("note", "\ud800")]) == b"note=%ED%A0%80"
    assert unquote_plus(making.encode([("a[]", "1 + 1")]).decode()) == "a[]=1 + 1"


# What it notices


def faults(content: str, number: int = 0, status: int = 200, **headers: str) -> list[str]:
    usual = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}
    response = HttpResponse(content, status=status, headers=usual | headers)
    return list(judging.faults(response, "/timers/", number))


def test_a_sound_page_has_no_fault() -> None:
    assert faults("<p>&lt;b id=x&gt;<br>in order<ul><li>one<li>two</ul>") == []


@pytest.mark.parametrize(
    ("content", "about"),
    [
        ({"content": "x", "status": 500}, "status 500"),
        ({"content": f"<p>{nasties.MARK}</p>"}, "typed text as markup"),
        ({"content": "<p>x</div>"}, "</div> in line 1"),
        ({"content": "<section><b>x"}, "<b> is not closed"),
        ({"content": "x", "Content-Security-Policy": ""}, "no Content-Security-Policy"),
        ({"content": "x", "Cache-Control": "max-age=60"}, "may be kept"),
    ],
)
def test_a_fault_of_an_answer_is_noticed(content: dict[str, Any], about: str) -> None:
    assert any(about in fault for fault in faults(**content))


KINDS = "answered", "addresses", "all_fields", "fields", "bound", "classes", "keys", "all_keys"
COUNTS = {"counts": {kind: ["x"] for kind in KINDS}}
OUTCOME = {"n": 0, "role": "agent", "method": "GET", "route": "timers/", "status": 200, "to": "", "page": "a"}


def verdict(folder: Path, first: dict[str, Any], second: dict[str, Any], counts: Any = COUNTS) -> Any:
    runs = {name: folder / name for name in ("sqlite", "postgresql")}
    for path, outcome in zip(runs.values(), (first, second), strict=True):
        path.write_text("\n".join(json.dumps(each) for each in (OUTCOME | outcome, counts)))
    return judge(runs, seed=1, everything=True)


def test_two_runs_alike_are_good(tmp_path: Path) -> None:
    assert verdict(tmp_path, {"rows": {"timers.Timer": "1"}}, {"rows": {"timers.Timer": "1"}}).is_good


@pytest.mark.parametrize(
    ("other", "about"),
    [
        ({"status": 422}, "status is 200 on sqlite, 422 on postgresql"),
        ({"to": "/"}, "to is"),
        ({"page": "b"}, "page is"),
        ({"rows": {"timers.Timer": "2"}}, "other rows in timers.Timer"),
    ],
)
def test_a_difference_between_the_databases_is_noticed(
    tmp_path: Path, other: dict[str, Any], about: str
) -> None:
    found = verdict(tmp_path, {"rows": {"timers.Timer": "1"}}, {"rows": {"timers.Timer": "1"}} | other)
    assert not found.is_good
    assert about in found.differences[0]
    assert "--seed 1 --only 0" in found.differences[0]


@pytest.mark.parametrize("every", ["addresses", "classes", "all_fields", "all_keys"])
def test_what_was_never_reached_is_noticed(tmp_path: Path, every: str) -> None:
    counts = {"counts": COUNTS["counts"] | {every: ["x", "missing"]}}
    found = verdict(tmp_path, {}, {}, counts)
    assert not found.is_good
    assert "missing" in found.missed[0]


def test_a_fault_is_told_with_how_to_see_it_again(tmp_path: Path) -> None:
    found = verdict(tmp_path, {}, {"faults": ["status 500"], "asked": "agent: GET /"})
    assert found.faults == [
        "0 on postgresql: status 500\n    agent: GET /\n    python -m tests.fuzz --seed 1 --only 0"
    ]
