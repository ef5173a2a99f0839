"""Migrations on a database that is in use: what stands in it stays as it is."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import column as column_of
from sqlalchemy import inspect, select, table, text
from sqlalchemy.exc import IntegrityError

from accounts.models import ApiToken, Unit
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Complainant
from cases.models.receipt_codes import CodeHolder
from cases.verification.verify import verify
from core.persistence import migrations, revisions
from core.persistence.db import Base, Database
from tests.builders import actor_named, at

GUARDS, BEFORE_GUARDS, BEFORE_PLANNED = "0005", "0004", "0013"
CODE_HOLDERS = "0016"
CREDENTIALS = "0022"
#: What follows from the cases and is made anew after an upgrade.
COUNTED_IN_ADVANCE = {"tallied_cases", "tallies", "daily_tallies", "untallied"}
SEARCHED = "search_texts"


def revision_before(revision: str) -> str:
    """Return the revision that one comes after."""
    (place,) = (revisions.FOLDER / "versions").glob(f"{revision}_*.py")
    found = re.search(r'^down_revision = "(\w+)"', place.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def columns_of(db: Database) -> dict[str, set[str]]:
    """Return the columns of every table that there is at this version."""
    with db.reading() as session:
        found = inspect(session.connection())
        return {name: {one["name"] for one in found.get_columns(name)} for name in found.get_table_names()}


def everything(db: Database, only: Mapping[str, set[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, in the columns that there are at this version, or in some of them."""
    present = only if only is not None else columns_of(db)
    with db.reading() as session:
        rows = {
            table.name: [
                tuple(row)
                for row in session.execute(
                    select(*(one for one in table.c if one.name in present[table.name])).order_by(
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
    of_then = columns_of(used)
    lower = everything(used)
    migrations.upgrade(used)
    assert everything(used, of_then) == lower
    # What can be, is filled again from what stands there.
    assert everything(used)["code_holders"] == before["code_holders"]
    assert everything(used)[SEARCHED] == before[SEARCHED]
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


def test_a_code_of_before_is_in_the_hands_of_whoever_made_the_last_slip(
    town: Database, a_case: Callable[..., Case], rules: CountyRules
) -> None:
    """Who was shown a code was not written down then: it follows from the history."""
    first, second = (a_case(recorded_by=name) for name in ("cunwei-sl", "cunwei-sl"))
    with town.transaction() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == first.id)).one()
        take_step.take_step(
            session,
            actor=actor_named(session, "zuyuan"),
            rules=rules,
            number=first.number,
            action="reissue_receipt",
            values=build_values("reissue_receipt", {"complainant": person, "reason": "丢了"}),
            now=at("2026-03-03"),
        )
    migrations.downgrade(town, revision=revision_before(CODE_HOLDERS))
    migrations.upgrade(town)
    with town.reading() as session:
        found = session.execute(
            select(Complainant.case_id, Unit.code)
            .join(CodeHolder, CodeHolder.receipt_digest == Complainant.receipt_digest)
            .join(Unit, Unit.id == CodeHolder.unit_id)
        )
        assert {tuple(row) for row in found} == {(first.id, "team"), (second.id, "committee-SL")}
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize(("made", "days"), [("2024-03-02", None), ("2030-03-02", 90)])
def test_a_token_without_an_end_gets_one_ninety_days_after_the_upgrade(
    town: Database, made: str, days: int | None
) -> None:
    migrations.downgrade(town, revision=revision_before(CREDENTIALS))
    row = {"user_id": 1, "label": "手机", "created_at": at(made)}
    with town.transaction() as session:
        for number, revoked in enumerate((None, at(made))):
            values = {**row, "token_hash": f"{number:064d}", "revoked_at": revoked}
            columns = [column for column in ApiToken.__table__.columns if column.name in values]
            session.execute(
                table("api_tokens", *(column_of(one.name, one.type) for one in columns)).insert(), values
            )
    migrations.upgrade(town)
    with town.reading() as session:
        open_one, revoked_one = session.scalars(select(ApiToken).order_by(ApiToken.id))
    assert revoked_one.expires_at is None
    assert open_one.expires_at is not None
    assert open_one.expires_at > open_one.created_at
    # In a sample it may be later than the clock says: what counts is then the newest token.
    assert days is None or open_one.expires_at - open_one.created_at == timedelta(days=days)
