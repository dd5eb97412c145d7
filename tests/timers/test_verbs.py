"""What each verb makes of a timer, in whatever state it finds it."""

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from billing.models import BillingEntry
from conversations.models import Conversation, ConversationClosed
from tests.timers.moments import START, after
from timers.models import AnotherTimerIsOpen, Interval, Timer, TimerCanceled

NOW = after(minutes=15)

# The timer was started at START. All but the running one were stopped after ten minutes: "paused" is without
# an entry, "prepared" carries one, "logged" has it confirmed, "discarded" was canceled with its entry. The
# verb comes after fifteen minutes; "seconds" are the raw time then.
TABLE = """
    it was     verb     becomes   intervals  seconds  entry              returns

    running    start    running   0          900      none               itself
    running    resume   running   0          900      none               itself
    running    stop     stopped   1          900      service,new        itself
    running    cancel   canceled  1          900      none               itself
    running    restore  running   0          900      none               itself
    running    reopen   running   0          900      none               itself
    running    service  stopped   1          900      service,new        its_entry
    running    time     stopped   1          900      time,new           its_entry

    paused     start    running   1          600      none               itself
    paused     resume   running   1          600      none               itself
    paused     stop     stopped   1          600      none               itself
    paused     cancel   canceled  1          600      none               itself
    paused     restore  stopped   1          600      none               itself
    paused     reopen   stopped   1          600      none               itself
    paused     service  stopped   1          600      service,new        its_entry
    paused     time     stopped   1          600      time,new           its_entry

    prepared   start    logged    1          600      service,new        a_new_one
    prepared   resume   logged    1          600      service,new        a_new_one
    prepared   stop     stopped   1          600      service,new        itself
    prepared   cancel   canceled  1          600      service,discarded  itself
    prepared   restore  stopped   1          600      service,new        itself
    prepared   reopen   stopped   1          600      service,new        itself
    prepared   service  stopped   1          600      service,new        its_entry
    prepared   time     stopped   1          600      time,new           its_entry

    logged     start    logged    1          600      service,new        a_new_one
    logged     resume   logged    1          600      service,new        a_new_one
    logged     stop     logged    1          600      service,new        itself
    logged     cancel   logged    1          600      service,new        itself
    logged     restore  logged    1          600      service,new        itself
    logged     reopen   stopped   1          600      service,new        itself
    logged     service  logged    1          600      service,new        its_entry
    logged     time     logged    1          600      service,new        its_entry

    canceled   start    canceled  1          600      none               a_new_one
    canceled   resume   canceled  1          600      none               a_new_one
    canceled   stop     canceled  1          600      none               itself
    canceled   cancel   canceled  1          600      none               itself
    canceled   restore  stopped   1          600      none               itself
    canceled   reopen   canceled  1          600      none               itself
    canceled   service  canceled  1          600      none               a_refusal
    canceled   time     canceled  1          600      none               a_refusal

    discarded  start    canceled  1          600      service,discarded  a_new_one
    discarded  resume   canceled  1          600      service,discarded  a_new_one
    discarded  stop     canceled  1          600      service,discarded  itself
    discarded  cancel   canceled  1          600      service,discarded  itself
    discarded  restore  stopped   1          600      service,new        itself
    discarded  reopen   canceled  1          600      service,discarded  itself
    discarded  service  canceled  1          600      service,discarded  a_refusal
    discarded  time     canceled  1          600      service,discarded  a_refusal
"""
ROWS = [line.split() for line in TABLE.splitlines()[2:] if line]


def timer_that_is(being, user, conversation):
    stopped = after(minutes=10)
    timer = Timer.objects.start(user=user, conversation=conversation, now=START)
    if being in ("paused", "canceled"):
        timer.cancel(stopped)
    elif being != "running":
        timer.stop(stopped)
    if being == "paused":
        timer.restore(stopped)
    elif being == "logged":
        timer.entry.revise(by=user, version=timer.entry.version, now=stopped)
    elif being == "discarded":
        timer.cancel(stopped)
    timer.refresh_from_db()
    return timer


