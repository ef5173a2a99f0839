"""Test the chained history of the registers, and what verify notices."""

from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, text, update

from accounts.access.actor import SYSTEM
from accounts.history import BLOCK, RegisterChange, RegisterEntry, record, record_all, verify_chains
from accounts.models import Unit, User
from accounts.registers.units import by_code, close_unit
from core.chain import Chain
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW
from tests.accounts.registers.test_areas import COUNTY, TOWNSHIP, VILLAGE, take
from tests.accounts.registers.test_units import COMMITTEE, OFFICE, TOP
from tests.accounts.registers.test_units import take as take_units
from tests.statements import statements


@pytest.fixture
def kept(db: Database) -> Database:
    """Return a database whose every row was entered through the verbs."""
    take(db, COUNTY, TOWNSHIP, VILLAGE)
    take(db, VILLAGE | {"name": "杉岭新村"})
    take_units(db, TOP, OFFICE, COMMITTEE)
    return db


def reasons(db: Database, chain: Chain = CHAIN) -> list[str]:
    with db.reading() as session:
        return [broken.reason for broken in verify_chains(session, chain)]


def behind_the_back(db: Database, statement: Any) -> None:
    """Change a row as somebody with full power over the database could: without the guards."""
    with db.transaction() as session:
        connection = session.connection()
        _drop_guards(connection, sqlite=db.is_sqlite)
        session.execute(statement)


def _drop_guards(connection: Connection, *, sqlite: bool) -> None:
    if not sqlite:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def test_what_went_through_the_verbs_verifies(kept: Database) -> None:
    assert reasons(kept) == []


def test_each_subject_has_a_chain_of_its_own(kept: Database) -> None:
    with kept.reading() as session:
        entries = session.scalars(
            select(RegisterEntry).order_by(
                RegisterEntry.subject_kind, RegisterEntry.subject_id, RegisterEntry.seq
            )
        ).all()
    village = [entry for entry in entries if entry.facts.get("code") == "SL" or "name" in entry.facts]
    areas = [entry for entry in village if entry.subject_kind == "area"]
    assert [entry.seq for entry in areas] == [1, 2]
    assert areas[1].prev_hash == areas[0].hash


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (update(Unit).where(Unit.code == "township-MA").values(superior_id=None), ["row_changed"]),
        (delete(Unit).where(Unit.code == "committee-SL"), ["row_missing"]),
        (update(RegisterEntry).where(RegisterEntry.seq == 2).values(facts={}), ["entry_changed"]),
        (update(RegisterEntry).where(RegisterEntry.seq == 2).values(key_id="other"), ["unknown_key"]),
        (update(RegisterEntry).where(RegisterEntry.seq == 2).values(prev_hash="x"), ["not_linked"]),
        (update(RegisterEntry).where(RegisterEntry.seq == 2).values(seq=3), ["entry_missing"]),
        (delete(RegisterEntry).where(RegisterEntry.seq == 2), ["row_changed"]),
        (delete(RegisterEntry).where(RegisterEntry.subject_kind == "unit"), ["row_without_history"] * 3),
    ],
    ids=[
        "edited row",
        "deleted row",
        "edited entry",
        "another key",
        "another link",
        "another place",
        "last entry gone",
        "chain gone",
    ],
)
def test_what_is_done_behind_the_programs_back_shows(
    kept: Database, statement: Any, found: list[str]
) -> None:
    behind_the_back(kept, statement)
    assert reasons(kept) == found


def test_a_user_entered_behind_the_programs_back_shows(kept: Database) -> None:
    with kept.transaction() as session:
        unit = by_code(session, "township-MA")
        assert unit is not None
        session.add(User(username="ghost", name="无名", unit_id=unit.id, roles=["admin"], created_at=NOW))
    assert reasons(kept) == ["row_without_history"]


def test_an_earlier_key_still_verifies(kept: Database) -> None:
    newer = Chain("newer", {"newer": b"n" * 32, **CHAIN.keys})
    with kept.transaction() as session:
        close_unit(session, actor=SYSTEM, chain=newer, code="committee-SL", in_use=lambda _: False, now=NOW)
    assert reasons(kept, newer) == []


def test_settings_have_chains_without_a_row(kept: Database) -> None:
    for working in (True, False):
        with kept.transaction() as session:
            record(
                session,
                chain=CHAIN,
                subject_kind="calendar",
                subject_id="2026-02-14",
                action="day_set",
                actor=SYSTEM,
                facts={"working": working},
                now=NOW,
            )
    assert reasons(kept) == []


def test_many_entries_take_few_statements(db: Database) -> None:
    changes = [RegisterChange("setting", number, "set", {"value": number}) for number in range(2 * BLOCK)]
    with db.transaction() as session, statements(db) as seen:
        record_all(session, chain=CHAIN, actor=SYSTEM, changes=changes, now=NOW)
    assert len(seen) <= 4
    assert reasons(db) == []
