"""The database refuses to lose a timer, to move its time, or to add to what has become an entry."""

from importlib import import_module

from django.db import migrations

from billing.guards import Guard, PutGuards, append_only, changed, never_replaced

#: Puts up what the first of the guards here takes the place of.
before = import_module("timers.migrations.0002_append_only_intervals")

TIMERS, INTERVALS = "timers_timer", "timers_interval"
NEVER_DELETED = "A timer is never deleted."

GUARDS = [
    *append_only(
        INTERVALS, "An interval is a fact: it is never changed or deleted.", name="interval_is_append_only"
    ),
    Guard(
        "an_interval_comes_before_the_entry",
        INTERVALS,
        ("INSERT",),
        "The timer has its entry: no time is added to it.",
        "EXISTS (SELECT 1 FROM timers_timer AS timer"
        " WHERE timer.id = NEW.timer_id AND timer.entry_id IS NOT NULL)",
    ),
    Guard("a_timer_is_never_deleted", TIMERS, ("DELETE", "TRUNCATE"), NEVER_DELETED),
    never_replaced(TIMERS, NEVER_DELETED),
    Guard(
        "a_timer_takes_nobodys_place",
        TIMERS,
        ("INSERT", "UPDATE"),
        "One open timer per user and conversation, and one timer per entry.",
        "EXISTS (SELECT 1 FROM timers_timer AS present WHERE present.id <> NEW.id AND ("
        "present.entry_id = NEW.entry_id OR (present.user_id = NEW.user_id"
        " AND present.conversation_id = NEW.conversation_id"
        " AND present.state IN ('running', 'stopped') AND NEW.state IN ('running', 'stopped'))))",
        on="sqlite",
    ),
    Guard(
        "a_timer_keeps_what_it_is",
        TIMERS,
        ("UPDATE",),
        "Whose timer it is, and on what, never changes.",
        changed("id", "workspace_id", "user_id", "conversation_id", "created_at"),
    ),
    Guard(
        "a_timer_keeps_its_entry",
        TIMERS,
        ("UPDATE",),
        "The entry that a timer became never changes.",
        f"OLD.entry_id IS NOT NULL AND ({changed('entry_id')})",
    ),
    Guard(
        "a_run_is_never_moved",
        TIMERS,
        ("UPDATE",),
        "A run begins when it began, and ends with its interval.",
        "OLD.running_since IS DISTINCT FROM NEW.running_since AND OLD.running_since IS NOT NULL"
        " AND (NEW.running_since IS NOT NULL OR NOT EXISTS (SELECT 1 FROM timers_interval AS run"
        " WHERE run.timer_id = OLD.id AND run.started_at = OLD.running_since))",
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_guards"),
        ("timers", "0003_texts"),
    ]

    operations = [
        migrations.RunPython(before.drop_triggers, before.add_triggers),
        PutGuards(GUARDS),
    ]
