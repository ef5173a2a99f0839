"""Test the import of the register of households."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from accounts.access.actor import SYSTEM
from accounts.history import verify_chains
from accounts.models import Area
from cases.verification.database_checks import REGISTERED
from core.errors import Forbidden
from core.i18n import translator
from core.persistence.db import Database
from core.tables.import_report import ImportReport, sentence
from core.tables.reader import read_table
from core.tables.table import CellFault
from core.tables.writer import write_rows
from roster.imports import COLUMNS, HINTS, NEEDED, import_roster
from roster.models import Household
from tests.accounts.register_entries import CHAIN, NOW, entries
from tests.builders import actor_named
from tests.statements import statements

ROW: dict[str, Any] = {
    "村": "杉岭村",
    "组": 3,
    "户号": 41,
    "户主": "田满仓",
    "人口": 4,
    "电话": 13800001111,
    "备注": "独居老人，常年在家",
}


def take(
    db: Database, *rows: dict[str, Any], dry_run: bool = False, username: str | None = None
) -> ImportReport:
    with db.transaction() as session:
        return import_roster(
            session,
            actor=actor_named(session, username) if username else SYSTEM,
            rows=enumerate(rows, start=2),
            chain=CHAIN,
            now=NOW,
            dry_run=dry_run,
        )


def household(db: Database, key: str = "SL-03-041") -> Household | None:
    with db.reading() as session:
        return session.scalars(select(Household).where(Household.key == key)).first()


def test_a_row_becomes_a_household_with_a_key(town: Database) -> None:
    assert take(town, ROW).created == 1
    found = household(town)
    assert found is not None
    assert (found.group_no, found.number, found.head, found.people) == (3, 41, "田满仓", 4)
    assert (found.phone, found.note, found.active) == ("13800001111", "独居老人，常年在家", True)


@pytest.mark.parametrize(
    "row",
    [
        {"村": "SL", "组": "3组", "户号": "041"},
        {"村": "sl", "组": "第3组", "户号": "41号"},
        {"村": " 杉岭村", "组": "３", "户号": 41.0},
    ],
)
def test_a_place_is_understood_however_it_is_written(town: Database, row: dict[str, Any]) -> None:
    take(town, ROW | row)
    assert household(town) is not None


def test_importing_again_changes_nothing(town: Database) -> None:
    take(town, ROW)
    report = take(town, ROW)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 1)
    with town.reading() as session:
        assert len(entries(session, "household")) == 1


def test_a_changed_row_changes_the_household_and_the_history_keeps_no_phone(town: Database) -> None:
    take(town, ROW)
    assert take(town, ROW | {"人口": 5, "电话": "138 0000 2222"}).changed == 1
    with town.reading() as session:
        last = entries(session, "household")[-1]
        assert last.facts == {"key": "SL-03-041", "fields": ["people", "phone"], "people": [4, 5]}
        assert not list(verify_chains(session, CHAIN, REGISTERED))


def test_an_empty_cell_leaves_what_is_known(town: Database) -> None:
    take(town, ROW)
    report = take(town, ROW | {"人口": None, "电话": None, "备注": None})
    assert report.unchanged == 1


def test_an_edited_household_shows(town: Database) -> None:
    take(town, ROW)
    with town.transaction() as session:
        session.execute(update(Household).where(Household.key == "SL-03-041").values(people=9))
    with town.reading() as session:
        assert [one.reason for one in verify_chains(session, CHAIN, REGISTERED)] == ["row_changed"]


BAD: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"村": None}, "村", "required"),
    ({"村": "桃花村"}, "村", "unknown_village"),
    ({"组": None}, "组", "required"),
    ({"组": "东头"}, "组", "not_a_number"),
    ({"组": 0}, "组", "out_of_range"),
    ({"户号": 100_000}, "户号", "out_of_range"),
    ({"户号": 1.5}, "户号", "not_a_number"),
    ({"户主": None}, "户主", "required"),
    ({"户主": "田\u202e满仓"}, "户主", "invisible_character"),
    ({"人口": "四口"}, "人口", "not_a_number"),
    ({"人口": 100}, "人口", "out_of_range"),
    ({"电话": "没有"}, "电话", "not_a_phone"),
    ({"电话": "1"}, "电话", "not_a_phone"),
    ({"备注": "长" * 501}, "备注", "too_long"),
    ({"户号": 41}, "户号", "row_repeated"),
)


def test_bad_rows_are_named_and_good_rows_are_never_lost(town: Database) -> None:
    rows = [ROW | {"户号": 100 + number} | row for number, (row, _, _) in enumerate(BAD)]
    report = take(town, ROW, *rows, ROW | {"户号": 42})
    assert [(one.row, one.column, one.code) for one in report.problems] == [
        (number, column, code) for number, (_, column, code) in enumerate(BAD, start=3)
    ]
    assert report.created == 2


@pytest.mark.parametrize("column", COLUMNS)
def test_a_cell_that_cannot_be_read_refuses_its_row(town: Database, column: str) -> None:
    report = take(town, ROW | {column: CellFault("error_value", facts={"value": "#REF!"})})
    assert [(one.column, one.code) for one in report.problems] == [(column, "error_value")]
    assert (report.created, report.changed) == (0, 0)


def test_every_problem_of_a_row_is_named_at_once(town: Database) -> None:
    report = take(town, ROW | {"村": "桃花村", "户主": None, "人口": -1})
    assert [one.column for one in report.problems] == ["村", "户主", "人口"]
    assert report.refused == 1


def test_a_problem_can_be_said_in_both_languages(town: Database) -> None:
    problem = take(town, ROW | {"村": "桃花村"}).problems[0]
    said = sentence(problem, HINTS, translator("zh"))
    assert said.startswith("第 2 行，「村」一列：没有名为「桃花村」的村")
    assert sentence(problem, HINTS, translator("en")).startswith("Row 2, column “村”: there is no village")


def test_two_villages_of_one_name_need_the_code(town: Database) -> None:
    with town.transaction() as session:
        session.execute(update(Area).where(Area.code == "GG").values(name="杉岭村"))
    report = take(town, ROW, ROW | {"村": "GG"})
    assert [one.code for one in report.problems] == ["ambiguous_village"]
    assert report.created == 1


def test_a_village_that_has_ended_takes_no_households(town: Database) -> None:
    with town.transaction() as session:
        session.execute(update(Area).where(Area.code == "SL").values(valid_until=NOW.date()))
    assert [one.code for one in take(town, ROW).problems] == ["unknown_village"]


def test_the_number_of_a_household_that_has_gone_is_never_used_again(town: Database) -> None:
    take(town, ROW)
    with town.transaction() as session:
        session.execute(
            update(Household)
            .where(Household.key == "SL-03-041")
            .values(active=False, moved_out_on=NOW.date())
        )
    assert [one.code for one in take(town, ROW).problems] == ["household_gone"]


def test_a_trial_run_reports_the_same_and_writes_nothing(town: Database) -> None:
    trial = take(town, ROW, ROW | {"村": "桃花村"}, dry_run=True)
    assert household(town) is None
    assert trial == take(town, ROW, ROW | {"村": "桃花村"})


def test_only_whoever_may_import_imports(town: Database) -> None:
    with pytest.raises(Forbidden):
        take(town, ROW, username="zuzhang")


def test_what_is_looked_up_does_not_grow_with_the_rows(town: Database) -> None:
    rows = [ROW | {"户号": number} for number in range(1, 301)]
    with statements(town) as seen:
        take(town, *rows)
    reads = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(reads) < 6


def test_a_sheet_goes_in_as_it_is(town: Database, tmp_path: Path) -> None:
    place = tmp_path / "roster.xlsx"
    write_rows(place, COLUMNS, [list(ROW.values()), ["养鱼村", 12, 482, "向老幺", None, None, None]])
    rows = read_table(place, NEEDED).rows
    with town.transaction() as session:
        report = import_roster(session, actor=SYSTEM, rows=rows, chain=CHAIN, now=NOW)
    assert (report.created, report.problems) == (2, [])
    assert household(town, "YY-12-482") is not None
