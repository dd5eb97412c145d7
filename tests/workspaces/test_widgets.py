"""Widgets are what Django's templates would make of them, and selects never hold thousands of options."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils.safestring import mark_safe

from conversations.models import Customer
from tests.factories import BillingEntryFactory, CustomerFactory, UserFactory
from workspaces.models import User, Workspace
from workspaces.widgets import QuickDate, QuickHidden, QuickInput, QuickSelect, QuickTextarea

CHOICES: list[Any] = [
    ("", "Every one"),
    (1, "<script>"),
    ("2", mark_safe("A &amp; B")),
    ("A group", [("3", "Three"), ("4", 'Fo"ur')]),
]
ATTRS = {"class": "input", "aria-label": 'Of "whom"', "required": True, "disabled": False}


def parts(html: str) -> tuple[list[str], str]:
    """The attributes, in whatever order they stand, and what follows them."""
    head, _, rest = html.partition(">")
    return sorted(head.split(" ")), rest


@pytest.mark.parametrize("value", [None, "", "1", 1, "2", "4", "5", "<"])
def test_a_select_is_written_as_django_writes_it(value: Any) -> None:
    ours, options = parts(QuickSelect(ATTRS, CHOICES).render("pick", value))
    djangos, expected = parts(forms.Select(ATTRS, CHOICES).render("pick", value))
    assert (ours, options.split()) == (djangos, expected.split())


@pytest.mark.parametrize("value", [None, "", '<"&', date(2026, 3, 9), "\nAfter a line break", "\r\n"])
@pytest.mark.parametrize(
    ("ours", "djangos"),
    [
        (QuickInput, forms.TextInput),
        (QuickHidden, forms.HiddenInput),
        (QuickDate, forms.DateInput),
        (QuickTextarea, forms.Textarea),
    ],
)
def test_a_field_is_written_as_django_writes_it(ours: Any, djangos: Any, value: Any) -> None:
    assert parts(ours(ATTRS).render("said", value)) == parts(djangos(ATTRS).render("said", value))


@pytest.fixture
def few_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workspaces.fields.OFFERED", 2)


@pytest.mark.usefixtures("few_are_offered")
def test_the_first_customers_are_offered_and_any_can_be_asked_for(
    as_manager: Client, workspace: Workspace, other_workspace: Workspace
) -> None:
    customers = [CustomerFactory(workspace=workspace, name=name) for name in ("A", "B", "C", "D")]
    foreign = CustomerFactory(workspace=other_workspace, name="E")

    def offered(**sent: Any) -> list[str]:
        field = as_manager.get("/billing/statement/", sent).context["filters"]["customer"]
        return [str(label) for value, label in field.field.choices if value]

    assert offered() == ["A", "B"]
    assert offered(customer=customers[1].pk) == ["A", "B"]
    assert offered(customer=customers[3].pk) == ["A", "B", "D"]
    assert as_manager.get("/billing/statement/", {"customer": foreign.pk}).status_code == 422
    assert Customer.objects.count() == 5


def test_of_many_authors_some_are_offered_and_any_can_be_asked_for(
    as_manager: Client, manager: User, conversation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspaces.fields.OFFERED", 2)
    people = [UserFactory(first_name="Person", last_name=name) for name in "ABCD"]
    for person in people:
        BillingEntryFactory(user=person, conversation=conversation, now=datetime(2026, 3, 2, tzinfo=UTC))
    response = as_manager.get("/billing/history/", {"person": people[3].pk, "kind": "entry"})
    assert response.status_code == 200
    options = response.content.decode().partition('name="person"')[2].partition("</select>")[0]
    assert [f"Person {name}" in options for name in "ABCD"] == [True, True, False, True]
    assert {change.record.history_user for _, day in response.context["history"].days for change in day} == {
        people[3]
    }
