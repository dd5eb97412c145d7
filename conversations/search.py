"""What a search finds: the newest conversations in which each of its words begins one.

Of the subject, of the customer, or of a message; a word like foo@example.com within one of them. And a number
finds its conversation. However many there are, no more is read than the newest ones that hold the words.
"""

# The SQL is made of names and numbers of ours; what is searched for are parameters.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from conversations.models import Conversation, Customer
from conversations.search_index import (
    ALL,
    BLOCK_BITS,
    CUSTOMERS,
    MESSAGE_BITS,
    MESSAGES,
    SUBJECTS,
    expression,
)
from conversations.words import Term, numbers_from, terms_of, words_of
from workspaces.models import User

#: So many conversations are found at most.
MOST = 300
#: So many by their titles.
MOST_TITLED = 100
#: Where only a customer's are wanted, they are looked for among so many.
MOST_OF_ALL = 1000
#: A word finds the conversations of so many customers.
MOST_CUSTOMERS = 500

Row = tuple[int, str, int | None]


class AtLeast(int):
    """A count that stops where the search did: "312+"."""

    def __str__(self) -> str:
        return f"{int(self)}+"


@dataclass(frozen=True)
class Found:
    """The newest conversations that a search finds: number, state and assignee of each."""

    rows: list[Row]

    @classmethod
    def by(cls, text: str, user: User, customer: Customer | None = None) -> Found:
        """Within the user's workspaces, of the customer if one is named; one query."""
        return cls(_find(text, user.workspace_ids, MOST + 1, in_messages=True, customer=customer))

    @classmethod
    def titled(cls, text: str, user: User) -> Found:
        """By subject and customer, and numbers that begin with what is typed; no message is read.

        Of many, those with the highest numbers.
        """
        return cls(_find(text, user.workspace_ids, MOST_TITLED, in_messages=False))

    @property
    def numbers(self) -> list[int]:
        return [number for number, _state, _assignee in self.rows[:MOST]]

    def count_by_view(self, user: User) -> dict[str, int]:
        """As `Listing.counts`."""
        kind = AtLeast if len(self.rows) > MOST else int
        found = self.rows[:MOST]
        open_ones = [assignee for _number, state, assignee in found if state == Conversation.State.OPEN]
        counts = {
            "open": len(open_ones),
            "mine": open_ones.count(user.pk),
            "unassigned": open_ones.count(None),
            "closed": len(found) - len(open_ones),
        }
        return {view: kind(count) for view, count in counts.items()}


@dataclass(frozen=True)
class _Word:
    """One word of a search: what a text has to hold, and the numbers that it may stand for."""

    terms: list[Term]
    numbers: list[tuple[int, int]]


def _find(
    text: str, workspaces: list[int], most: int, *, in_messages: bool, customer: Customer | None = None
) -> list[Row]:
    words = [_Word(terms_of(word), _numbers(word, exact=in_messages)) for word in words_of(text)]
    words = [word for word in words if word.terms]
    if not words or not workspaces:
        return []
    build = _for_postgresql if connection.vendor == "postgresql" else _for_sqlite
    sql, params = build(words, workspaces, most, in_messages=in_messages, customer=customer)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _numbers(word: str, *, exact: bool) -> list[tuple[int, int]]:
    ranges = numbers_from(word)
    return ranges[:1] if exact else ranges


# In PostgreSQL a search goes from block to block, from the newest, until it has found enough. The longest
# word, the rarest most likely, comes first: where a block does not have it, no other is looked for.


def _for_postgresql(
    words: list[_Word], workspaces: list[int], most: int, *, in_messages: bool, customer: Customer | None
) -> tuple[str, list[Any]]:
    steps = []
    params: list[Any] = []
    words = sorted(words, key=lambda word: -sum(len(term.text) for term in word.terms))
    for number, word in enumerate(words):
        hits, values = _hits(word, workspaces, in_messages=in_messages)
        params += values
        if number:
            before = f"word_{number - 1}.ids"
            hits = f"({hits}) INTERSECT SELECT unnest({before})"
            steps.append(f"(SELECT ARRAY({hits}) AS ids WHERE {before} <> '{{}}') AS word_{number}")
        else:
            steps.append(f"(SELECT ARRAY({hits}) AS ids) AS word_{number}")
    of_customer = "AND customer_id = %s" if customer else ""
    sql = f"""
        SELECT found.id, found.state, found.assignee_id FROM (
            SELECT id FROM generate_series(
                (SELECT max(id) >> {BLOCK_BITS} FROM conversations_conversation), 0, -1
            ) AS block
            CROSS JOIN LATERAL {" CROSS JOIN LATERAL ".join(steps)}
            CROSS JOIN LATERAL (
                SELECT id FROM unnest(word_{len(words) - 1}.ids) AS id ORDER BY id DESC
            ) AS hit
            LIMIT {MOST_OF_ALL if customer else most}
        ) AS hit
        CROSS JOIN LATERAL (
            SELECT id, state, assignee_id FROM conversations_conversation
            WHERE id = hit.id AND workspace_id = ANY(%s) {of_customer} OFFSET 0
        ) AS found
        LIMIT {most}"""
    return sql, [*params, workspaces, *([customer.pk] if customer else [])]


