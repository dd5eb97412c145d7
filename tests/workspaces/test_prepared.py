"""Queries whose SQL is worked out once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import UserFactory
from workspaces.models import User
from workspaces.prepared import Offset, Prepared

pytestmark = pytest.mark.django_db


def by_id(pks: list[int]) -> Any:
    return User.objects.filter(pk__in=pks).order_by("pk")


@pytest.fixture
def people() -> list[User]:
    return [UserFactory(username=f"person{n}") for n in range(4)]


def test_finds_what_the_queryset_finds(people: list[User]) -> None:
    found = Prepared(by_id)
    for chosen in (people[:2], people[2:], people[:3], people[1:3], people[:1]):
        assert found(pks=[user.pk for user in chosen]) == chosen


def test_a_text_is_bound_and_not_written_into_the_query(people: list[User]) -> None:
    named = Prepared(lambda name: User.objects.filter(username=name))
    assert named(name="person2") == [people[2]]
    assert named(name="' OR 1=1 --") == []


def test_the_queryset_is_built_once_for_each_length(people: list[User]) -> None:
    built = []

    def build(pks: list[int]) -> Any:
        built.append(len(pks))
        return by_id(pks)

    found = Prepared(build)
    for length in (1, 2, 1, 2, 2):
        found(pks=list(range(length)))
    assert built == [1, 2]


def test_an_empty_list_asks_nothing(people: list[User]) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert Prepared(by_id)(pks=[]) == []
    assert not queries.captured_queries


def test_a_number_beyond_all_ids_finds_nothing(people: list[User]) -> None:
    assert Prepared(by_id)(pks=[2**63]) == []


def test_a_slice_starts_where_it_is_told_each_time(people: list[User]) -> None:
    built = []

    def build(pks: list[int], start: int) -> Any:
        built.append(start)
        first_ones = User.objects.filter(pk__in=pks).order_by("pk").values("pk")[start : start + 2]
        return User.objects.filter(pk__in=first_ones, pk__gt=0).order_by("-pk")

    found, pks = Prepared(build), [user.pk for user in people]
    for start in (0, 1, 3, 2, 4):
        assert found(pks=pks, start=Offset(start)) == people[start : start + 2][::-1]
    assert len(built) == 1


def test_related_rows_and_annotations_come_along(people: list[User]) -> None:
    from django.db.models import Value

    found = Prepared(lambda pk: User.objects.filter(pk=pk).annotate(said=Value("yes")))
    assert [user.said for user in found(pk=people[0].pk)] == ["yes"]


def test_each_query_is_one(people: list[User]) -> None:
    found = Prepared(by_id)
    for _ in range(7):
        with CaptureQueriesContext(connection) as queries:
            found(pks=[people[0].pk])
        assert len(queries) == 1


def test_a_value_that_the_query_does_not_use_is_a_fault() -> None:
    with pytest.raises(ValueError, match="leaves it out"):
        Prepared(lambda pk: User.objects.all())(pk=1)


def test_what_is_read_is_the_latest(people: list[User]) -> None:
    found = Prepared(by_id)
    found(pks=[people[0].pk])
    User.objects.filter(pk=people[0].pk).update(first_name="Ada")
    assert found(pks=[people[0].pk])[0].first_name == "Ada"
