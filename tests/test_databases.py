"""The databases that tests get."""

from collections.abc import Callable
from contextlib import contextmanager

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from cases.models.case import Case
from core.persistence import migrations
from core.persistence.db import Database
from tests.builders import WAYS, actor_named
from tests.databases import Databases


def test_a_database_of_a_test_is_open_for_writing(db: Database) -> None:
    with db.transaction() as session:
        session.execute(text("CREATE TABLE traces (word TEXT)"))
        session.execute(text("INSERT INTO traces VALUES ('水渠')"))
    with db.reading() as session:
        assert session.scalars(text("SELECT word FROM traces")).one() == "水渠"


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE further (word TEXT)",
        "ALTER TABLE case_notes ADD COLUMN surplus INTEGER",
        "ALTER TABLE case_notes RENAME COLUMN text TO words",
        "DROP INDEX ix_cases_due",
    ],
)
def test_what_one_test_does_to_a_schema_the_next_does_not_meet(
    databases: Databases, backend: str, change: str
) -> None:
    databases.template(backend, "to-change", migrations.upgrade)
    with contextmanager(databases.lend)(backend, "to-change") as lent, lent.transaction() as session:
        before = shape(session)
        session.execute(text(change))
        assert shape(session) != before
    with contextmanager(databases.lend)(backend, "to-change") as lent, lent.reading() as session:
        assert shape(session) == before


def shape(session: Session) -> set[tuple[str, str]]:
    """Name every column and every index of a database, by its table."""
    seen = inspect(session.connection())
    return {
        (table, one["name"] or "")
        for table in seen.get_table_names()
        for one in (*seen.get_columns(table), *seen.get_indexes(table))
    }


def test_the_township_has_people_with_their_rights(town: Database) -> None:
    with town.reading() as session:
        actor = actor_named(session, "cunwei-yy")
    assert (actor.unit_code, actor.area_path, actor.roles) == (
        "committee-YY",
        "/SX/MA/YY/",
        frozenset({"committee"}),
    )


@pytest.mark.parametrize("state", [*WAYS])
def test_a_case_can_be_had_in_every_state(a_case: Callable[..., Case], state: str) -> None:
    assert a_case(state).state == state