def _hits(word: _Word, workspaces: list[int], *, in_messages: bool) -> tuple[str, list[Any]]:
    """The conversations of a block that have the word somewhere."""
    query = _query(word.terms, workspaces)
    hits = [f"SELECT id FROM {SUBJECTS.table} WHERE {_holds(SUBJECTS)}"]
    params: list[Any] = [query]
    if in_messages:
        hits.append(f"SELECT conversation_id FROM {MESSAGES.table} WHERE {_holds(MESSAGES)}")
        params.append(query)
    hits.append(
        f"SELECT theirs.id FROM unnest(ARRAY(SELECT id FROM {CUSTOMERS.table}"
        f" WHERE {expression(CUSTOMERS)} @@ %s::tsquery LIMIT {MOST_CUSTOMERS}"
        ")) AS called CROSS JOIN LATERAL (SELECT id FROM conversations_conversation"
        f" WHERE customer_id = called AND {_IN_BLOCK} OFFSET 0) AS theirs"
    )
    params.append(_query(word.terms, workspaces, block="0"))
    for first, last in word.numbers:
        hits.append(
            f"SELECT id FROM conversations_conversation WHERE id BETWEEN %s AND %s AND {_IN_BLOCK}"
            " AND workspace_id = ANY(%s)"
        )
        params += [first, last, workspaces]
    return " UNION ".join(hits), params


_IN_BLOCK = f"id >= block << {BLOCK_BITS} AND id < (block + 1) << {BLOCK_BITS}"


def _holds(place: Any) -> str:
    return f"{expression(place)} @@ replace(%s, '@', block::text)::tsquery"


def _query(terms: Iterable[Term], workspaces: Iterable[int], block: str = "@") -> str:
    """As a tsquery. The terms are letters and digits, so nothing in them has to be escaped."""
    return " | ".join(
        "("
        + " & ".join(f"'{workspace}:{block}:{text}'{'' if whole else ':*'}" for text, whole in terms)
        + ")"
        for workspace in workspaces
    )


# SQLite holds so much that all that is found can be put in order.


def _for_sqlite(
    words: list[_Word], workspaces: list[int], most: int, *, in_messages: bool, customer: Customer | None
) -> tuple[str, list[Any]]:
    params: list[Any] = [*workspaces]
    conditions = [f"workspace_id IN ({', '.join(['%s'] * len(workspaces))})"]
    if customer:
        conditions.append("customer_id = %s")
        params.append(customer.pk)
    for word in words:
        places = ALL if in_messages else (SUBJECTS, CUSTOMERS)
        hit = [_rows_of[place] for place in places]
        params += [_match(word.terms, workspaces)] * len(places)
        for first, last in word.numbers:
            hit.append("SELECT id FROM conversations_conversation WHERE id BETWEEN %s AND %s")
            params += [first, last]
        conditions.append(f"id IN ({' UNION ALL '.join(hit)})")
    sql = (
        "SELECT id, state, assignee_id FROM conversations_conversation"
        f" WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT {most}"
    )
    return sql, params


_rows_of = {
    MESSAGES: f"SELECT rowid >> {MESSAGE_BITS} FROM {MESSAGES.name} WHERE {MESSAGES.name} MATCH %s",
    SUBJECTS: f"SELECT rowid FROM {SUBJECTS.name} WHERE {SUBJECTS.name} MATCH %s",
    CUSTOMERS: "SELECT id FROM conversations_conversation WHERE customer_id IN"
    f" (SELECT rowid FROM {CUSTOMERS.name} WHERE {CUSTOMERS.name} MATCH %s)",
}


def _match(terms: Iterable[Term], workspaces: Iterable[int]) -> str:
    """As a query of FTS5. The terms are letters and digits, so nothing in them has to be escaped."""
    where = " OR ".join(f"workspace : w{workspace}" for workspace in workspaces)
    what = " AND ".join(f'words : "{text}"{"" if whole else " *"}' for text, whole in terms)
    return f"({where}) AND {what}"
