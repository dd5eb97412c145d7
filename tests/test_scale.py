"""bench.scale: what it looks at is there in the demo too, and it says honestly what costs more."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from bench.scale import size_of, verdict
from bench.visits import ground, visits
from timers.demo.build import build
from workspaces.models import User


@pytest.mark.django_db
def test_the_demo_has_all_that_is_looked_at() -> None:
    build(timezone.now())
    found = ground()
    clients = {}
    for who in ("agent", "manager", "admin"):
        clients[who] = Client()
        clients[who].force_login(User.objects.get(username=getattr(found, who)))
    seen = list(visits(found))
    assert len({visit.what for visit in seen}) == len(seen)
    for visit in seen:
        headers = {"HX-Request": "true"} if visit.htmx else {}
        assert clients[visit.who].get(visit.path, headers=headers).status_code == 200, visit


def test_of_a_compressed_file_counts_what_is_in_it() -> None:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as sheet:
        sheet.writestr("rows", "1" * 50_000)
        sheet.writestr("styles", "2" * 10_000)
    assert size_of(file.getvalue()) == 60_000 > 10 * len(file.getvalue())
    assert size_of(b"<p>A page</p>") == 13


@pytest.mark.parametrize(
    ("times", "small", "large", "said"),
    [
        (1.3, 5000, 5000, "met"),
        (1.304, 5000, 5000, "met"),
        (1.31, 5000, 5000, "missed"),
        (1.5, 5000, 7000, "more on it"),
        (2.0, 5000, 7000, "missed"),
        (1.5, 0, 0, "missed"),
    ],
)
def test_what_costs_more_is_missed_unless_more_is_on_the_page(
    times: float, small: float, large: float, said: str
) -> None:
    assert verdict(times, small, large) == said
