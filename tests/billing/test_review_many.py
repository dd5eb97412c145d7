"""The queue of a workspace with more entries, agents or customers than are counted, sorted or listed."""

from datetime import date
from itertools import chain

import pytest

from billing import names, review, review_reads
from billing.models import BillingEntry
from tests.billing.queue_page import HTMX, QUEUE, UNFLAGGED, make, seen, states
from tests.factories import ConversationFactory, CustomerFactory, MembershipFactory
from workspaces import counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch):
    """More than two are too many to read here, and more than three to count."""
    monkeypatch.setattr(counts, "MOST", 3)
    monkeypatch.setattr(review_reads, "READ", 2)
    monkeypatch.setattr(review, "READ", 2)
    forget()
    yield
    forget()


def forget():
    """The limits stand in queries that were worked out before."""
    review_reads._counts_of_all.cache_clear()
    review_reads._page_of_all.cache_clear()


@pytest.fixture
def two_rows(monkeypatch):
    """On a page."""
    monkeypatch.setattr(review_reads, "PER_PAGE", 2)
    forget()
    yield
    forget()


@pytest.fixture
def entries(agent, colleague, conversation, workspace):
    """Five, of two agents in turn and each for a customer of its own, the latest and smallest first."""
    made = []
    for number in range(5):
        other = ConversationFactory(
            customer__workspace=workspace, customer__name=f"Customer {number % 3}{number}"
        )
        fields = {"day": date(2026, 3, 20 - number), "raw_seconds": 3600 * (number + 1)}
        made.append(make((agent, colleague)[number % 2], other, **fields))
    return made


def shown(client, query=""):
    response = client.get(f"{QUEUE}?{query}")
    assert response.status_code == 200
    return [row.pk for row in response.context["queue"].entries]


def test_counts_end_where_nobody_reads_on():
    assert [str(counts.Many(count)) for count in (0, 10_000, 10_001, 10**6)] == [
        "0",
        "10000",
        *["10,000+"] * 2,
    ]
    assert [counts.Many(count).is_beyond for count in (10_000, 10_001)] == [False, True]
    assert counts.Many(10**6) == 10_000


def test_no_row_is_counted_beyond(few):
    query = str(BillingEntry.objects.values_list(counts.CountOf(BillingEntry.objects.all())).query)
    assert "LIMIT 4) AS counted)" in query


@pytest.mark.parametrize("query", ["", "dates=range&since=2000-01-01"])
def test_more_than_are_counted_are_not_added_up(as_manager, entries, few, query):
    page = as_manager.get(f"{QUEUE}?{query}").content.decode()
    assert "<p>3+ new entries</p>" in page
    assert 'value="new" checked>New <span class="num">3+</span>' in page
    assert 'id="review-badge">3+<' in page
    assert "Approve unflagged" not in page


def test_as_many_as_are_counted_are_added_up(as_manager, manager, entries, few):
    for entry in entries[:3]:
        entry.approve(by=manager, now=entry.created_at)
    page = as_manager.get(QUEUE).content.decode()
    assert "2 new entries, 9:00:00 billed, 1,080.00 EUR" in page
    assert "Approve unflagged" in page


def test_what_filters_leave_in_another_state_is_not_counted_as_far(as_manager, manager, entries, monkeypatch):
    monkeypatch.setattr(review_reads, "FEW", 1)
    for entry in entries[:2]:
        entry.approve(by=manager, now=entry.created_at)
    numbers = '>New <span class="num">{}</span>', '>Approved <span class="num">{}</span>'

    def told(query):
        page = as_manager.get(f"{QUEUE}?{query}").content.decode()
        return [count for count in ("1+", "2", "3") for number in numbers if number.format(count) in page]

    assert told("") == ["2", "3"]
    assert told("dates=range&since=2000-01-01") == ["1+", "3"]
    assert told("dates=range&since=2000-01-01&state=approved") == ["1+", "2"]