def do(verb, timer, now=NOW):
    if verb == "start":
        return Timer.objects.start(user=timer.user, conversation=timer.conversation, now=now)
    if verb in ("service", "time"):
        try:
            return timer.convert(kind=verb, now=now)
        except TimerCanceled as refusal:
            return refusal
    return getattr(timer, verb)(now=now)


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def everything():
    """Every column of every row that a verb may touch, and of the entries' history."""
    models = Timer, Interval, BillingEntry, BillingEntry.history.model
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize(
    ("being", "verb", "becomes", "intervals", "seconds", "entry", "returns"),
    [pytest.param(*row, id=f"{row[0]}-{row[1]}") for row in ROWS],
)
def test_a_verb_makes_of_a_timer_what_the_table_says(
    agent, conversation, being, verb, becomes, intervals, seconds, entry, returns
):
    timer = timer_that_is(being, agent, conversation)
    returned = do(verb, timer)

    saved = Timer.objects.get(pk=timer.pk)
    assert saved.state == becomes
    assert saved.intervals.count() == int(intervals)
    assert saved.raw_seconds(NOW) == int(seconds)
    assert (f"{saved.entry.kind},{saved.entry.state}" if saved.entry else "none") == entry
    if saved.entry:
        assert saved.entry.raw_seconds == int(seconds)
    if returns == "itself":
        assert returned == timer
    elif returns == "its_entry":
        assert returned == saved.entry
    elif returns == "a_refusal":
        assert isinstance(returned, TimerCanceled)
    else:
        assert returned not in (None, timer)
        assert (returned.state, returned.running_since, returned.entry) == ("running", NOW, None)
        assert returned.raw_seconds(NOW) == 0
    if isinstance(returned, Timer):
        assert columns(returned) == columns(Timer.objects.get(pk=returned.pk))
    if verb != "start":
        assert columns(timer) == columns(saved)
        assert timer.entry is None or columns(timer.entry) == columns(saved.entry)


@pytest.mark.parametrize("stale", [False, True], ids=["at once", "from a stale page"])
@pytest.mark.parametrize(("being", "verb"), [row[:2] for row in ROWS])
def test_sending_a_verb_twice_changes_nothing_more(agent, conversation, being, verb, stale):
    timer = timer_that_is(being, agent, conversation)
    again = Timer.objects.select_related("entry").get(pk=timer.pk) if stale else timer
    first = do(verb, timer)
    truth = everything()
    second = do(verb, again, after(minutes=20))
    assert everything() == truth
    assert type(second) is type(first)
    if isinstance(first, Model):
        assert second == first


def test_a_first_start_makes_a_running_timer_from_what_the_conversation_says(
    workspace, agent, conversation, billing_type
):
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    assert (timer.workspace, timer.user, timer.conversation) == (workspace, agent, conversation)
    assert (timer.state, timer.running_since, timer.entry, timer.note) == ("running", START, None, "")
    assert timer.billing_type == billing_type
    assert list(timer.also_stopped) == []
    assert Timer.objects.count() == 1


def test_colleagues_have_timers_of_their_own_on_one_conversation(agent, colleague, conversation):
    first = Timer.objects.start(user=agent, conversation=conversation, now=START)
    second = Timer.objects.start(user=colleague, conversation=conversation, now=START)
    assert first != second
    assert {timer.user for timer in Timer.objects.running()} == {agent, colleague}


def test_nobody_starts_a_timer_on_a_closed_conversation(agent, conversation):
    conversation.close(by=agent, now=START)
    with pytest.raises(ConversationClosed):
        Timer.objects.start(user=agent, conversation=conversation, now=START)
    assert not Timer.objects.exists()


@pytest.mark.parametrize("being", ["paused", "prepared", "logged", "canceled", "discarded"])
@pytest.mark.parametrize("verb", ["start", "resume"])
def test_no_timer_runs_on_once_its_conversation_is_closed(agent, conversation, being, verb):
    timer = timer_that_is(being, agent, conversation)
    Conversation.objects.get(pk=conversation.pk).close(by=agent, now=NOW)
    truth = everything()
    with pytest.raises(ConversationClosed):
        do(verb, timer)
    assert everything() == truth


