"""What the database refuses of invariant 6 of domain.md section 5; nothing is replaced or emptied."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cases.models.case import Case
from cases.verification import trigger_names
from core.persistence.db import Database
from tests.cases.models.raw_statements import (
    BEGUN,
    ITS_COMPLAINANT,
    NOTICE,
    REMINDED,
    Try,
    again,
    hold,
    no,
    run,
    yes,
)

INVARIANT_6 = (
    yes("a rung fired once", "received", REMINDED.format(cycle=1, rung="'urge'")),
    no("a rung fired twice", "received", *[REMINDED.format(cycle=1, rung="'urge'")] * 2, by="reminders"),
    yes(
        "a rung fired in two cycles",
        "received",
        REMINDED.format(cycle=1, rung="'urge'"),
        REMINDED.format(cycle=2, rung="'urge'"),
    ),
    no("a rung that is none", "received", REMINDED.format(cycle=1, rung="'shout'"), by="rung"),
    no("a rung without a name", "received", REMINDED.format(cycle=1, rung="NULL"), by="rung"),
    no("a rung without a cycle", "received", REMINDED.format(cycle="NULL", rung="'urge'"), by="cycle"),
    no(
        "a rung forgotten",
        "received",
        REMINDED.format(cycle=1, rung="'urge'"),
        "DELETE FROM reminders",
        by="reminders_is_kept",
    ),
    yes("a notice once", "received", NOTICE.format(key="'k'")),
    no("a notice twice", "received", *[NOTICE.format(key="'k'")] * 2, by="key"),
    no("a notice without a key", "received", NOTICE.format(key="NULL"), by="key"),
    yes("another submission", "received", again(), ITS_COMPLAINANT, BEGUN),
    no("a submission twice", "received", again(client_ref="client_ref"), by="client_ref"),
    no("a submission without a reference", "received", again(client_ref="NULL"), by="client_ref"),
    no("a submission with an empty reference", "received", again(client_ref="''"), by="client_ref"),
    no("a number twice", "received", again(number="number"), by="number"),
    no("a case without an entry", "received", again(), ITS_COMPLAINANT, by="foreign key"),
    no("a case without a complainant", "received", again(), BEGUN, by="complainant_missing"),
    no("a case that begins in the middle", "received", again(state="'assigned'"), by="begins_elsewhere"),
    no("a case that begins with a later version", "received", again(version="2"), by="begins_elsewhere"),
no("a submission without words", "received", again(words="''"), by="own_words"),
)  # fmt: skip


@pytest.mark.parametrize("one", INVARIANT_6, ids=lambda one: one.name)
def test_the_database_refuses_the_one_and_allows_the_other(
    town: Database, a_case: Callable[..., Case], one: Try
) -> None:
    hold(town, a_case(one.state, category="village_org"), one)


@pytest.mark.parametrize("table", sorted((*trigger_names.PERMANENT_TABLES, *trigger_names.FIXED)))
def test_no_kept_table_can_be_emptied(town: Database, a_case: Callable[..., Case], table: str) -> None:
    a_case("closed")
    empty = "DELETE FROM {}" if town.is_sqlite else "TRUNCATE {} CASCADE"
    with town.reading() as session:
        filled = session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0
    if town.is_sqlite and not filled:
        return  # a row that is not there cannot be deleted, and SQLite knows no TRUNCATE
    with pytest.raises(IntegrityError, match="_is_kept"), town.transaction() as session:
        session.execute(text(empty.format(table)))


def test_a_case_is_not_replaced(town: Database, a_case: Callable[..., Case]) -> None:
    case = a_case("received")
    put = "INSERT OR REPLACE INTO" if town.is_sqlite else "INSERT INTO"
    statement = (
        again()
        .replace("INSERT INTO", put)
        .replace("(number,", "(id, number,")
        .replace("SELECT ", "SELECT id, ")
    )
    with pytest.raises(IntegrityError):
        run(town, case, [statement])


def test_an_entry_is_not_replaced(town: Database, a_case: Callable[..., Case]) -> None:
    case = a_case("assigned")
    put = "INSERT OR REPLACE INTO" if town.is_sqlite else "INSERT INTO"
    copied = BEGUN.replace("INSERT INTO", put).replace("WHERE last_hash = 'again'", "WHERE id = :id")
    with pytest.raises(IntegrityError):
        run(town, case, [copied])
    with town.reading() as session:
        stored = session.execute(text("SELECT count(*) FROM history WHERE hash = 'again'")).scalar_one()
        assert (stored, len(session.scalars(select(Case.id)).all())) == (0, 1)


def test_the_guards_are_exactly_those_that_are_known_by_name(town: Database) -> None:
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if town.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with town.reading() as session:
        there = set(session.scalars(text(asked)))
        assert there == trigger_names.expected_triggers(session.get_bind().dialect.name)
        assert trigger_names.missing_triggers(session) == []
