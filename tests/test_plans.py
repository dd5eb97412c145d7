"""No query costs more for there being more rows: each is answered by an index, on every page and every click.

The data are those of make_data, of the small part that a test can wait for. PostgreSQL would read so few rows
from end to end; and to forbid it that (enable_seqscan) would hide a query that reads a whole workspace. So it
is told that there are two million entries (`make_believe`), and plans for these. SQLite takes an index where
it can, however few rows there are.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.visits import Ground, ground, visits
from billing import review_reads
from billing.models import BillingEntry
from conversations.models import Conversation
from tests.plans import SCALE, faults_of, make_believe, shown
from timers.making.build import build
from timers.making.sizes import Sizes
from timers.models import Timer
from workspaces.models import User, Workspace
from workspaces.prepared import Statement
from workspaces.prepared import run as really_run

pytestmark = pytest.mark.django_db

APPS = ["workspaces", "conversations", "billing", "timers"]
#: To which pages count (the queue adds up half of it) before they say that there are more; and here, where
#: the busiest workspace has 2,500.
BOUND, SMALL_BOUND = 10_000, 200


@pytest.fixture(scope="module")
def at(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """Made once for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(Sizes.of(SCALE), 1, timezone.now(), None)
        make_believe()
        found = ground()
        # As other tests may have asked before these.
        count_the_queue(found)
        yield found
        transaction.set_rollback(True)