def test_starting_on_a_closed_conversation_shows_the_timer_that_still_runs_there(agent, conversation):
    timer = timer_that_is("running", agent, conversation)
    conversation.close(by=agent, now=NOW)
    assert do("start", timer) == timer
    assert do("resume", timer) == timer
    assert timer.running_since == START


def test_a_timer_does_not_come_back_while_another_is_open(agent, conversation):
    for being, another in (("canceled", "running"), ("discarded", "prepared")):
        old = timer_that_is(being, agent, conversation)
        new = timer_that_is(another, agent, conversation)
        truth = everything()
        with pytest.raises(AnotherTimerIsOpen):
            old.restore(now=NOW)
        assert everything() == truth
        new.cancel(now=NOW)
        assert old.restore(now=NOW).state == "stopped"
        old.cancel(now=NOW)


def test_a_logged_timer_does_not_come_back_while_another_is_open(agent, conversation):
    for another in ("running", "prepared"):
        old = timer_that_is("logged", agent, conversation)
        new = timer_that_is(another, agent, conversation)
        truth = everything()
        with pytest.raises(AnotherTimerIsOpen):
            old.reopen(now=NOW)
        assert everything() == truth
        new.cancel(now=NOW)
        assert old.reopen(now=NOW).state == "stopped"
        old.cancel(now=NOW)


def test_undoing_the_saving_of_an_entry_keeps_what_was_saved(agent, conversation):
    timer = timer_that_is("prepared", agent, conversation)
    timer.entry.revise(
        by=agent, version=timer.entry.version, now=NOW, billed_seconds=1800, description="Call", kind="time"
    )
    saved = columns(timer.entry)
    timer.reopen(now=after(minutes=16))
    changed = {name: value for name, value in columns(timer.entry).items() if saved[name] != value}
    assert changed == {
        "version": saved["version"] + 1,
        "updated_at": after(minutes=16),
        "confirmed_at": None,
    }


def test_a_colleagues_timer_does_not_keep_mine_from_coming_back(agent, colleague, conversation):
    mine = timer_that_is("canceled", agent, conversation)
    timer_that_is("running", colleague, conversation)
    assert mine.restore(now=NOW).state == "stopped"


def test_a_canceled_timers_entry_bills_again_after_undo_as_it_was(agent, conversation):
    timer = timer_that_is("prepared", agent, conversation)
    before = columns(timer.entry)
    timer.cancel(now=NOW)
    assert not BillingEntry.objects.counted().exists()
    timer.restore(now=NOW)
    changed = {name for name, value in columns(timer.entry).items() if before[name] != value}
    assert changed == {"version", "updated_at"}


def test_the_note_becomes_the_description(agent, conversation):
    timer = timer_that_is("running", agent, conversation)
    timer.write_note("Looked through the firewall's log")
    timer.stop(now=NOW)
    assert timer.entry.description == "Looked through the firewall's log"


@pytest.mark.parametrize("being", ["prepared", "logged", "canceled", "discarded"])
def test_a_note_is_kept_only_until_the_timer_has_its_entry_or_is_gone(agent, conversation, being):
    timer = timer_that_is(being, agent, conversation)
    timer.write_note("Too late")
    assert Timer.objects.get(pk=timer.pk).note == ""


def test_stop_reads_the_intervals_once(agent, conversation):
    """Whether the clock was set back before is seen in what the entry is made of."""
    timer = Timer.objects.start(user=agent, conversation=conversation, now=START)
    timer.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        timer.stop(after(minutes=10))
    # PostgreSQL's cursor does not say what a prepared statement was; none of those reads intervals here.
    reads = [each["sql"] for each in queries if (each["sql"] or "").startswith("SELECT")]
    assert sum('FROM "timers_interval"' in each for each in reads) == 1
