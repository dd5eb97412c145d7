"""An interval knows its workspace: the column, what fills it in for a release that does not know it, and guards.

The guard against changes lets the column be filled in once, with the timer's workspace.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from billing.guards import DropGuards, Guard, PutGuards, changed, never_replaced
from billing.supplements import Supplement

INTERVALS = "timers_interval"
FACT = "An interval is a fact: it is never changed or deleted."
WORKSPACE = Supplement(INTERVALS, "workspace_id", parent="timers_timer", reference="timer_id")

before = {guard.name: guard for guard in import_module("timers.migrations.0004_guards").GUARDS}
#: Of these the table is read or watched: SQLite cannot make it anew, to take the column back, while they stand.
IN_THE_WAY = [
    before["interval_is_append_only"],
    before["timers_interval_is_never_replaced"],
    before["an_interval_comes_before_the_entry"],
    before["a_run_is_never_moved"],
]
GUARDS = [
    Guard("interval_is_append_only", INTERVALS, ("DELETE", "TRUNCATE"), FACT),
    Guard(
        "an_interval_is_never_changed",
        INTERVALS,
        ("UPDATE",),
        FACT,
        "OLD.workspace_id IS NOT NULL"
        f" OR {changed('id', 'timer_id', 'started_at', 'stopped_at', 'clock_stepped_back')}"
        f" OR NEW.workspace_id IS DISTINCT FROM {WORKSPACE.of('OLD')}",
    ),
    never_replaced(INTERVALS, FACT),
    before["an_interval_comes_before_the_entry"],
    Guard(
        "an_interval_is_in_the_workspace_of_its_timer",
        INTERVALS,
        ("INSERT",),
        "An interval is in the workspace of its timer.",
        f"NEW.workspace_id IS NOT NULL AND NEW.workspace_id <> {WORKSPACE.of('NEW')}",
    ),
    before["a_run_is_never_moved"],
    WORKSPACE,
]


def lock(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """In the order in which a running Stop takes them; else the two wait for each other."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("LOCK TABLE timers_timer, timers_interval IN ACCESS EXCLUSIVE MODE")


class Migration(migrations.Migration):
    dependencies = [
        ("timers", "0005_what_a_set_back_clock_means"),
        ("workspaces", "0007_authors_of_histories_stay"),
    ]

    operations = [
        migrations.RunPython(lock, migrations.RunPython.noop),
        DropGuards(IN_THE_WAY),
        migrations.AddField(
            model_name="interval",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workspaces.workspace",
                verbose_name="workspace",
            ),
        ),
        PutGuards(GUARDS),
        migrations.RunPython(migrations.RunPython.noop, lock),
    ]
