"""The database refuses to lose an entry or to alter what was recorded, decided, exported or written down."""

from django.db import migrations

from billing.guards import Guard, PutGuards, append_only, changed, never_replaced

ENTRIES, BATCHES = "billing_billingentry", "billing_exportbatch"
HISTORIES = [
    "billing_historicalbillingentry",
    "billing_historicalbillingtype",
    "conversations_historicalcustomer",
    "workspaces_historicalmembership",
    "workspaces_historicalworkspace",
]

NEVER_DELETED = "A billing entry is never deleted."
RECORDED = [
    "id",
    "workspace_id",
    "conversation_id",
    "user_id",
    "raw_seconds",
    "by_hand",
    "submission",
    "overlap_seconds",
    "overlap_with_id",
    "clock_stepped_back",
    "created_at",
]
FIGURES = [
    "kind",
    "billing_type_id",
    "date",
    "calculated_seconds",
    "billed_seconds",
    "rate",
    "currency",
    "amount",
    "rule",
    "explanation",
    "description",
    "confirmed_at",
]

GUARDS = [
    Guard("an_entry_is_never_deleted", ENTRIES, ("DELETE", "TRUNCATE"), NEVER_DELETED),
    never_replaced(ENTRIES, NEVER_DELETED),
    Guard(
        "an_entry_is_never_replaced",
        ENTRIES,
        ("INSERT",),
        "A form makes one entry.",
        "EXISTS (SELECT 1 FROM billing_billingentry AS present WHERE present.submission = NEW.submission)",
        on="sqlite",
    ),
    Guard(
        "an_entry_keeps_what_was_recorded",
        ENTRIES,
        ("UPDATE",),
        "What was recorded never changes.",
        changed(*RECORDED),
    ),
    Guard(
        "a_decided_entry_keeps_its_figures",
        ENTRIES,
        ("UPDATE",),
        "The figures of an entry change only while it is New or Returned.",
        f"OLD.state NOT IN ('new', 'returned') AND ({changed(*FIGURES)})",
    ),
    Guard(
        "an_entry_goes_forward",
        ENTRIES,
        ("UPDATE",),
        "The version of an entry never goes back.",
        "NEW.version < OLD.version",
    ),
    Guard("a_batch_is_never_deleted", BATCHES, ("DELETE", "TRUNCATE"), "A batch is never deleted."),
    never_replaced(BATCHES, "A batch is never deleted."),
    Guard(
        "a_batch_is_never_numbered_twice",
        BATCHES,
        ("INSERT",),
        "The number of a batch is used once.",
        "EXISTS (SELECT 1 FROM billing_exportbatch AS present"
        " WHERE present.workspace_id = NEW.workspace_id AND present.number = NEW.number)",
        on="sqlite",
    ),
    Guard(
        "a_batch_keeps_what_it_is",
        BATCHES,
        ("UPDATE",),
        "A batch changes once: when it is reversed.",
        f"{changed('id', 'workspace_id', 'number', 'created_by_id', 'created_at')}"
        f" OR (OLD.reversed_at IS NOT NULL AND ({changed('reversed_at', 'reversed_by_id')}))",
    ),
    *(
        guard
        for table in HISTORIES
        for guard in append_only(table, "A history is never changed or deleted.", key="history_id")
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_authors_of_histories_stay"),
        ("conversations", "0004_history_of_customers"),
        ("workspaces", "0004_second_factor_and_sessions"),
    ]

    operations = [PutGuards(GUARDS)]
