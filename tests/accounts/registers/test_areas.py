"""Test the import of areas, and how they end."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM, Actor
from accounts.history import RegisterEntry, verify_chains
from accounts.models import Area
from accounts.registers.areas import COLUMNS, TOTALS, by_code, end_area, import_areas
from accounts.registers.open_matters import NO_MATTERS
from core.errors import Conflict, Forbidden, Invalid
from core.persistence.db import Database
from core.tables.import_report import CellProblem, ImportReport
from core.tables.table import CellFault
from tests.accounts.register_entries import CHAIN, NOW
from tests.statements import statements

COUNTY = {"code": "SX", "name": "示范县", "level": "county", "parent": None}
TOWNSHIP = {"code": "MA", "name": "马鞍乡", "level": "township", "parent": "SX"}
VILLAGE = {
    "code": "SL",
    "name": "杉岭村",
    "level": "village",
    "parent": "MA",
    "land_mu": 637,
    "households_declared": 291,
    "population_declared": 822,
}
GROUP = {"code": "SL-01", "name": "一组", "level": "group", "parent": "SL"}


def take(db: Database, *rows: dict[str, Any], actor: Actor = SYSTEM) -> ImportReport:
    with db.transaction() as session:
        return import_areas(
            session, actor=actor, rows=enumerate(rows, start=2), matters=NO_MATTERS, chain=CHAIN, now=NOW
        )


def paths(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Area.path).order_by(Area.path)))


def test_rows_come_in_any_order(db: Database) -> None:
    report = take(db, GROUP, VILLAGE, COUNTY, TOWNSHIP)
    assert (report.created, report.problems) == (4, [])
    assert paths(db) == ["/SX/", "/SX/MA/", "/SX/MA/SL/", "/SX/MA/SL/SL-01/"]


def test_declared_totals_are_kept(db: Database) -> None:
    take(db, COUNTY, TOWNSHIP, VILLAGE)
    with db.reading() as session:
        area = by_code(session, "SL")
        assert area is not None
        assert (area.land_mu, area.households_declared, area.population_declared) == (637, 291, 822)


def test_importing_again_changes_nothing(db: Database) -> None:
    take(db, COUNTY, TOWNSHIP, VILLAGE)
    report = take(db, COUNTY, TOWNSHIP, VILLAGE)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 3)
    with db.reading() as session:
        assert len(session.scalars(select(RegisterEntry)).all()) == 3


def test_a_changed_row_changes_the_area_and_its_history_says_from_what(db: Database) -> None:
    take(db, COUNTY, TOWNSHIP)
    report = take(db, TOWNSHIP | {"name": "马鞍镇"})
    assert (report.changed, report.unchanged) == (1, 0)
    with db.reading() as session:
        last = session.scalars(select(RegisterEntry).where(RegisterEntry.seq == 2)).one()
        assert (last.action, last.facts) == ("changed", {"name": ["马鞍乡", "马鞍镇"]})
        assert not list(verify_chains(session, CHAIN))


def test_an_empty_cell_leaves_a_declared_total(db: Database) -> None:
    take(db, COUNTY, TOWNSHIP, VILLAGE)
    report = take(db, VILLAGE | {"land_mu": None})
    assert (report.changed, report.unchanged) == (0, 1)


def test_what_lies_below_moves_with_an_area(db: Database) -> None:
    other = {"code": "QS", "name": "清水乡", "level": "township", "parent": "SX"}
    take(db, COUNTY, TOWNSHIP, other, VILLAGE, GROUP)
    report = take(db, VILLAGE | {"parent": "QS"})
    assert report.changed == 1
    assert "/SX/QS/SL/SL-01/" in paths(db)
    with db.reading() as session:
        assert not list(verify_chains(session, CHAIN))


FAULT = CellFault("error_value", facts={"value": "#REF!"})
BAD: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"code": None}, "code", "required"),
    ({"code": "S/L"}, "code", "not_a_code"),
    ({"code": "S%"}, "code", "not_a_code"),
    ({"code": "杉岭"}, "code", "not_a_code"),
    ({"code": "A" * 33}, "code", "not_a_code"),
    ({"name": None}, "name", "required"),
    ({"name": "杉岭\u202e村"}, "name", "invisible_character"),
    ({"name": "杉\n岭"}, "name", "more_than_one_line"),
    ({"level": "province"}, "level", "unknown_level"),
    ({"level": None}, "level", "required"),
    ({"parent": "XX"}, "parent", "unknown_area"),
    ({"code": "S9", "parent": "S9"}, "parent", "unknown_area"),
    ({"level": "township", "parent": "MA"}, "parent", "level_not_below_parent"),
    ({"land_mu": "many"}, "land_mu", "not_a_number"),
    ({"land_mu": 1.5}, "land_mu", "not_a_number"),
    ({"land_mu": True}, "land_mu", "not_a_number"),
    ({"land_mu": -1}, "land_mu", "out_of_range"),
    ({"code": "MA"}, "code", "row_repeated"),
    *(({column: FAULT}, column, "error_value") for column in (*COLUMNS, *TOTALS)),
)


def test_bad_rows_are_named_and_the_others_go_in(db: Database) -> None:
    rows = [VILLAGE | {"code": f"B{number}"} | row for number, (row, _, _) in enumerate(BAD)]
    report = take(db, COUNTY, TOWNSHIP, *rows, VILLAGE)
    assert [(one.row, one.column, one.code) for one in report.problems] == [
        (number, column, code) for number, (_, column, code) in enumerate(BAD, start=4)
    ]
    assert (report.created, report.refused) == (3, len(BAD))
    assert len(paths(db)) == 3


def test_areas_cannot_lie_in_each_other(db: Database) -> None:
    first = {"code": "AA", "name": "甲乡", "level": "township", "parent": "BB"}
    second = {"code": "BB", "name": "乙乡", "level": "township", "parent": "AA"}
    report = take(db, COUNTY, first, second)
    assert {problem.row for problem in report.problems} == {3, 4}
    assert paths(db) == ["/SX/"]


def test_the_level_of_an_area_stays(db: Database) -> None:
    take(db, COUNTY, TOWNSHIP)
    report = take(db, TOWNSHIP | {"level": "village"})
    assert report.problems == [CellProblem(2, "level", "level_fixed", {"value": "township"})]


def test_an_administrator_imports_within_the_own_area_only(db: Database) -> None:
    other = {"code": "QS", "name": "清水乡", "level": "township", "parent": "SX"}
    take(db, COUNTY, TOWNSHIP, other)
    admin = Actor(None, "admin", 1, "township-MA", "/SX/MA/", frozenset({"admin"}))
    report = take(db, VILLAGE, VILLAGE | {"code": "YY", "parent": "QS"}, COUNTY | {"code": "ZZ"}, actor=admin)
    assert report.created == 1
    assert [(one.row, one.code) for one in report.problems] == [(3, "unknown_area"), (4, "required")]


def test_only_whoever_manages_areas_imports_them(db: Database) -> None:
    leader = Actor(None, "leader", 1, "leading-group", "/SX/", frozenset({"leader"}))
    with pytest.raises(Forbidden):
        take(db, COUNTY, actor=leader)


def test_what_is_looked_up_does_not_grow_with_the_rows(db: Database) -> None:
    take(db, COUNTY, TOWNSHIP)
    rows = [VILLAGE | {"code": f"V{number}"} for number in range(300)]
    with statements(db) as seen:
        take(db, *rows)
    reads = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(reads) < 6


def test_an_area_ends_with_a_day_and_a_successor(db: Database) -> None:
    take(db, COUNTY, TOWNSHIP, VILLAGE, VILLAGE | {"code": "YY", "name": "养鱼村"})
    with db.transaction() as session:
        end_area(
            session, actor=SYSTEM, chain=CHAIN, code="SL", until=date(2026, 3, 1), successor="YY", now=NOW
        )
    with db.reading() as session:
        area, after = by_code(session, "SL"), by_code(session, "YY")
        assert area is not None
        assert after is not None
        assert (area.valid_until, area.successor_id) == (date(2026, 3, 1), after.id)
        assert not list(verify_chains(session, CHAIN))


@pytest.mark.parametrize("successor", ["SL", "MA", "XX"])
def test_a_successor_is_another_area_of_the_same_level(db: Database, successor: str) -> None:
    take(db, COUNTY, TOWNSHIP, VILLAGE)
    with db.transaction() as session, pytest.raises(Invalid):
        end_area(
            session,
            actor=SYSTEM,
            chain=CHAIN,
            code="SL",
            until=date(2026, 3, 1),
            successor=successor,
            now=NOW,
        )


def test_an_area_ends_once(db: Database) -> None:
    take(db, COUNTY, TOWNSHIP, VILLAGE)
    with db.transaction() as session:
        end_area(
            session, actor=SYSTEM, chain=CHAIN, code="SL", until=date(2026, 3, 1), successor=None, now=NOW
        )
        with pytest.raises(Conflict, match="area_has_ended"):
            end_area(
                session, actor=SYSTEM, chain=CHAIN, code="SL", until=date(2026, 3, 2), successor=None, now=NOW
            )
