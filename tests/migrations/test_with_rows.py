"""Migrations on a database that is in use: what stands in it stays as it is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Complainant
from cases.verification.verify import verify
from core.persistence import migrations, revisions
from core.persistence.db import Base, Database
from tests.builders import actor_named, at

GUARDS, BEFORE_GUARDS, BEFORE_PLANNED = "0005", "0004", "0013"
#: Columns that came after the guards, empty in the cases of this test: an older schema has none of them.
LATER = {("rounds", "suspend_request"), ("unreachable_records", "text")}
#: What follows from the cases and is made anew after an upgrade.
COUNTED_IN_ADVANCE = {"tallied_cases", "tallies", "daily_tallies", "untallied"}


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table that there is at this version."""
    with db.reading() as session:
        present = inspect(session.connection()).get_table_names()
        rows = {
            table.name: [
                tuple(row)
                for row in session.execute(
                    select(*(one for one in table.columns if (table.name, one.name) not in LATER)).order_by(
                        *table.primary_key
                    )
                )
            ]
            for table in Base.metadata.sorted_tables
            if table.name in present
        }
    return {name: found for name, found in rows.items() if found and name not in COUNTED_IN_ADVANCE}


@pytest.fixture
def used(town: Database, a_case: Callable[..., Case]) -> Database:
    """Return a database with cases in several states."""
    for state in ("received", "assigned", "escalated", "closed", "rejected", "withdrawn"):
        a_case(state)
    return town


def test_down_and_up_again_leaves_every_row_as_it_was(used: Database, rules: CountyRules) -> None:
    before = everything(used)
    assert len(before["history"]) > 15
    migrations.downgrade(used, revision=BEFORE_GUARDS)
    assert everything(used) == before
    migrations.upgrade(used)
    assert everything(used) == before
    with used.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_the_guards_hold_again_after_down_and_up(used: Database) -> None:
    migrations.downgrade(used, revision=BEFORE_GUARDS)
    with used.transaction() as session:
        session.execute(text("UPDATE history SET action = action"))
    migrations.upgrade(used, revision=GUARDS)
    with pytest.raises(IntegrityError, match="history_is_kept"), used.transaction() as session:
        session.execute(text("UPDATE history SET action = action"))


def test_upgrading_a_database_in_use_again_leaves_every_row_as_it_was(used: Database) -> None:
    before = everything(used)
    migrations.upgrade(used)
    assert everything(used) == before


def test_a_migration_that_would_leave_rows_pointing_nowhere_is_taken_back(used: Database) -> None:
    if not used.is_sqlite:
        return  # PostgreSQL never switches its keys off
    migrations.downgrade(used, revision=BEFORE_GUARDS)
    with used.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("UPDATE clocks SET case_id = case_id + 4711 WHERE clock = 'triage'")
        connection.invalidate()
    with pytest.raises(migrations.BrokenReferences, match="clocks row"):
        migrations.upgrade(used)
    with used.reading() as session:
        assert revisions.head(session) == BEFORE_GUARDS


def test_going_down_leaves_no_clock_that_the_older_schema_does_not_know(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    with town.transaction() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
        said = {"complainant": person, "channel": "door", "text": "排进了计划。"}
        planned = {"outcome": "planned", "promised_on": date(2026, 9, 30), "replies": [said]}
        take_step.take_step(
            session,
            actor=actor_named(session, "cunwei-sl"),
            rules=rules,
            number=case.number,
            action="resolve",
            values=build_values("resolve", planned),
            now=at("2026-03-03"),
        )
    clocks = text("SELECT clock FROM clocks WHERE clock IN ('promise', 'word') ORDER BY clock")
    with town.reading() as session:
        assert list(session.scalars(clocks)) == ["promise", "word"]
    migrations.downgrade(town, revision=BEFORE_PLANNED)
    with town.reading() as session:
        assert list(session.scalars(clocks)) == []
    with pytest.raises(IntegrityError, match="clock"), town.transaction() as session:
        session.execute(text("UPDATE clocks SET clock = 'word' WHERE clock = 'triage'"))
    with pytest.raises(IntegrityError, match="clocks_is_kept"), town.transaction() as session:
        session.execute(text("DELETE FROM clocks"))
    migrations.upgrade(town)
