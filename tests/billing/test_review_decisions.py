"""What a reviewer decides, on one entry or on many: approve, return, discard, set back."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import BillingEntry, EditConflict
from tests.billing.queue_page import DECIDE, HTMX, QUEUE, UNFLAGGED, columns, make, seen, states, toast
from tests.factories import MembershipFactory

SINGLE = [("approve", {}, "approved"), ("return", {"comment": "Split it, please."}, "returned")]


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


def test_a_manager_decides_on_nothing_where_they_are_an_agent(as_manager, manager, foreign_conversation):
    MembershipFactory(workspace=foreign_conversation.workspace, user=manager)
    own = make(manager, foreign_conversation)
    assert as_manager.post(f"/billing/{own.pk}/approve/", {"version": own.version}).status_code == 403
    assert states([own]) == ["new"]


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


def test_with_htmx_it_is_said_which_rows_leave_and_the_page_then_asks_for_the_queue(as_manager, entries):
    body = {"decision": "approve", "entry": seen(*entries[:2])}
    response = as_manager.post(DECIDE, body, **HTMX)
    assert response.status_code == 200
    assert response["HX-Reswap"] == "none"
    assert json.loads(response["HX-Trigger"]) == {"decided": {"entries": [each.pk for each in entries[:2]]}}
    assert "2 entries approved, 240.00 EUR." in response.content.decode()
    queue = as_manager.get(f"{QUEUE}?group=day", **HTMX)
    page = queue.content.decode()
    assert "HX-Push-Url" not in queue
    assert 'id="review-badge" hx-swap-oob="true">1<' in page
    assert f'id="row-{entries[2].pk}"' in page
    assert f'id="row-{entries[0].pk}"' not in page


def test_what_stood_already_leaves_the_page_too(as_manager, manager, entries):
    entries[0].approve(by=manager, now=timezone.now())
    address = f"/billing/{entries[0].pk}/approve/"
    response = as_manager.post(address, {"version": entries[0].version}, **HTMX)
    assert json.loads(response["HX-Trigger"]) == {"decided": {"entries": [entries[0].pk]}}


def test_a_page_asks_for_the_queue_that_it_shows(as_manager, agent, conversation):
    for _ in range(52):
        make(agent, conversation)
    page = as_manager.get(f"{QUEUE}?group=day&page=2&flag=").content.decode()
    assert f'id="again" hidden hx-get="{QUEUE}?group=day&amp;page=2"' in page


def test_the_links_of_the_queue_that_comes_back_keep_its_filters(as_manager, agent, conversation):
    chosen, *_ = [make(agent, conversation) for _ in range(52)]
    shown = seen(chosen)
    chosen.revise(by=agent, version=chosen.version, now=timezone.now(), billed_seconds=60)
    response = as_manager.post(DECIDE, {"decision": "approve", "entry": shown}, **HTMX)
    assert response.status_code == 409
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
