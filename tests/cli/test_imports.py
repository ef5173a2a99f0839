"""Tables of areas, units, households and complaints on the command line."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.models import Area, Unit
from cases.models.case import Case
from core.persistence.db import Database
from core.tables.reader import read_table
from core.tables.writer import write_rows
from roster.models import Household
from tests.cases.importing.message_sheet import HEADINGS, PLAIN
from tests.cli.conftest import Command

pytestmark = pytest.mark.one_database

AREAS = [
    ("SX", "示范县", "county", "", ""),
    ("MA", "马鞍乡", "township", "SX", ""),
    ("SL", "杉岭村", "village", "MA", 637),
]
UNITS = [
    ("township-MA", "马鞍乡人民政府", "township", "MA", ""),
    ("team", "工作组", "team", "MA", "township-MA"),
]
ROSTER = ("村", "组", "户号", "户主", "人口", "电话", "备注")
HOMES: list[tuple[Any, ...]] = [
    ("杉岭村", 3, 11, "田大", 4, "13800002046", None),
    ("杉岭村", 3, 12, "田二", 2, None, "独居"),
]


def sheet(place: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    write_rows(place, header, rows)
    return str(place)


def count(db: Database, model: Any) -> int | None:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_areas_and_units_come_from_a_table(
    command: Command, db: Database, tmp_path: Path, ending: str
) -> None:
    areas = sheet(tmp_path / f"areas.{ending}", ("code", "name", "level", "parent", "land_mu"), AREAS)
    units = sheet(tmp_path / f"units.{ending}", ("code", "name", "kind", "area", "superior"), UNITS)
    assert command("areas", "import", areas).code == 0
    assert command("units", "import", units).code == 0
    assert (count(db, Area), count(db, Unit)) == (3, 2)


def test_importing_the_same_table_again_changes_nothing(in_town: Command, tmp_path: Path) -> None:
    place = sheet(tmp_path / "roster.xlsx", ROSTER, HOMES)
    assert "新增 2" in in_town("roster", "import", place).out
    assert "新增 0，更新 0，不变 2" in in_town("roster", "import", place).out


def test_a_dry_run_reports_and_writes_nothing(in_town: Command, town: Database, tmp_path: Path) -> None:
    before = count(town, Household)
    done = in_town("roster", "import", sheet(tmp_path / "roster.xlsx", ROSTER, HOMES), "--dry-run")
    assert "新增 2" in done.out
    assert count(town, Household) == before


def test_bad_rows_are_named_and_handed_back_and_good_rows_go_in(
    in_town: Command, town: Database, tmp_path: Path
) -> None:
    before = count(town, Household)
    rows = [*HOMES, ("无名村", 1, 1, "张三", 2, None, None), ("杉岭村", "三", 2, "", 2, "1", None)]
    refused = tmp_path / "refused.xlsx"
    place = sheet(tmp_path / "roster.xlsx", ROSTER, rows)
    done = in_town("roster", "import", place, "--refused", str(refused))
    assert done.code == 1
    assert "第 4 行" in done.err
    assert "第 5 行" in done.err
    assert count(town, Household) == (before or 0) + 2
    assert [values["村"] for _, values in read_table(refused, ROSTER).rows] == ["无名村", "杉岭村"]


@pytest.mark.parametrize("noun", ["areas", "units", "roster", "cases"])
def test_a_file_that_is_not_there_is_named(in_town: Command, noun: str) -> None:
    done = in_town(noun, "import", "nowhere.xlsx")
    assert done.code == 1
    assert "nowhere.xlsx" in done.err


def test_a_file_that_is_no_table_is_refused(in_town: Command, tmp_path: Path) -> None:
    place = tmp_path / "roster.xlsx"
    place.write_bytes(b"this is no sheet")
    done = in_town("roster", "import", str(place))
    assert done.code == 1
    assert done.err.startswith("file：")


def test_messages_of_another_system_become_cases(in_town: Command, town: Database, tmp_path: Path) -> None:
    place = sheet(tmp_path / "messages.xlsx", HEADINGS, [tuple(PLAIN[heading] for heading in HEADINGS)])
    done = in_town("cases", "import", place)
    assert done.err == ""
    assert done.code == 0
    assert "新增 1 件，其中已答复 1 件" in done.out
    assert "早已导入 1 件" in in_town("cases", "import", place).out
    with town.reading() as session:
        assert session.scalars(select(Case.imported)).all() == [True]
    assert in_town("verify").code == 0


def test_a_map_with_mistakes_is_refused_with_their_places(in_town: Command, tmp_path: Path) -> None:
    form = tmp_path / "map.toml"
    form.write_text('source = "x"\n[columns]\nid = "编号"\nnonsense = "甲"\n', encoding="utf-8")
    place = sheet(tmp_path / "messages.xlsx", HEADINGS, [])
    done = in_town("cases", "import", place, "--map", str(form))
    assert done.code == 1
    assert "nonsense" in done.err
