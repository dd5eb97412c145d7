"""An entry that no longer waits for its agent closes the timer that it came from."""

import pytest

from billing.models import BillingEntry, EditConflict, ExportBatch, NotEditable
from tests.timers.moments import START, after
from timers.models import Timer

NOW = after(minutes=15)


@pytest.fixture
def timer(agent, conversation):
    """Stopped after ten minutes, with its entry."""
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    return timer.stop(after(minutes=10))


def decide_in_bulk(state):
    def decide(entry, manager):
        entries = BillingEntry.objects.reviewable_by(manager)
        done, missed = entries.decide(state, {entry.pk: entry.version}, by=manager, now=NOW, comment="Why?")
        assert (done, missed) == ([entry], [])

    return decide


DECISIONS = {
    "approve": (lambda entry, manager: entry.approve(by=manager, now=NOW), "approved"),
    "return": (lambda entry, manager: entry.return_(by=manager, comment="Why?", now=NOW), "returned"),
    "discard": (lambda entry, manager: entry.discard(by=manager, now=NOW), "discarded"),
    "approve in bulk": (decide_in_bulk("approved"), "approved"),
    "return in bulk": (decide_in_bulk("returned"), "returned"),
    "discard in bulk": (decide_in_bulk("discarded"), "discarded"),
}
decisions = pytest.mark.parametrize(("decide", "state"), DECISIONS.values(), ids=DECISIONS)


def test_saving_the_entry_logs_its_timer(timer, agent):
    entry = timer.entry
    entry.revise(by=agent, version=entry.version, now=NOW, billed_seconds=1800, description="Call")
    timer.refresh_from_db()
    assert (timer.state, timer.entry) == ("logged", entry)
    assert (timer.entry.state, timer.entry.confirmed_at, timer.entry.raw_seconds) == ("new", NOW, 600)
    assert (timer.entry.billed_seconds, timer.entry.calculated_seconds) == (1800, 900)
    assert timer.raw_seconds(NOW) == 600


def test_a_managers_edit_leaves_the_timer_to_its_agent(timer, manager):
    entry = timer.entry
    entry.revise(by=manager, version=entry.version, now=NOW, description="Call")
    timer.refresh_from_db()
    assert (timer.state, timer.entry.confirmed_at, timer.entry.description) == ("stopped", None, "Call")


def test_a_managers_edit_is_not_lost_by_cancel_and_undo(timer, manager):
    timer.entry.revise(by=manager, version=timer.entry.version, now=NOW, billed_seconds=60)
    timer.cancel(NOW)
    timer.restore(NOW)
    assert (timer.entry.state, timer.entry.billed_seconds) == ("new", 60)


@decisions
def test_a_decision_on_the_entry_logs_its_timer(timer, manager, decide, state):
    decide(timer.entry, manager)
    timer.refresh_from_db()
    assert (timer.state, timer.entry.state) == ("logged", state)
    assert not Timer.objects.open().exists()


@decisions
@pytest.mark.parametrize("verb", ["stop", "cancel", "restore"])
def test_no_click_on_a_timer_changes_what_was_decided(timer, manager, decide, state, verb):
    decide(BillingEntry.objects.get(pk=timer.entry_id), manager)
    decided = BillingEntry.objects.values().get()
    getattr(timer, verb)(NOW)  # from a page that still shows it as stopped
    assert timer.state == "logged"
    assert BillingEntry.objects.values().get() == decided


@decisions
@pytest.mark.parametrize("kind", ["service", "time"])
def test_converting_again_shows_the_decided_entry_as_it_is(timer, manager, decide, state, kind):
    decide(BillingEntry.objects.get(pk=timer.entry_id), manager)
    decided = BillingEntry.objects.values().get()
    assert timer.convert(kind=kind, now=NOW).state == state
    timer.entry.switch_kind(kind, by=timer.user, now=NOW)
    assert BillingEntry.objects.values().get() == decided


@decisions
def test_what_was_decided_is_not_taken_back_with_a_timer(timer, manager, decide, state):
    entry = BillingEntry.objects.get(pk=timer.entry_id)
    decide(entry, manager)
    decided = BillingEntry.objects.values().get()
    entry.withdraw(by=timer.user, now=NOW)
    if state != "discarded":
        entry.put_back(by=timer.user, now=NOW)
    assert BillingEntry.objects.values().get() == decided


@decisions
def test_the_next_start_after_a_decision_begins_at_zero(timer, agent, manager, decide, state):
    decide(timer.entry, manager)
    new = timer.resume(NOW)
    assert new != timer
    assert (new.state, new.raw_seconds(NOW), new.entry) == ("running", 0, None)


def test_an_entry_discarded_with_its_timer_is_for_its_agent_alone_to_bring_back(timer, manager, agent):
    timer.cancel(NOW)
    entry = BillingEntry.objects.get(pk=timer.entry_id)
    for attempt in (
        lambda: entry.reinstate(by=manager, now=NOW),
        lambda: entry.approve(by=manager, now=NOW),
        lambda: entry.return_(by=manager, comment="Why?", now=NOW),
        lambda: entry.revise(by=agent, version=entry.version, now=NOW, description="Call"),
    ):
        with pytest.raises(NotEditable):
            attempt()
    assert timer.restore(NOW).entry.state == "new"


