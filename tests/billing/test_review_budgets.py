"""How many queries the review takes, whatever stands in the queue."""

import pytest

from billing.flags import UNUSUALLY_LONG
from tests.billing.queue_page import DECIDE, QUEUE, make, seen, states
from tests.budgets import queries_of
from tests.cast import sign_in
from tests.factories import ConversationFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

#: Who asks, the timers of the top bar, the names in the filters, the counts, the sums, and the page.
PAGE = 6
#: Who asks; the lock on those whose entries they are, the entries, what is written of them, their history and
#: the timers that waited for the decision.
DECISION = 6


def entries(count, agent, workspace):
    """As many New ones, each with a conversation, a customer and a flag of its own, and more colleagues."""
    for _ in range(count):
        MembershipFactory(workspace=workspace)
    conversations = [ConversationFactory(customer__workspace=workspace) for _ in range(count)]
    return [make(agent, each, raw_seconds=UNUSUALLY_LONG + 1, confirmed_at=None) for each in conversations]


@pytest.mark.parametrize(
    "query", ["", "group=customer&sort=amount", "group=day&sort=oldest", "state=approved"]
)
def test_the_queue_takes_six_queries_at_one_row_and_at_thirty(manager, agent, workspace, query):
    client = sign_in(manager)
    taken = []
    for count in (1, 29):
        made = entries(count, agent, workspace)
        if query == "state=approved":
            for entry in made:
                entry.approve(by=manager, now=entry.created_at)
        taken.append(len(queries_of(client, "GET", QUEUE + "?" + query)))
    assert taken == [PAGE] * 2


@pytest.mark.parametrize("htmx", [True, False])
def test_filters_take_no_query_more(manager, agent, workspace, conversation, htmx):
    client = sign_in(manager)
    made = entries(30, agent, workspace)
    query = f"agent={agent.pk}&customer={made[0].conversation.customer_id}&flag=flagged&dates=month"
    # Only the regions of htmx have no top bar with timers.
    assert len(queries_of(client, "GET", f"{QUEUE}?{query}", htmx=htmx)) == PAGE - htmx


def test_an_empty_queue_takes_less(manager):
    assert len(queries_of(sign_in(manager), "GET", QUEUE)) == PAGE - 2


@pytest.mark.parametrize("before", [1, 30])
def test_approving_takes_six_queries_whatever_else_waits(manager, agent, workspace, before):
    entry, *others = entries(before, agent, workspace)
    address = f"/billing/{entry.pk}/approve/"
    sent = {"version": entry.version, "next": QUEUE}
    assert len(queries_of(sign_in(manager), "POST", address, sent, htmx=True)) == DECISION
    assert states([entry, *others]) == ["approved", *["new"] * len(others)]


@pytest.mark.parametrize("decision", ["approve", "discard"])
@pytest.mark.parametrize("count", [1, 25])  # of histories, SQLite's statements hold 28 rows
def test_deciding_on_many_takes_as_many_as_on_one(manager, agent, workspace, decision, count):
    made = entries(count, agent, workspace)
    sent = {"decision": decision, "entry": seen(*made), "next": QUEUE}
    assert len(queries_of(sign_in(manager), "POST", DECIDE, sent, htmx=True)) == DECISION
    assert len({*states(made)} - {"new"}) == 1
