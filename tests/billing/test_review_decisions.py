"""What a reviewer decides, on one entry or on many: approve, return, discard, set back, undo."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import BillingEntry, EditConflict
from tests.cast import sign_in
from tests.factories import BillingEntryFactory, ConversationFactory, ExportBatchFactory, MembershipFactory
from workspaces.models import Membership

QUEUE = "/billing/review/"
DECIDE = "/billing/review/decide/"
UNFLAGGED = "/billing/review/unflagged/"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{QUEUE}?group=day"}


@pytest.fixture
def entry(agent, conversation):
    return make(agent, conversation)


@pytest.fixture
def entries(agent, colleague, conversation):
    """Three, of two agents."""
    return [make(user, conversation) for user in (agent, colleague, agent)]


@pytest.fixture
def foreign_entry(outsider, foreign_conversation):
    return make(outsider, foreign_conversation)


def make(user, conversation, **fields):
    return BillingEntryFactory(
        user=user, conversation=conversation, **{"confirmed_at": timezone.now()} | fields
    )


def columns(entry):
    return BillingEntry.objects.filter(pk=entry.pk).values().get()


def seen(*entries):
    return [f"{entry.pk}:{entry.version}" for entry in entries]


def states(entries):
    return [BillingEntry.objects.get(pk=entry.pk).state for entry in entries]


def toast(response):
    """The text of the only message, and the address that undoes."""
    (message,) = get_messages(response.wsgi_request)
    return message.message, message.extra_tags


SINGLE = [("approve", {}, "approved"), ("return", {"comment": "Split it, please."}, "returned")]


@pytest.mark.parametrize(("verb", "fields", "state"), SINGLE)
def test_a_decision_on_one_entry(as_manager, manager, entry, verb, fields, state):
    response = as_manager.post(f"/billing/{entry.pk}/{verb}/", {"version": entry.version} | fields)
    assert (response.status_code, response.url) == (302, QUEUE)
    after = columns(entry)
    assert after["state"] == state
    assert after["reviewed_by_id"] == manager.pk
    assert after["reviewed_at"] is not None
    assert after["return_comment"] == fields.get("comment", "")
    assert after["version"] == entry.version + 1
    latest = entry.history.latest()
    assert (latest.history_user, latest.history_change_reason) == (manager, state.capitalize())


@pytest.mark.parametrize(("verb", "fields", "state"), SINGLE)
def test_a_repeated_decision_changes_nothing(as_manager, entry, verb, fields, state):
    for _ in range(2):
        as_manager.post(f"/billing/{entry.pk}/{verb}/", {"version": entry.version} | fields)
        after = columns(entry)
    assert columns(entry) == after
    assert after["version"] == entry.version + 1
    assert entry.history.count() == 2


@pytest.mark.parametrize(("verb", "fields", "state"), SINGLE)
@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("colleague", 403), ("outsider", 404)])
def test_nobody_else_decides(request, entry, verb, fields, state, who, status):
    before = columns(entry)
    client = request.getfixturevalue(f"as_{who}")
    response = client.post(f"/billing/{entry.pk}/{verb}/", {"version": entry.version} | fields)
    assert response.status_code == status
    assert columns(entry) == before


def test_an_entry_elsewhere_answers_as_one_that_does_not_exist(as_manager, foreign_entry):
    for number in (foreign_entry.pk, 999_999):
        assert as_manager.post(f"/billing/{number}/approve/").status_code == 404


@pytest.mark.parametrize("address", [DECIDE, UNFLAGGED, "/billing/review/undo/", "/billing/1/approve/"])
def test_decisions_are_posted(as_manager, address):
    assert as_manager.get(address).status_code == 405


@pytest.mark.parametrize("version", ["x", "-1", "1.5", "NaN", str(10**30), "9" * 5000])
@pytest.mark.parametrize("verb", ["approve", "return"])
def test_a_version_that_makes_no_sense_is_refused(as_manager, entry, verb, version):
    response = as_manager.post(f"/billing/{entry.pk}/{verb}/", {"version": version, "comment": "x"})
    assert response.status_code == 422
    assert states([entry]) == ["new"]


def test_other_fields_are_ignored(as_manager, entry):
    before = columns(entry)
    body = {"version": entry.version, "amount": 1, "user": 1, "raw_seconds": 1, "workspace": 1}
    as_manager.post(f"/billing/{entry.pk}/approve/", body)
    decided = {"state", "version", "updated_at", "reviewed_by_id", "reviewed_at"}
    assert {name for name, value in columns(entry).items() if value != before[name]} == decided


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_what_was_edited_meanwhile_is_not_approved(as_manager, agent, entry, extra):
    shown = entry.version
    entry.revise(by=agent, version=shown, now=timezone.now(), billed_seconds=5400)
    response = as_manager.post(f"/billing/{entry.pk}/approve/", {"version": shown}, **extra)
    assert response.status_code == 409
    page = response.content.decode()
    assert "1 entry had changed and was not approved." in page
    assert "New, 1:30:00, 180.00 EUR" in page
    assert ">changed</span>" in page
    assert states([entry]) == ["new"]


def test_what_was_returned_meanwhile_is_not_approved(as_manager, manager, entry):
    entry.return_(by=manager, comment="No", now=timezone.now())
    response = as_manager.post(f"/billing/{entry.pk}/approve/", {"version": entry.version})
    assert response.status_code == 409
    assert states([entry]) == ["returned"]


def test_an_approved_entry_cannot_be_edited(as_manager, agent, entry):
    shown = entry.version
    as_manager.post(f"/billing/{entry.pk}/approve/", {"version": shown})
    with pytest.raises(EditConflict):
        entry.revise(by=agent, version=shown, now=timezone.now(), billed_seconds=60)


# Returning


@pytest.mark.parametrize("comment", ["", "  \n ", "\0", "x" * 2001])
@pytest.mark.parametrize("extra", [{}, HTMX])
def test_returning_needs_a_comment(as_manager, entry, comment, extra):
    address = f"/billing/{entry.pk}/return/"
    response = as_manager.post(address, {"version": entry.version, "comment": comment}, **extra)
    assert response.status_code == 422
    assert "aria-invalid" in response.content.decode()
    assert response.get("HX-Retarget") == ("#return" if extra else None)
    assert states([entry]) == ["new"]


def test_the_form_for_the_comment_is_a_page_and_a_dialog(as_manager, entry):
    address = f"/billing/{entry.pk}/return/?version={entry.version}"
    page = as_manager.get(address)
    assert "<html" in page.content.decode()
    assert "Return to Katharina Wiegand" in page.content.decode()
    dialog = as_manager.get(address, **HTMX)
    assert "<html" not in dialog.content.decode()
    assert dialog["HX-Retarget"] == "#return"
    assert f'name="entry" value="{entry.pk}:{entry.version}"' in dialog.content.decode()


def test_a_returned_entry_is_not_returned_again_with_another_comment(as_manager, entry):
    for comment in ("First", "Second"):
        as_manager.post(f"/billing/{entry.pk}/return/", {"version": entry.version, "comment": comment})
    assert columns(entry)["return_comment"] == "First"


def test_a_line_break_in_the_comment_counts_as_one_character(as_manager, entry):
    body = {"version": entry.version, "comment": "x" * 1998 + "\r\ny"}
    assert as_manager.post(f"/billing/{entry.pk}/return/", body).status_code == 302
    assert columns(entry)["return_comment"] == "x" * 1998 + "\ny"


# Many at once


@pytest.mark.parametrize(
    ("decision", "state"), [("approve", "approved"), ("return", "returned"), ("discard", "discarded")]
)
def test_a_decision_on_many(as_manager, manager, entries, decision, state):
    body = {"decision": decision, "entry": seen(*entries), "comment": "Please check."}
    response = as_manager.post(DECIDE, body | {"next": f"{QUEUE}?group=day"})
    assert (response.status_code, response.url) == (302, f"{QUEUE}?group=day")
    assert states(entries) == [state] * 3
    assert toast(response)[0] == f"3 entries {state}, 360.00 EUR."
    assert {entry.history.latest().history_user for entry in entries} == {manager}
    assert {entry.history.latest().version for entry in entries} == {2}


def test_with_htmx_the_queue_comes_back_with_badge_and_toast(as_manager, entries):
    body = {"decision": "approve", "entry": seen(*entries[:2])}
    response = as_manager.post(DECIDE, body, **HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert response["HX-Retarget"] == "#queue"
    assert 'id="review-badge" hx-swap-oob="true">1<' in page
    assert "2 entries approved, 240.00 EUR." in page
    assert f'id="row-{entries[2].pk}"' in page
    assert f'id="row-{entries[0].pk}"' not in page


def test_the_links_of_the_queue_that_comes_back_keep_its_filters(as_manager, agent, conversation):
    chosen, *_ = [make(agent, conversation) for _ in range(52)]
    response = as_manager.post(DECIDE, {"decision": "approve", "entry": seen(chosen)}, **HTMX)
    assert 'href="?group=day&amp;page=2"' in response.content.decode()


def test_those_that_changed_meanwhile_are_told_and_the_others_are_approved(as_manager, agent, entries):
    shown = seen(*entries)
    entries[0].revise(by=agent, version=entries[0].version, now=timezone.now(), billed_seconds=60)
    response = as_manager.post(DECIDE, {"decision": "approve", "entry": shown})
    assert response.status_code == 409
    assert states(entries) == ["new", "approved", "approved"]
    page = response.content.decode()
    assert "1 entry had changed and was not approved." in page
    assert "2 entries approved, 240.00 EUR." in page


def test_repeating_it_changes_nothing(as_manager, entries):
    body = {"decision": "approve", "entry": seen(*entries)}
    as_manager.post(DECIDE, body)
    before = [columns(entry) for entry in entries]
    response = as_manager.post(DECIDE, body)
    assert response.status_code == 302
    assert [columns(entry) for entry in entries] == before


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_with_a_foreign_entry_among_them_nothing_changes(as_manager, entries, foreign_entry, extra):
    body = {"decision": "approve", "entry": seen(*entries, foreign_entry)}
    response = as_manager.post(DECIDE, body, **extra)
    assert response.status_code == 422
    assert "Nothing was changed." in response.content.decode()
    assert states([*entries, foreign_entry]) == ["new"] * 4


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "approve"},
        {"decision": "approve", "entry": ["1"]},
        {"decision": "approve", "entry": ["1:"]},
        {"decision": "approve", "entry": ["x:1"]},
        {"decision": "approve", "entry": ["NaN:NaN"]},
        {"decision": "approve", "entry": [f"{10**30}:1"]},
        {"decision": "approve", "entry": ["9" * 5000 + ":1"]},
        {"decision": "approve", "entry": ["\0:1"]},
        {"decision": "approve", "entry": ["999999:1"]},
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(as_manager, entry, body):
    response = as_manager.post(DECIDE, body)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("decision", ["", "invoice", "APPROVE", "\0"])
def test_an_unknown_decision_is_refused(as_manager, entry, decision):
    assert as_manager.post(DECIDE, {"decision": decision, "entry": seen(entry)}).status_code == 422
    assert states([entry]) == ["new"]


def test_agents_decide_on_nothing(as_agent, entry):
    assert as_agent.post(DECIDE, {"decision": "approve", "entry": seen(entry)}).status_code == 403
    assert as_agent.post(UNFLAGGED).status_code == 403
    assert as_agent.post("/billing/review/undo/?at=1").status_code == 403
    assert states([entry]) == ["new"]


def test_asking_for_the_comment_lists_what_was_chosen_and_changes_nothing(as_manager, entries):
    response = as_manager.post(DECIDE, {"decision": "ask", "entry": seen(*entries)})
    assert response.status_code == 200
    page = response.content.decode()
    assert "Return 3 entries" in page
    for value in seen(*entries):
        assert f'value="{value}"' in page
    assert states(entries) == ["new"] * 3


def test_returning_many_needs_a_comment(as_manager, entries):
    response = as_manager.post(DECIDE, {"decision": "return", "entry": seen(*entries), "comment": " "})
    assert response.status_code == 422
    assert states(entries) == ["new"] * 3


def test_approved_and_discarded_entries_can_be_set_back(as_manager, manager, entries):
    now = timezone.now()
    entries[0].approve(by=manager, now=now)
    entries[1].discard(by=manager, now=now)
    entries[2].return_(by=manager, comment="Split it", now=now)
    entries[2].discard(by=manager, now=now)
    as_manager.post(DECIDE, {"decision": "reinstate", "entry": seen(*entries)})
    assert states(entries) == ["new", "new", "returned"]
    assert columns(entries[2])["return_comment"] == "Split it"
    reasons = [entry.history.latest().history_change_reason for entry in entries]
    assert reasons == ["Back to New", "Back to New", "Back to Returned"]


def test_five_discarded_entries_are_set_back_with_as_many_queries_as_one(manager, agent, conversation):
    now = timezone.now()
    queries = []
    for count in (1, 5):
        entries = [make(agent, conversation) for _ in range(count)]
        for entry in entries:
            entry.return_(by=manager, comment="Split it", now=now)
            entry.discard(by=manager, now=now)
        versions = {entry.pk: entry.version for entry in entries}
        with CaptureQueriesContext(connection) as captured:
            BillingEntry.objects.reinstate(versions, by=manager, now=now)
        assert states(entries) == ["returned"] * count
        queries.append(len(captured))
    assert queries[0] == queries[1]


def test_an_invoiced_entry_cannot_be_set_back(as_manager, agent, conversation):
    entry = make(agent, conversation, state="invoiced")
    response = as_manager.post(DECIDE, {"decision": "reinstate", "entry": seen(entry)})
    assert response.status_code == 409
    assert states([entry]) == ["invoiced"]


# All without flags


def fingerprint(client, query=""):
    found = re.search(r'name="shown" value="([0-9a-f]+)"', client.get(f"{QUEUE}?{query}").content.decode())
    return found[1] if found else ""


def test_all_without_flags_are_approved(as_manager, agent, conversation, entries):
    flagged = make(agent, conversation, confirmed_at=None)
    response = as_manager.post(UNFLAGGED, {"shown": fingerprint(as_manager)})
    assert response.status_code == 302
    assert states([*entries, flagged]) == ["approved"] * 3 + ["new"]
    assert toast(response)[0] == "3 entries approved, 360.00 EUR."


def test_only_what_the_filter_leaves_is_approved(as_manager, colleague, entries):
    query = f"agent={colleague.pk}"
    body = {"shown": fingerprint(as_manager, query), "next": f"{QUEUE}?{query}"}
    as_manager.post(UNFLAGGED, body)
    assert states(entries) == ["new", "approved", "new"]


def test_nothing_is_approved_under_a_filter_that_makes_no_sense(as_manager, entries):
    body = {"shown": fingerprint(as_manager), "next": f"{QUEUE}?agent=0"}
    assert as_manager.post(UNFLAGGED, body).status_code in (409, 422)
    assert states(entries) == ["new"] * 3


@pytest.mark.parametrize("change", ["joins", "leaves", "changes"])
def test_nothing_is_approved_once_what_was_shown_has_changed(
    as_manager, manager, agent, conversation, entries, change
):
    shown = fingerprint(as_manager)
    now = timezone.now()
    if change == "joins":
        entries.append(make(agent, conversation))
    elif change == "leaves":
        entries.pop(0).approve(by=manager, now=now)
    else:
        entries[0].revise(by=agent, version=entries[0].version, now=now, description="Another")
    response = as_manager.post(UNFLAGGED, {"shown": shown})
    assert response.status_code == 409
    assert "Nothing was approved." in response.content.decode()
    assert states(entries) == ["new"] * len(entries)


def test_nothing_is_approved_once_one_left_and_another_came_in_its_place(
    as_manager, manager, agent, conversation
):
    """As many as before, of the same versions, with the same last one."""
    leaves, joins, stays = (make(agent, conversation, confirmed_at=None) for _ in range(3))
    for entry in (leaves, stays):
        entry.revise(by=agent, version=entry.version, now=timezone.now())
    shown = fingerprint(as_manager)
    leaves.approve(by=manager, now=timezone.now())
    joins.revise(by=agent, version=joins.version, now=timezone.now())
    assert as_manager.post(UNFLAGGED, {"shown": shown}).status_code == 409
    assert states([joins, stays]) == ["new", "new"]


def test_nothing_is_approved_once_two_left_and_two_others_came_in_their_place(
    as_manager, manager, agent, conversation
):
    """Also the sums of their numbers and of their versions are the same."""
    first, second, third, fourth = (make(agent, conversation, confirmed_at=None) for _ in range(4))
    for entry in (first, fourth):
        entry.revise(by=agent, version=entry.version, now=timezone.now())
    shown = fingerprint(as_manager)
    for entry in (first, fourth):
        entry.approve(by=manager, now=timezone.now())
    for entry in (second, third):
        entry.revise(by=agent, version=entry.version, now=timezone.now())
    assert first.pk + fourth.pk == second.pk + third.pk
    assert as_manager.post(UNFLAGGED, {"shown": shown}).status_code == 409
    assert states([second, third]) == ["new", "new"]


def test_nothing_is_approved_once_one_changed_while_the_clock_was_set_back(as_manager, agent, entries):
    shown = fingerprint(as_manager)
    earlier = timezone.now() - timedelta(hours=1)
    entries[0].revise(by=agent, version=entries[0].version, now=earlier, description="Another")
    assert as_manager.post(UNFLAGGED, {"shown": shown}).status_code == 409
    assert states(entries) == ["new"] * 3


@pytest.mark.parametrize("change", ["role", "week"])
def test_what_is_shown_differs_in_another_week_and_another_role(
    as_manager, manager, agent, conversation, other_workspace, change
):
    """Then others come in without any change of theirs; here none do."""
    make(agent, conversation, day=date(2026, 3, 20))
    with time_machine.travel(datetime(2026, 3, 22, 12, tzinfo=UTC)):
        shown = fingerprint(as_manager, "dates=month")
        if change == "role":
            MembershipFactory(workspace=other_workspace, user=manager, role=Membership.Role.MANAGER)
        assert (fingerprint(as_manager, "dates=month") != shown) is (change == "role")
        assert fingerprint(as_manager, "dates=week") != shown


def test_the_page_counts_those_without_flags_and_reads_none(as_manager, entries):
    with CaptureQueriesContext(connection) as queries:
        as_manager.get(QUEUE)
    read = [
        sql
        for sql in (query["sql"] for query in queries)
        if sql.startswith('SELECT "billing_billingentry"') and "LIMIT" not in sql and "GROUP BY" not in sql
    ]
    assert read == []


# Undo


@pytest.mark.parametrize("decision", ["approve", "discard"])
def test_a_decision_can_be_undone(as_manager, entries, decision):
    body = {"decision": decision, "entry": seen(*entries), "next": f"{QUEUE}?group=day"}
    _, address = toast(as_manager.post(DECIDE, body))
    response = as_manager.post(address)
    assert (response.status_code, response.url) == (302, f"{QUEUE}?group=day")
    assert states(entries) == ["new"] * 3
    before = [columns(entry) for entry in entries]
    assert as_manager.post(address).status_code == 302
    assert [columns(entry) for entry in entries] == before


def test_undoing_takes_back_that_decision_and_no_other(as_manager, manager, entries):
    _, first = toast(as_manager.post(DECIDE, {"decision": "approve", "entry": seen(*entries[:2])}))
    as_manager.post(f"/billing/{entries[2].pk}/approve/", {"version": entries[2].version})
    entries[0].reinstate(by=manager, now=timezone.now())
    entries[0].approve(by=manager, now=timezone.now() + timedelta(seconds=1))
    as_manager.post(first)
    assert states(entries) == ["approved", "new", "approved"]


def test_nobody_undoes_what_somebody_else_decided(as_manager, as_outsider, workspace, entry):
    _, address = toast(as_manager.post(f"/billing/{entry.pk}/approve/"))
    other_manager = MembershipFactory(workspace=workspace, role=Membership.Role.MANAGER).user
    for client in (as_outsider, sign_in(other_manager)):
        client.post(address)
        assert states([entry]) == ["approved"]


def test_what_was_invoiced_meanwhile_stays_so(as_manager, entry):
    _, address = toast(as_manager.post(f"/billing/{entry.pk}/approve/"))
    BillingEntry.objects.update(state="invoiced", batch=ExportBatchFactory(workspace=entry.workspace))
    assert as_manager.post(address).status_code == 409
    assert states([entry]) == ["invoiced"]


@pytest.mark.parametrize("at", ["", "x", "-1", "1e9", "9" * 17, "٣"])
def test_there_is_nothing_to_undo_at_an_address_that_makes_no_sense(as_manager, entry, at):
    assert as_manager.post(f"/billing/review/undo/?at={at}").status_code == 422


def test_returning_offers_no_undo(as_manager, entry):
    response = as_manager.post(f"/billing/{entry.pk}/return/", {"comment": "No"})
    assert toast(response) == ("1 entry returned to Katharina Wiegand, 120.00 EUR.", "")


# Where it leads


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_it_leads_nowhere_else(as_manager, entry, wanted):
    response = as_manager.post(f"/billing/{entry.pk}/approve/", {"version": entry.version, "next": wanted})
    assert response.url == QUEUE
    assert "evil" not in as_manager.get(f"/billing/{entry.pk}/return/?next={wanted}").content.decode()


def test_from_another_page_it_leads_back_there(as_manager, entry):
    address = f"/billing/{entry.pk}/"
    body = {"version": entry.version, "next": address}
    response = as_manager.post(f"/billing/{entry.pk}/approve/", body)
    assert response.url == address
    again = as_manager.post(f"/billing/{entry.pk}/approve/", body, **HTMX)
    assert again["HX-Redirect"] == address


def test_many_are_decided_with_as_many_queries_as_a_few(
    as_manager, agent, workspace, django_assert_max_num_queries
):
    chosen = [make(agent, ConversationFactory(customer__workspace=workspace)) for _ in range(30)]
    with django_assert_max_num_queries(25):
        as_manager.post(DECIDE, {"decision": "approve", "entry": seen(*chosen)})
    assert states(chosen) == ["approved"] * 30