@decisions
def test_what_was_decided_on_stays_saved(timer, agent, manager, decide, state):
    entry = BillingEntry.objects.get(pk=timer.entry_id)
    entry.revise(by=agent, version=entry.version, now=after(minutes=12))
    decide(entry, manager)
    decided = BillingEntry.objects.values().get()
    with pytest.raises(NotEditable):
        timer.reopen(after(minutes=16))
    assert Timer.objects.get(pk=timer.pk).state == timer.state == "logged"
    assert BillingEntry.objects.values().get() == decided


def test_what_a_manager_changed_after_it_was_saved_stays_saved(timer, agent, manager):
    entry = timer.entry
    entry.revise(by=agent, version=entry.version, now=after(minutes=12))
    entry.revise(by=manager, version=entry.version, now=NOW, billed_seconds=60)
    with pytest.raises(EditConflict):
        timer.reopen(after(minutes=16))
    assert Timer.objects.get(pk=timer.pk).state == "logged"
    assert BillingEntry.objects.get().confirmed_at == after(minutes=12)


def test_a_timer_that_was_logged_unsaved_does_not_come_back_by_undoing_a_saving(timer, manager):
    timer.entry.approve(by=manager, now=NOW)
    BillingEntry.objects.get().reinstate(by=manager, now=NOW)
    with pytest.raises(EditConflict):
        timer.reopen(after(minutes=16))
    assert Timer.objects.get().state == "logged"


def test_an_invoiced_entry_stays_saved(timer, agent, manager, workspace):
    timer.entry.revise(by=agent, version=timer.entry.version, now=NOW)
    timer.entry.approve(by=manager, now=NOW)
    ExportBatch.objects.create_from_approved(workspace, by=manager, now=NOW)
    with pytest.raises(NotEditable):
        timer.reopen(after(minutes=16))
    assert BillingEntry.objects.get().state == "invoiced"


def test_a_reviewers_undo_leaves_the_timer_logged(timer, manager):
    entry = timer.entry
    entry.approve(by=manager, now=NOW)
    entry.reinstate(by=manager, now=NOW)
    timer.refresh_from_db()
    assert (timer.state, timer.entry.state) == ("logged", "new")


def test_a_returned_entry_that_its_agent_saves_waits_for_review_again(timer, agent, manager):
    entry = timer.entry
    entry.return_(by=manager, comment="Which device?", now=NOW)
    entry.revise(by=agent, version=entry.version, now=NOW, description="The router")
    timer.refresh_from_db()
    assert (timer.state, timer.entry.state, timer.entry.return_comment) == ("logged", "new", "Which device?")


def test_a_decision_closes_no_other_timer(timer, colleague, manager, conversation):
    other = Timer.objects.start(user=colleague, conversation=conversation, now=START).stop(NOW)
    timer.entry.approve(by=manager, now=NOW)
    other.refresh_from_db()
    assert (other.state, other.entry.state) == ("stopped", "new")


def test_the_history_says_who_did_what_to_the_entry_and_when(timer, agent, manager):
    timer.cancel(after(minutes=11))
    timer.restore(after(minutes=12))
    timer.convert(kind="time", now=after(minutes=13))
    timer.entry.revise(by=agent, version=timer.entry.version, now=after(minutes=14))
    timer.reopen(after(minutes=14.5))
    timer.entry.revise(by=agent, version=timer.entry.version, now=after(minutes=14.75))
    timer.entry.approve(by=manager, now=NOW)
    history = timer.entry.history.order_by("history_id")
    assert list(history.values_list("history_user__username", "history_date", "history_change_reason")) == [
        ("agent", after(minutes=10), "Prepared from the timer, Standard consulting"),
        ("agent", after(minutes=11), "Discarded with its timer"),
        ("agent", after(minutes=12), "Back with its timer"),
        ("agent", after(minutes=13), "Switched to time entry"),
        ("agent", after(minutes=14), "Saved"),
        ("agent", after(minutes=14.5), "Saving undone"),
        ("agent", after(minutes=14.75), "Saved"),
        ("manager", NOW, "Approved"),
    ]


def test_a_return_that_the_agent_answered_and_took_back_is_no_decision_to_undo(timer, manager):
    """Else a reviewer's undo would bring the entry of a canceled timer back."""
    timer.entry.return_(by=manager, comment="Why?", now=NOW)
    timer.refresh_from_db()
    timer.entry.revise(by=timer.user, version=timer.entry.version, now=after(minutes=16))
    timer.refresh_from_db()
    timer.reopen(after(minutes=17)).cancel(after(minutes=18))
    entry = BillingEntry.objects.get()
    assert (timer.state, entry.state) == ("canceled", "discarded")
    assert not entry.can_be_reinstated
    with pytest.raises(NotEditable):
        entry.reinstate(by=manager, now=after(minutes=19))
    timer.restore(after(minutes=20))
    entry.refresh_from_db()
    assert (timer.state, entry.state) == ("stopped", "new")