def test_of_what_is_only_pointed_to_few_are_counted(as_manager, manager, entries, monkeypatch):
    monkeypatch.setattr(review_reads, "FEW", 1)
    forget()
    for entry in entries[:2]:
        entry.discard(by=manager, now=entry.created_at)
    assert ">1+ discarded</a>" in as_manager.get(QUEUE).content.decode()
    assert "2 discarded entries" in as_manager.get(f"{QUEUE}?state=discarded").content.decode()
    forget()


@pytest.mark.parametrize("query", ["", "page=2", "sort=amount", "group=customer&page=2", "state=approved"])
def test_few_and_many_are_shown_alike(as_manager, manager, entries, two_rows, monkeypatch, query):
    for entry in entries[3:]:
        entry.approve(by=manager, now=entry.created_at)
    few = shown(as_manager, query)
    monkeypatch.setattr(review_reads, "FEW", 0)
    assert shown(as_manager, query) == few != []


@pytest.mark.parametrize(
    "query", ["", "sort=oldest", "sort=amount", "group=customer", "group=day", "dates=range"]
)
def test_the_pages_together_are_all_of_it_in_order(as_manager, entries, monkeypatch, query):
    """Those nearer to the end are found from there."""
    whole = shown(as_manager, query)
    for size in (1, 2, 3, 4):
        monkeypatch.setattr(review_reads, "PER_PAGE", size)
        monkeypatch.setattr(review, "PER_PAGE", size)
        forget()
        pages = [shown(as_manager, f"{query}&page={number}") for number in range(1, -(-5 // size) + 1)]
        assert list(chain.from_iterable(pages)) == whole
        assert set(map(len, pages[:-1])) <= {size}
    forget()


def test_what_discarded_entries_would_have_come_to_is_not_said(as_manager, manager, entries):
    entries[0].discard(by=manager, now=entries[0].created_at)
    assert "<p>1 discarded entry</p>" in as_manager.get(f"{QUEUE}?state=discarded").content.decode()


def test_more_than_are_counted_are_not_approved_at_once(as_manager, entries, few):
    scope = repr(([entries[0].workspace_id], (None, None)))
    shown = review.Unflagged.of(scope, BillingEntry.objects.all()).fingerprint
    response = as_manager.post(UNFLAGGED, {"shown": shown}, **HTMX)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Nothing was approved." in page
    assert "without flags now" not in page
    assert states(entries) == ["new"] * 5


def test_pages_end_with_what_is_counted(as_manager, entries, few, monkeypatch):
    monkeypatch.setattr(review, "PER_PAGE", 1)
    monkeypatch.setattr(review_reads, "PER_PAGE", 1)
    page = as_manager.get(f"{QUEUE}?page=99&group=day")
    assert [row.pk for row in page.context["queue"].entries] == [entries[2].pk]
    assert "3–3 of 3+" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "order"),
    [
        # Colleague comes before agent, by the name.
        ("group=agent", [1, 0]),
        ("group=agent&sort=oldest", [3, 4]),
        ("group=agent&sort=amount", [1, 0]),
        ("group=day&sort=amount", [0, 1]),
        ("group=customer&sort=billed", [0, 1]),
    ],
)
def test_of_more_than_are_counted_a_page_has_the_latest_in_its_own_groups(
    as_manager, entries, few, two_rows, query, order
):
    assert shown(as_manager, query) == [entries[number].pk for number in order]


@pytest.mark.parametrize(
    ("group", "sort", "order"),
    [
        ("agent", "", [1, 3, 0, 2, 4]),
        ("agent", "amount", [3, 1, 4, 2, 0]),
        ("customer", "", [0, 3, 1, 4, 2]),
        ("customer", "billed", [0, 3, 1, 4, 2]),
        ("day", "amount", [0, 1, 2, 3, 4]),
    ],
)
def test_a_page_puts_itself_in_the_order_that_the_database_gives(as_manager, entries, group, sort, order):
    in_order = shown(as_manager, f"group={group}&sort={sort}")
    assert in_order == [entries[number].pk for number in order]
    found = as_manager.get(f"{QUEUE}?group=day").context["queue"].entries
    assert [row.pk for row in review_reads.put_in_order(found, group, sort)] == in_order


def test_of_more_than_are_put_in_groups_each_page_is_by_itself(as_manager, entries, two_rows, monkeypatch):
    monkeypatch.setattr(review_reads, "READ", 4)
    assert shown(as_manager, "group=customer") == [entries[0].pk, entries[1].pk]
    assert shown(as_manager, "group=customer&sort=oldest") == [entries[3].pk, entries[4].pk]


def test_what_has_a_flag_is_not_added_up_where_all_would_be_looked_at(as_manager, entries, few):
    for entry in entries[:1]:
        BillingEntry.objects.filter(pk=entry.pk).update(confirmed_at=None)
    page = as_manager.get(f"{QUEUE}?flag=flagged").content.decode()
    assert "<p>1 new entry</p>" in page
    assert f'id="row-{entries[0].pk}"' in page


# The filters by name


@pytest.fixture
def short(monkeypatch):
    """Three names are too many to list."""
    monkeypatch.setattr(names, "LISTED", 2)
    names._all_named._compiled.clear()
    yield
    names._all_named._compiled.clear()


def test_of_too_many_names_a_part_is_typed(as_manager, entries, workspace, short):
    page = as_manager.get(f"{QUEUE}?customer=tomer 1").content.decode()
    assert '<input type="search" name="customer" value="tomer 1"' in page
    assert 'placeholder="Every customer"' in page
    assert '<input type="search" name="agent"' in page
    assert shown(as_manager, "customer=tomer 1") == [entries[1].pk, entries[4].pk]
    assert shown(as_manager, f"customer={entries[2].conversation.customer_id}") == [entries[2].pk]


def test_agents_are_found_by_all_the_words_that_are_typed(as_manager, entries, workspace, short):
    third = make(
        MembershipFactory(workspace=workspace, user__first_name="Jonas", user__last_name="Brandt").user,
        entries[0].conversation,
    )
    jonas = [third.pk, entries[1].pk, entries[3].pk]
    assert shown(as_manager, "agent=jonas") == jonas
    assert shown(as_manager, "agent=lindq jonas") == jonas[1:]


@pytest.mark.parametrize("text", ["nobody", "7", "9" * 18, "9" * 5000, "x " * 2000, "%", "_"])
def test_a_name_that_nobody_has_shows_nothing_and_says_so(as_manager, entries, short, text):
    response = as_manager.get(QUEUE, {"customer": text})
    assert response.status_code == 422
    assert response.context["queue"].entries == []
    assert "Customer: There is no such name here. A part of it is enough." in response.content.decode()


def test_a_typed_name_finds_none_of_another_workspace(as_manager, entries, foreign_conversation, short):
    CustomerFactory(workspace=foreign_conversation.workspace, name="Foreign")
    assert as_manager.get(QUEUE, {"customer": "Foreign"}).status_code == 422


def test_a_part_of_too_many_names_is_refused(as_manager, entries, short, monkeypatch):
    monkeypatch.setattr(names, "MOST_FOUND", 2)
    assert len(shown(as_manager, "customer=tomer 1")) == 2
    response = as_manager.get(QUEUE, {"customer": "tomer"})
    assert response.status_code == 422
    assert response.context["queue"].entries == []
    assert "Customer: Too many have this in their name. Type more of it." in response.content.decode()


def test_what_is_approved_by_a_typed_name_is_what_is_shown(as_manager, entries, short):
    query = "customer=tomer 1"
    page = as_manager.get(f"{QUEUE}?{query}")
    body = {"shown": page.context["queue"].unflagged.fingerprint, "next": f"{QUEUE}?{query}"}
    as_manager.post(UNFLAGGED, body)
    assert states(entries) == ["new", "approved", "new", "new", "approved"]


def test_who_has_no_entries_is_no_filter(as_manager, manager, entries):
    page = as_manager.get(QUEUE).content.decode()
    assert f'<option value="{entries[0].user_id}">Katharina Wiegand</option>' in page
    assert manager.display_name not in page.split('name="agent"')[1].split("</select>")[0]


def test_a_former_member_is_still_a_filter(as_manager, entries):
    entries[0].user.memberships.all().delete()
    assert len(shown(as_manager, f"agent={entries[0].user_id}")) == 3
    assert seen(entries[0])
