"""Test units: who stands above whom, who covers a place, their import and their closing."""

from typing import Any

import pytest
from sqlalchemy import update

from accounts.access.actor import SYSTEM, Actor
from accounts.history import verify_chains
from accounts.models import Unit
from accounts.registers.open_matters import NO_MATTERS
from accounts.registers.unit_imports import COLUMNS, import_units
from accounts.registers.units import by_code, close_unit, superior_chain
from core.errors import Conflict, Forbidden, NotFound
from core.persistence.db import Database
from core.tables.import_report import ImportReport
from core.tables.table import CellFault
from tests.accounts.register_entries import CHAIN, NOW, entries
from tests.accounts.registers.test_areas import COUNTY, TOWNSHIP, VILLAGE
from tests.accounts.registers.test_areas import take as take_areas
from tests.builders import actor_named
from tests.statements import statements

TOP = {"code": "leading-group", "name": "领导小组", "kind": "leading_group", "area": "SX", "superior": None}
OFFICE = {
    "code": "township-MA",
    "name": "乡政府",
    "kind": "township",
    "area": "MA",
    "superior": "leading-group",
}
COMMITTEE = {
    "code": "committee-SL",
    "name": "村两委",
    "kind": "committee",
    "area": "SL",
    "superior": "township-MA",
}


def take(db: Database, *rows: dict[str, Any], actor: Actor = SYSTEM) -> ImportReport:
    with db.transaction() as session:
        return import_units(
            session, actor=actor, rows=enumerate(rows, start=2), matters=NO_MATTERS, chain=CHAIN, now=NOW
        )


@pytest.fixture
def places(db: Database) -> Database:
    take_areas(db, COUNTY, TOWNSHIP, VILLAGE)
    return db


def test_rows_come_in_any_order(places: Database) -> None:
    report = take(places, COMMITTEE, OFFICE, TOP)
    assert (report.created, report.problems) == (3, [])
    with places.reading() as session:
        unit = by_code(session, "committee-SL")
        assert unit is not None
        assert [above.code for above in superior_chain(session, unit.id)] == ["township-MA", "leading-group"]
        assert not list(verify_chains(session, CHAIN))


def test_importing_again_changes_nothing(places: Database) -> None:
    take(places, TOP, OFFICE, COMMITTEE)
    report = take(places, COMMITTEE, TOP, OFFICE)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 3)
    with places.reading() as session:
        assert len(entries(session, "unit")) == 3


def test_a_changed_row_changes_the_unit(places: Database) -> None:
    take(places, TOP, OFFICE, COMMITTEE)
    report = take(places, COMMITTEE | {"superior": "leading-group"})
    assert report.changed == 1
    with places.reading() as session:
        unit = by_code(session, "committee-SL")
        assert unit is not None
        assert [above.code for above in superior_chain(session, unit.id)] == ["leading-group"]
        assert not list(verify_chains(session, CHAIN))


def test_a_telephone_comes_with_the_sheet_and_stays_when_the_sheet_says_nothing_of_it(
    places: Database,
) -> None:
    take(places, TOP, OFFICE | {"phone": "0834-123 4567"})
    assert take(places, OFFICE, OFFICE | {"code": "other", "phone": None}).problems == []
    with places.reading() as session:
        unit = by_code(session, "township-MA")
        assert unit is not None
        assert unit.phone == "08341234567"
        assert not list(verify_chains(session, CHAIN))


FAULT = CellFault("error_value", facts={"value": "#REF!"})
BAD: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"code": None}, "code", "required"),
    ({"phone": "没有"}, "phone", "not_a_phone"),
    ({"code": "a b"}, "code", "not_a_code"),
    ({"code": "township-MA"}, "code", "row_repeated"),
    ({"name": None}, "name", "required"),
    ({"kind": "army"}, "kind", "unknown_kind"),
    ({"area": "XX"}, "area", "unknown_area"),
    ({"area": None}, "area", "required"),
    ({"superior": "nobody"}, "superior", "unknown_superior"),
    ({"code": "self", "superior": "self"}, "superior", "superior_cycle"),
    *(({column: FAULT}, column, "error_value") for column in COLUMNS),
)


