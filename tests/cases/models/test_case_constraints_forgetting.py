"""What was said becomes the mark only with an entry that says so, and nothing else of it ever changes."""

from collections.abc import Callable

import pytest
from sqlalchemy import inspect, text

from cases.models.case import Case
from core.persistence.db import Base, Database
from tests.cases.models.raw_statements import COUNT, ENTRY, Try, hold, no, yes

MARK = "'\ufdd0'"
FORGET = ENTRY.replace("'raw'", "'forget'")
EMPTIED = f"UPDATE cases SET own_words = {MARK}, words_salt = NULL, body_digest = '' WHERE id = :id"
FORGOTTEN = (EMPTIED, COUNT, FORGET)
#: What holds words of a closed case, each with its column.
WORDS = {"replies": "text", "return_visits": "words"}
MARKED = "UPDATE {table} SET {column} = {mark} WHERE case_id = :id"


def marked(table: str, mark: str = MARK) -> str:
    return MARKED.format(table=table, column=WORDS[table], mark=mark)


LOST = "UPDATE history SET personal = '[]' WHERE case_id = :id AND action = 'register'"
TRIES = (
    yes("a closed case is forgotten", "closed", *FORGOTTEN, *map(marked, WORDS), LOST),
    no(
        "an open case is forgotten",
        "resolved",
        EMPTIED.replace(", body_digest = ''", ""),
        COUNT,
        FORGET,
        by="forgotten_in_silence",
    ),
    no("the digest of an open case is emptied", "resolved", EMPTIED, by="case_identity_is_fixed"),
    no("own words are marked with another entry", "closed", EMPTIED, COUNT, ENTRY, by="forgotten_in_silence"),
    no(
        "the digest goes and the words stay",
        "closed",
        "UPDATE cases SET body_digest = '' WHERE id = :id",
        by="case_identity_is_fixed",
    ),
    no("the entry comes and the words stay", "closed", COUNT, FORGET, by="forgotten_in_silence"),
    *(
        no(f"{table} are marked in silence", "closed", marked(table), by=f"{table}_is_kept")
        for table in WORDS
    ),
    *(
        no(f"{table} are marked first", "closed", marked(table), *FORGOTTEN, by=f"{table}_is_kept")
        for table in WORDS
    ),
    *(
        no(f"{table} are changed", "closed", *FORGOTTEN, marked(table, "'别的'"), by=f"{table}_is_kept")
        for table in WORDS
    ),
    *(
        no(
            f"{table} are marked and moved",
            "closed",
            *FORGOTTEN,
            marked(table).replace("WHERE", ", round = 2 WHERE"),
            by=f"{table}_is_kept",
        )
        for table in WORDS
    ),
    *(
        no(
            f"{table} are marked after something else happened",
            "closed",
            *FORGOTTEN,
            COUNT.replace("'next'", "'after'"),
            ENTRY.replace("'test'", "'later'"),
            marked(table),
            by=f"{table}_is_kept",
        )
        for table in WORDS
    ),
    no("words beside entries go in silence", "closed", LOST, by="history_is_kept"),
    no(
        "words beside entries are changed",
        "closed",
        *FORGOTTEN,
        LOST.replace("'[]'", "'[7]'"),
        by="history_is_kept",
    ),
    no(
        "an entry is changed",
        "closed",
        *FORGOTTEN,
        LOST.replace("personal = '[]'", "personal = '[]', action = 'note'"),
        by="history_is_kept",
    ),
    no(
        "a reply is deleted",
        "closed",
        *FORGOTTEN,
        "DELETE FROM replies WHERE case_id = :id",
        by="replies_is_kept",
    ),
)


@pytest.mark.parametrize("one", TRIES, ids=lambda one: one.name.replace(" ", "-"))
def test_the_database_lets_words_go_only_with_their_entry(
    town: Database, a_case: Callable[..., Case], one: Try
) -> None:
    hold(town, a_case(one.state), one)


def test_the_guards_ask_of_every_column_beside_the_words_that_it_stays(town: Database) -> None:
    if not town.is_sqlite:
        return  # PostgreSQL compares whole rows
    with town.reading() as session:
        asked = "SELECT sql FROM sqlite_master WHERE name = :name"
        for table in (
            *WORDS,
            "case_answers",
            "case_notes",
            "contact_attempts",
            "history",
            "self_ratings",
            "unreachable_records",
        ):
            guard = session.scalar(text(asked), {"name": f"{table}_never_change"})
            for column in inspect(session.connection()).get_columns(table):
                assert f"NEW.{column['name']}" in guard.replace('"', ""), (table, column["name"])
            assert {one["name"] for one in inspect(session.connection()).get_columns(table)} == set(
                Base.metadata.tables[table].columns.keys()
            )