def count_the_queue(at: Ground) -> None:
    review_reads._counts_of_all("new")(user=1, workspaces=[at.workspace])


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a page does without something because there is too much, there is, as with all of the data."""
    import_module(settings.ROOT_URLCONF)  # and with it all views
    patched = [
        monkeypatch.setattr(module, name, value * SMALL_BOUND // BOUND)
        for module in list(sys.modules.values())
        if module.__name__.partition(".")[0] in APPS
        for name, value in list(vars(module).items())
        if name.isupper() and value in (BOUND, BOUND // 2)
    ]
    assert patched
    # The bounds stand in what was worked out before.
    monkeypatch.setattr(review_reads, "_counts_of_all", cache(review_reads._counts_of_all.__wrapped__))


@pytest.fixture(autouse=True)
def nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a prepared statement nobody says what it was."""
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be: PostgreSQL plans it once, for any values, which is another plan than that for some."""
    found: list[str] = []

    def run(connection: Any, statement: Statement, *how: Any, **options: Any) -> Any:
        if connection.vendor == "postgresql":
            found.append(statement.numbered)
        return really_run(connection, statement, *how, **options)

    for module in ("workspaces.prepared", "workspaces.writing"):
        monkeypatch.setattr(f"{module}.run", run)
    monkeypatch.setattr(Watch, "prepared", found)
    return found


class Watch:
    """The clients of a few people, and what is wrong with the queries that their requests make."""

    #: Of the requests so far, as they are prepared.
    prepared: ClassVar[list[str]] = []

    def __init__(self, at: Ground) -> None:
        self.clients = {who: Client() for who in ("agent", "manager", "admin")}
        for who, client in self.clients.items():
            client.force_login(User.objects.get(username=getattr(at, who)))
        self.found: dict[tuple[str, str], list[str]] = {}

    def send(
        self, who: str, what: str, path: str, sent: dict[str, Any] | None = None, *, htmx: bool = True
    ) -> None:
        """Posts if there is anything to send, be it nothing."""
        client = self.clients[who]
        headers = {"HX-Request": "true"} if htmx else {}
        self.prepared.clear()
        with CaptureQueriesContext(connection) as captured:
            if sent is None:
                answer = client.get(path, headers=headers)
            else:
                answer = client.post(path, sent, headers=headers)
        assert answer.status_code in (200, 204, 302), (what, answer.content)
        for query in [*(query["sql"] for query in captured), *self.prepared]:
            if faults := faults_of(query):
                self.found[what, query] = faults

    def tell(self) -> None:
        """Fails if anything was found; all of it goes, with its plan, into the file that PLANS names."""
        if "PLANS" in os.environ:
            texts = [
                f"{what}: {'; '.join(faults)}\n{query}\n{shown(query)}\n\n"
                for (what, query), faults in self.found.items()
            ]
            with Path(os.environ["PLANS"]).open("a") as file:
                file.writelines(texts)
        assert [f"{what}: {'; '.join(faults)}" for (what, _), faults in self.found.items()] == []


def test_every_page_reads_by_index(at: Ground) -> None:
    watch = Watch(at)
    for visit in visits(at):
        watch.send(visit.who, visit.what, visit.path, htmx=visit.htmx)
    watch.tell()


@pytest.mark.parametrize("automatically", [True, False])
def test_every_click_on_a_timer_reads_by_index(at: Ground, *, automatically: bool) -> None:
    Workspace.objects.update(create_entries_automatically=automatically, one_running_timer=not automatically)
    watch = Watch(at)
    taken = Timer.objects.filter(user__username=at.agent, state__in=Timer.OPEN).values("conversation")
    idle = Conversation.objects.open().filter(workspace=at.workspace).exclude(pk__in=taken)
    conversation = idle.earliest("pk").pk
    on = {"on": conversation, "marks": "", "note": ""}

    def click(verb: str, **fields: Any) -> None:
        timer = Timer.objects.filter(conversation=conversation, user__username=at.agent).latest("pk")
        watch.send("agent", verb, f"/timers/{timer.pk}/{verb}/", on | fields)

    watch.send("agent", "start on", f"/conversations/{conversation}/timer/start/", on)
    click("note", note="What was done")
    for verb in ("stop", "cancel", "restore", "start", "stop"):
        click(verb)
    click("convert", kind="time")
    entry = BillingEntry.objects.latest("pk")
    click("save", **form_of(entry))
    click("restore")
    watch.tell()


def form_of(entry: BillingEntry) -> dict[str, Any]:
    """What the form of an entry sends when nothing was changed in it."""
    return {
        "kind": entry.kind,
        "billing_type": entry.billing_type_id,
        "billed": f"{entry.billed_seconds}s",
        "date": entry.date,
        "description": entry.description,
        "version": entry.version,
    }


def test_every_click_on_an_entry_reads_by_index(at: Ground) -> None:
    watch = Watch(at)
    new = BillingEntry.objects.new().filter(workspace=at.workspace).exclude(user__username=at.agent)
    one, two, three, four = new.order_by("pk")[:4]
    own = BillingEntry.objects.get(pk=at.entry)
    watch.send("agent", "calculate", f"/billing/{own.pk}/calculate/", form_of(own))
    watch.send("agent", "save an entry", f"/billing/{own.pk}/", form_of(own), htmx=False)
    by_hand = form_of(own) | {"conversation": at.conversation, "worked": "1:30"}
    watch.send("agent", "an entry by hand", "/billing/new/", by_hand, htmx=False)
    watch.send("manager", "approve", f"/billing/{one.pk}/approve/", {"version": one.version})
    decided = BillingEntry.objects.get(pk=one.pk).reviewed_at
    assert decided
    moment = (decided - decided.replace(microsecond=0)).microseconds + int(decided.timestamp()) * 10**6
    watch.send("manager", "undo", f"/billing/review/undo/?at={moment}", {})
    assert BillingEntry.objects.get(pk=one.pk).state == "new"
    answer = {"version": two.version, "comment": "Why?"}
    watch.send("manager", "return", f"/billing/{two.pk}/return/", answer)
    chosen = {"decision": "approve", "entry": [f"{each.pk}:{each.version}" for each in (three, four)]}
    watch.send("manager", "approve some", "/billing/review/decide/", chosen)
    watch.send("manager", "discard", f"/billing/{one.pk}/discard/", {})
    watch.send("manager", "reinstate", f"/billing/{one.pk}/reinstate/", {})
    watch.send("manager", "export", "/billing/batches/export/", {"workspace": at.workspace}, htmx=False)
    watch.send("manager", "reverse", f"/billing/batches/{at.batch}/reverse/", {}, htmx=False)
    watch.tell()


@pytest.mark.parametrize(
    ("who", "path", "told_by", "scan"),
    [
        (
            "manager",
            "/billing/review/",
            'SUM("billing_billingentry"."version")',
            "Index Only Scan using entries_to_add_up",
        ),
        ("agent", "/conversations/{}/", "'seconds'", "Index Only Scan using entries_for_a_customer"),
        ("agent", "/conversations/{}/", '"conversations_message"', "using messages_of_a_conversation"),
        ("manager", "/billing/review/", "_historicalmembership", "Index Only Scan using once_members"),
        ("manager", "/billing/review/", "OFFSET", "Index Only Scan using names_of_users"),
    ],
)
def test_what_is_read_at_each_look_is_in_an_index_for_it(
    at: Ground, who: str, path: str, told_by: str, scan: str
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no index that holds more than it finds by")
    watch = Watch(at)
    watch.send(who, "page", path.format(at.conversation), htmx=False)
    (query,) = [query for query in watch.prepared if told_by in query]
    assert scan in shown(query)


def test_where_few_entries_wait_nobody_is_looked_up_but_their_agents(at: Ground) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite looks up each agent by their id, however many wait")
    watch = Watch(at)
    few = Workspace.objects.exclude(pk=at.workspace).filter(entries__state="new").earliest("pk")
    manager = User.objects.filter(memberships__workspace=few, memberships__role="manager").earliest("pk")
    assert few.entries.new().count() <= review_reads.FEW
    watch.clients["manager"].force_login(manager)
    watch.send("manager", "review", "/billing/review/", htmx=False)
    (query,) = [query for query in watch.prepared if "OFFSET" in query]
    plan = shown(query)
    assert "Index Cond: (id = " in plan
    assert not re.search(
        r"(Seq|Index) Scan (using workspaces_user_pkey )?on workspaces_user.*\n(?!.*Index Cond)", plan
    )


def test_every_click_in_a_conversation_reads_by_index(at: Ground) -> None:
    watch = Watch(at)
    about = f"/conversations/{at.conversation}/"
    watch.send("agent", "post", f"{about}post/", {"kind": "reply", "body": "It works."})
    watch.send("agent", "assign", f"{about}assign/", {"user": ""})
    watch.send("agent", "close", f"{about}close/", {})
    watch.send("agent", "reopen", f"{about}reopen/", {})
    opened = {"customer": at.customer, "subject": "New", "kind": "incoming", "body": "Could you look?"}
    watch.send("agent", "a new conversation", "/conversations/new/", opened, htmx=False)
    watch.tell()


# That the tests above can fail.


def test_a_query_that_was_prepared_before_has_the_small_bounds(at: Ground) -> None:
    with CaptureQueriesContext(connection) as captured:
        count_the_queue(at)
    (query,) = captured
    assert f"LIMIT {SMALL_BOUND + 1})" in query["sql"]


def missing(at: Ground, columns: str, look: Callable[[Watch], None]) -> list[str]:
    """What is found without any index that begins with these columns."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE %s",
                [f"%({columns}%"],
            )
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND replace(sql, '\"', '') LIKE %s",
                [f"%({columns}%"],
            )
        names = [name for (name,) in cursor.fetchall()]
        assert names
        for name in names:
            cursor.execute(f'DROP INDEX "{name}"')
    watch = Watch(at)
    look(watch)
    return [f"{what}: {'; '.join(faults)}" for (what, _), faults in watch.found.items()]


def test_a_page_without_its_index_is_found(at: Ground) -> None:
    def look(watch: Watch) -> None:
        watch.send("agent", "conversation", f"/conversations/{at.conversation}/", htmx=False)

    scan = "Seq Scan on conversations_message" if connection.vendor == "postgresql" else "SCAN "
    assert any(scan in each for each in missing(at, "conversation_id", look))


def test_a_prepared_query_is_judged_by_the_plan_for_any_values(at: Ground) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans each query anew")
    watch = Watch(at)
    watch.send("agent", "poll", "/timers/status/")
    assert any("timers_timer" in query for query in watch.prepared)
    assert faults_of("SELECT id FROM timers_timer WHERE note = $1")
    assert faults_of("SELECT id FROM timers_timer WHERE conversation_id = $1") == []


def test_a_query_that_reads_a_whole_workspace_is_found(at: Ground) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite does not say how much it would read")
    here = BillingEntry.objects.filter(workspace=at.workspace)
    with CaptureQueriesContext(connection) as captured:
        list(here.order_by("description")[:50])
        list(here.new().order_by("-date", "-pk")[:50])
    everything, some = captured
    assert faults_of(everything["sql"])
    assert faults_of(some["sql"]) == []