def test_bad_rows_are_named_and_the_others_go_in(places: Database) -> None:
    rows = [COMMITTEE | {"code": f"bad-{number}"} | row for number, (row, _, _) in enumerate(BAD)]
    report = take(places, TOP, OFFICE, *rows, COMMITTEE)
    assert [(one.row, one.column, one.code) for one in report.problems] == [
        (number, column, code) for number, (_, column, code) in enumerate(BAD, start=4)
    ]
    assert (report.created, report.refused) == (3, len(BAD))


def test_superiors_that_form_a_circle_are_refused_and_so_is_who_hangs_on_them(places: Database) -> None:
    report = take(places, TOP | {"superior": "township-MA"}, OFFICE, COMMITTEE)
    assert [(one.row, one.code) for one in report.problems] == [
        (2, "superior_cycle"),
        (3, "superior_cycle"),
        (4, "unknown_superior"),
    ]
    assert report.problems[0].facts == {"value": "leading-group → township-MA → leading-group"}
    assert report.created == 0


def test_a_later_import_cannot_close_a_circle(places: Database) -> None:
    take(places, TOP, OFFICE, COMMITTEE)
    report = take(places, TOP | {"superior": "committee-SL"})
    assert [one.code for one in report.problems] == ["superior_cycle"]
    with places.reading() as session:
        top = by_code(session, "leading-group")
        assert top is not None
        assert top.superior_id is None


def test_an_administrator_imports_within_the_own_area_only(places: Database) -> None:
    take(places, TOP)
    admin = Actor(None, "admin", 1, "township-MA", "/SX/MA/", frozenset({"admin"}))
    report = take(places, OFFICE, TOP | {"code": "other"}, TOP | {"area": "MA"}, actor=admin)
    assert report.created == 1
    assert [(one.row, one.code) for one in report.problems] == [(3, "unknown_area"), (4, "code_used")]


def test_only_whoever_manages_areas_imports_units(places: Database) -> None:
    with pytest.raises(Forbidden):
        take(places, TOP, actor=Actor(None, "leader", 1, "leading-group", "/SX/", frozenset({"leader"})))


def test_what_is_looked_up_does_not_grow_with_the_rows(places: Database) -> None:
    take(places, TOP)
    with statements(places) as seen:
        take(places, *[OFFICE | {"code": f"office-{number}"} for number in range(300)])
    reads = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(reads) < 6


def test_the_chain_of_superiors_is_one_statement(town: Database) -> None:
    with town.reading() as session:
        committee = by_code(session, "committee-SL")
        assert committee is not None
        with statements(town) as seen:
            above = superior_chain(session, committee.id)
    assert [unit.code for unit in above] == ["township-MA", "county-office", "leading-group"]
    assert len(seen) == 1


def test_a_circle_that_got_into_the_table_does_not_hang_the_program(town: Database) -> None:
    with town.transaction() as session:
        top, low = by_code(session, "leading-group"), by_code(session, "county-office")
        assert top is not None
        assert low is not None
        session.execute(update(Unit).where(Unit.id == top.id).values(superior_id=low.id))
    with town.reading() as session:
        assert superior_chain(session, top.id)


def close(db: Database, code: str, *, owes: bool, username: str | None = None) -> None:
    with db.transaction() as session:
        actor = actor_named(session, username) if username else SYSTEM
        close_unit(session, actor=actor, chain=CHAIN, code=code, in_use=lambda _: owes, now=NOW)


def test_a_unit_that_is_still_needed_cannot_be_closed(town: Database) -> None:
    with pytest.raises(Conflict, match="unit_in_use"):
        close(town, "team", owes=True)


def test_closing_again_changes_nothing(town: Database) -> None:
    close(town, "team", owes=False)
    close(town, "team", owes=True)
    with town.reading() as session:
        assert len(entries(session, "unit")) == 1


def test_an_unknown_unit_cannot_be_closed(town: Database) -> None:
    with pytest.raises(NotFound):
        close(town, "nobody", owes=False)


def test_a_leader_cannot_close_a_unit(town: Database) -> None:
    with pytest.raises(Forbidden):
        close(town, "team", owes=False, username="lingdao")
