import re
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from billing.forms import ANOTHER_FIGURE, EntryAsItStands, EntryForm
from billing.models import BillingEntry, BillingType, EditConflict
from conversations.models import Conversation
from tests.factories import BillingEntryFactory, BillingTypeFactory
from workspaces.models import User, Workspace
from workspaces.parts import draw


@pytest.fixture
def entry(agent: User, conversation: Conversation) -> BillingEntry:
    """0:52:13 recorded, 1:00:00 billed, 120.00 EUR."""
    return BillingEntryFactory(
        user=agent, conversation=conversation, day=date(2026, 11, 19), description="MTU"
    )


@pytest.fixture
def six_minutes(workspace: Workspace) -> BillingType:
    """0:54:00 and 252.00 EUR for the entry."""
    return BillingTypeFactory(
        workspace=workspace, name="Partner advice", increment_minutes=6, rate=28_000, kind="time"
    )


def posted(entry: BillingEntry, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the form as it was shown first, with these fields changed."""
    form = EntryAsItStands(entry)
    sent = form.values | {"seen": form.showing} | changes
    return {name: str(value) for name, value in sent.items()}


def sent_again(form: EntryForm, **changes: Any) -> dict[str, Any]:
    """What a browser sends from a form that was shown again."""
    return form.values | {"seen": form.showing} | changes


# An entry's form


def test_the_form_shows_the_entry_as_it_is(entry: BillingEntry) -> None:
    form = EntryAsItStands(entry)
    assert form.values["billed"] == "1:00"
    assert form.values["billing_type"] == str(entry.billing_type_id)
    assert form.calculation.explanation == entry.explanation
    assert form.is_charge


def test_a_description_is_shown_to_the_letter(entry: BillingEntry) -> None:
    entry.description = "\n  </textarea><b>"
    html = draw("billing/entry_form.html", {"form": EntryAsItStands(entry)})
    # HTML takes the first line break after the tag for none of the text.
    assert 'aria-describedby="entry-description-hint">\n\n  &lt;/textarea&gt;&lt;b&gt;</textarea>' in html


def test_what_was_sent_and_is_wrong_is_shown_once_more_with_its_errors(entry: BillingEntry) -> None:
    sent = {name: f"<{name}>" for name in EntryForm.base_fields}
    form = EntryForm(sent, entry=entry)
    assert not form.is_valid()
    html = draw("billing/entry_form.html", {"form": form})
    for name in ("billed", "date"):
        assert f'name="{name}" value="&lt;{name}&gt;"' in html
    for name in ("kind", "billing-type", "billed", "date"):
        assert f'id="entry-{name}_error"' in html
        assert re.search(f'aria-describedby="[^"]*entry-{name}_error"', html)
    assert html.count('aria-invalid="true"') == 5  # two of the kind


def test_a_form_sent_as_it_was_shown_changes_only_state_and_version(entry: BillingEntry, agent: User) -> None:
    before = BillingEntry.objects.filter(pk=entry.pk).values().get()
    now = timezone.now()
    save(EntryForm(posted(entry), entry=entry), agent, now)
    changed = {"confirmed_at": now, "updated_at": now, "version": before["version"] + 1}
    assert BillingEntry.objects.filter(pk=entry.pk).values().get() == before | changed


def test_everything_that_may_be_changed_is_saved(
    entry: BillingEntry, agent: User, six_minutes: BillingType
) -> None:
    changes = {
        "kind": "time",
        "billing_type": six_minutes.pk,
        "billed": "90m",
        "date": "2026-11-18",
        "description": "One\r\ntwo",
        "seen": f"{six_minutes.fingerprint}-3240",
    }
    save(EntryForm(posted(entry, **changes), entry=entry), agent)
    assert (entry.kind, entry.billing_type, entry.date) == ("time", six_minutes, date(2026, 11, 18))
    assert (entry.raw_seconds, entry.calculated_seconds, entry.billed_seconds) == (3133, 3240, 5400)
    assert (entry.amount, entry.description) == (42_000, "One\ntwo")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("billed", "abc"),
        ("billed", "-1"),
        ("billed", "25:99"),
        ("billed", "NaN"),
        ("billed", "Infinity"),
        ("billed", ""),
        ("billed", "9" * 5000),
        ("billed", "1:30\0"),
        ("kind", "gift"),
        ("kind", ""),
        ("billing_type", "9" * 31),
        ("billing_type", "9" * 5000),
        ("billing_type", "x"),
        ("billing_type", "\0"),
        ("billing_type", ""),
        ("date", "31.12.2026"),
        ("date", "2026-02-30"),
        ("date", "0001-01-01"),
        ("date", "9999-12-31"),
        ("date", ""),
        ("description", "x" * 2001),
        ("description", "NUL \0"),
        ("version", ""),
        ("version", "x"),
        ("version", "9" * 5000),
        ("seen", "\0"),
    ],
)
def test_what_makes_no_sense_is_an_error_of_its_field(entry: BillingEntry, field: str, value: str) -> None:
    form = EntryForm(posted(entry, **{field: value}), entry=entry)
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_two_thousand_characters_are_counted_as_browsers_count_them(entry: BillingEntry) -> None:
    assert EntryForm(posted(entry, description="\r\n" * 2000), entry=entry).is_valid()


def test_a_billing_type_of_another_workspace_is_no_choice(entry: BillingEntry) -> None:
    form = EntryForm(posted(entry, billing_type=BillingTypeFactory().pk), entry=entry)
    assert list(form.errors) == ["billing_type"]
    assert form.calculation is None


def test_an_archived_billing_type_is_no_choice_unless_the_entry_has_it(
    entry: BillingEntry, agent: User, six_minutes: BillingType
) -> None:
    BillingType.objects.update(archived_at=timezone.now())
    assert not EntryForm(posted(entry, billing_type=six_minutes.pk), entry=entry).is_valid()
    save(EntryForm(posted(entry, billed="2:00"), entry=entry), agent)
    assert entry.amount == 24_000


def test_an_entry_without_a_billing_type_may_stay_without(agent: User) -> None:
    entry = BillingEntryFactory(user=agent, billing_type=None)
    form = EntryForm(posted(entry, billing_type="", billed="1:00"), entry=entry)
    assert ("", "No billing type") in form.types
    save(form, agent)
    assert (entry.billing_type, entry.billed_seconds, entry.amount) == (None, 3600, 0)


# Nobody saves a figure that they have not seen


def test_another_billing_type_without_javascript_is_shown_first_and_saved_then(
    entry: BillingEntry, agent: User, six_minutes: BillingType
) -> None:
    form = EntryForm(posted(entry, billing_type=six_minutes.pk), entry=entry)
    assert form.non_field_errors() == [ANOTHER_FIGURE]
    assert form.values["billed"] == "0:54"
    assert (form.calculation.billed_seconds, form.calculation.amount) == (3240, 25_200)
    save(EntryForm(sent_again(form), entry=entry), agent)
    assert (entry.billing_type, entry.billed_seconds, entry.amount) == (six_minutes, 3240, 25_200)
    assert not entry.is_adjusted


def test_a_billed_time_that_a_person_wrote_stays_under_another_billing_type(
    entry: BillingEntry, agent: User, six_minutes: BillingType
) -> None:
    form = EntryForm(posted(entry, billing_type=six_minutes.pk, billed="1.5h"), entry=entry)
    assert not form.is_valid()
    assert form.values["billed"] == "1.5h"
    save(EntryForm(sent_again(form), entry=entry), agent)
    assert (entry.calculated_seconds, entry.billed_seconds, entry.amount) == (3240, 5400, 42_000)


def test_a_figure_that_was_seen_and_then_changed_to_the_old_one_is_the_persons_choice(
    entry: BillingEntry, agent: User, six_minutes: BillingType
) -> None:
    form = EntryForm(posted(entry, billing_type=six_minutes.pk), entry=entry)
    assert not form.is_valid()
    save(EntryForm(sent_again(form, billed="1:00"), entry=entry), agent)
    assert (entry.calculated_seconds, entry.billed_seconds) == (3240, 3600)


def test_going_back_to_the_entrys_own_billing_type_brings_its_own_figure_back(
    entry: BillingEntry, agent: User, billing_type: BillingType, six_minutes: BillingType
) -> None:
    entry.revise(by=agent, version=entry.version, now=timezone.now(), billed_seconds=7200)
    there = EntryForm(posted(entry, billing_type=six_minutes.pk), entry=entry)
    assert not there.is_valid()
    back = EntryForm(sent_again(there, billing_type=billing_type.pk), entry=entry)
    assert back.non_field_errors() == [ANOTHER_FIGURE]
    assert back.values["billed"] == "2:00"
    save(EntryForm(sent_again(back), entry=entry), agent)
    assert (entry.billed_seconds, entry.amount) == (7200, 24_000)


def test_a_billing_type_that_is_edited_before_the_save_is_shown_again(
    entry: BillingEntry, agent: User, six_minutes: BillingType
) -> None:
    seen = EntryForm(posted(entry, billing_type=six_minutes.pk), entry=entry)
    assert not seen.is_valid()
    BillingType.objects.filter(pk=six_minutes.pk).update(rate=30_000, increment_minutes=10)
    form = EntryForm(sent_again(seen), entry=entry)
    assert form.non_field_errors() == [ANOTHER_FIGURE]
    assert form.values["billed"] == "1:00"
    save(EntryForm(sent_again(form), entry=entry), agent)
    assert (entry.billed_seconds, entry.amount) == (3600, 30_000)


def test_editing_the_entrys_own_billing_type_does_not_touch_its_form(
    entry: BillingEntry, agent: User, billing_type: BillingType
) -> None:
    shown = posted(entry, description="Afterwards")
    BillingType.objects.filter(pk=billing_type.pk).update(rate=99_900, increment_minutes=60)
    save(EntryForm(shown, entry=entry), agent)
    assert (entry.description, entry.amount) == ("Afterwards", 12_000)


def test_a_form_that_does_not_say_what_it_showed_showed_the_entry(
    entry: BillingEntry, six_minutes: BillingType
) -> None:
    assert EntryForm(posted(entry, seen="", billed="2:00"), entry=entry).is_valid()
    assert not EntryForm(posted(entry, seen="", billing_type=six_minutes.pk), entry=entry).is_valid()


def test_somebody_elses_change_is_told_before_an_unseen_figure(
    entry: BillingEntry, agent: User, manager: User, six_minutes: BillingType
) -> None:
    stale = posted(entry, billing_type=six_minutes.pk)
    entry.revise(by=manager, version=entry.version, now=timezone.now(), billed_seconds=60)
    form = EntryForm(stale, entry=entry)
    assert form.is_valid()
    with pytest.raises(EditConflict):
        form.save(by=agent, now=timezone.now())


def test_a_conflict_lists_what_differs(
    entry: BillingEntry, agent: User, manager: User, six_minutes: BillingType
) -> None:
    stale = posted(entry, billed="1:30", description="Mine", date="2026-11-18")
    entry.revise(
        by=manager,
        version=entry.version,
        now=timezone.now(),
        billing_type=six_minutes,
        kind="time",
        description="Theirs",
    )
    form = EntryForm(stale, entry=entry)
    with pytest.raises(EditConflict):
        save(form, agent)
    assert form.differences == [
        ("Kind", "Time entry", "Service charge"),
        ("Billing type", "Partner advice", "Standard consulting"),
        ("Date", "19 November 2026", "18 November 2026"),
        ("Billed time", "0:54:00", "1:30:00"),
        ("Description", "Theirs", "Mine"),
        ("Amount", "252.00 EUR", "180.00 EUR"),
    ]


def save(form: EntryForm, by: User, now: Any = None) -> None:
    assert form.is_valid(), form.errors
    form.save(by=by, now=now or timezone.now())
    form.entry.refresh_from_db()
