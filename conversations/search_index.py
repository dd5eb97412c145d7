"""The index of words behind the search: in PostgreSQL indexes over an expression, in SQLite tables of FTS5.

A migration puts it up. In PostgreSQL every word stands there behind the number of its workspace and of a
block of conversations (`1:12:vpn`): so a search reads what one workspace has, and the latest of that first.
"""

# The SQL is made of names and numbers of ours.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from conversations.words import LONGEST, UNSPACED

#: A block are 4096 conversations.
BLOCK_BITS = 12
#: In SQLite a message's row has the number of its conversation before its own.
MESSAGE_BITS = 32
#: The longest message.
PLACES = 20_000

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»“”„‘’‚‹›–—…·•・、。「」『』！？（）"


@dataclass(frozen=True)
class Indexed:
    """A column whose words are found; `number` is the conversation's, or what stands for it."""

    name: str
    table: str
    column: str
    number: str
    #: In SQLite, where {row} stands for the row's name.
    rowid: str = "{row}.id"


MESSAGES = Indexed(
    "conversations_messages_by_word",
    "conversations_message",
    "body",
    "conversation_id",
    f"({{row}}.conversation_id << {MESSAGE_BITS}) + {{row}}.id",
)
SUBJECTS = Indexed("conversations_subjects_by_word", "conversations_conversation", "subject", "id")
CUSTOMERS = Indexed("conversations_customers_by_word", "conversations_customer", "name", "0")
ALL = MESSAGES, SUBJECTS, CUSTOMERS


def put(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """The statements that make the index of what there is. SQLite's triggers, which keep it up, are apart."""
    if connection.vendor == "postgresql":
        yield _FUNCTION
        for each in ALL:
            # What is new goes into the index at once: every block would read through a list of it otherwise.
            yield (
                f"CREATE INDEX IF NOT EXISTS {each.name} ON {each.table}"
                f" USING gin ({expression(each)}) WITH (fastupdate = off)"
            )
        return
    yield "CREATE TABLE conversations_place (place integer PRIMARY KEY)"
    yield (
        "WITH RECURSIVE places (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM places"
        f" WHERE place < {PLACES}) INSERT INTO conversations_place SELECT place FROM places"
    )
    for each in ALL:
        yield (
            f"CREATE VIRTUAL TABLE {each.name} USING fts5("
            "words, workspace, content='', detail=column, tokenize='unicode61 remove_diacritics 0')"
        )
        yield fill(each)


def drop(connection: BaseDatabaseWrapper) -> Iterator[str]:
    kind = "INDEX IF EXISTS" if connection.vendor == "postgresql" else "TABLE"
    for each in ALL:
        yield f"DROP {kind} {each.name}"
    if connection.vendor == "postgresql":
        yield "DROP FUNCTION IF EXISTS conversations_words(bigint, bigint, text)"
    else:
        yield "DROP TABLE conversations_place"


def expression(each: Indexed) -> str:
    """What is indexed in PostgreSQL; a query that says the same goes by the index."""
    return f"conversations_words(workspace_id, {each.number}, {each.column})"


_CLASS = f"[{UNSPACED}]"

# IMMUTABLE is true as long as nobody changes how the database's language writes small letters.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION conversations_words(workspace bigint, number bigint, said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $words$
SELECT array_to_tsvector(ARRAY(
    SELECT workspace || ':' || (number >> {BLOCK_BITS}) || ':' || left(word, {LONGEST})
    FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', translate(
        CASE WHEN said ~ '{_CLASS}' THEN
            regexp_replace(said, '{_CLASS}+', ' ', 'g') || ' ' || (
                SELECT string_agg(substr(run[1], place, 2), ' ')
                FROM regexp_matches(said, '{_CLASS}+', 'g') AS run,
                    generate_series(1, length(run[1])) AS place
            )
        ELSE said END,
        '{PUNCTUATION.replace("'", "''")}',
        repeat(' ', {len(PUNCTUATION)})
    )))) AS word
))
$words$
"""


# SQLite


def clear() -> Iterator[str]:
    """The statements that forget everything, for when the rows are gone without the triggers' knowledge."""
    for each in ALL:
        yield f"INSERT INTO {each.name} ({each.name}) VALUES ('delete-all')"


def fill(each: Indexed) -> str:
    return (
        f"INSERT INTO {each.name} (rowid, words, workspace)"
        f" SELECT {_values(each, 'present')} FROM {each.table} AS present"
    )


def added(each: Indexed) -> str:
    return f"INSERT INTO {each.name} (rowid, words, workspace) VALUES ({_values(each, 'NEW')})"


def removed(each: Indexed) -> str:
    """FTS5 keeps no texts, and has to be told what it forgets."""
    return (
        f"INSERT INTO {each.name} ({each.name}, rowid, words, workspace)"
        f" VALUES ('delete', {_values(each, 'OLD')})"
    )


def _values(each: Indexed, row: str) -> str:
    return f"{each.rowid.format(row=row)}, {_spaced(f'{row}.{each.column}')}, 'w' || {row}.workspace_id"


def _spaced(text: str) -> str:
    """The text with its unspaced parts by twos; there are no functions of our own in a trigger."""
    letter, following = f"substr({text}, place, 1)", f"substr({text}, place + 1, 1)"
    pair = f"substr({text}, place, CASE WHEN {following} GLOB '{_CLASS}' THEN 2 ELSE 1 END)"
    return (
        f"CASE WHEN {text} GLOB '*{_CLASS}*' THEN (SELECT group_concat(piece, '') FROM (SELECT "
        f"CASE WHEN {letter} GLOB '{_CLASS}' THEN ' ' || {pair} || ' ' ELSE {letter} END AS piece "
        f"FROM conversations_place WHERE place <= length({text}) ORDER BY place)) ELSE {text} END"
    )
