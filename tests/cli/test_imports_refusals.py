"""What an import refuses, and what it says that it did not read: all importers alike, xlsx and csv alike."""

import json
from collections.abc import Callable
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
from tests.core.tables.workbook_files import rows, workbook
from tests.rules.sources import ROOT

pytestmark = pytest.mark.one_database

#: For each importer a table with one good row, the table it fills, and a column of text in it.
TABLES: dict[str, tuple[list[list[Any]], Any, str]] = {
    "areas": (
        [["code", "name", "level", "parent"], ["NB", "新坝村", "village", "MA"]],
        Area,
        "name",
    ),
    "units": (
        [["code", "name", "kind", "area", "superior"], ["team-2", "二组", "team", "MA", "township-MA"]],
        Unit,
        "name",
    ),
    "roster": (
        [["村", "组", "户号", "户主", "电话"], ["杉岭村", 1, 900, "田某", "13800002046"]],
        Household,
        "户主",
    ),
    "cases": ([list(HEADINGS), [PLAIN[heading] for heading in HEADINGS]], Case, "答复意见"),
}
#: By the keys of these rows, those of others.
OTHER_KEYS: dict[Any, Any] = {"NB": "LT", "team-2": "team-3", 900: 901, 2001: 2002}
IMPORTERS = pytest.mark.parametrize("noun", TABLES)


def test_every_importer_is_tried_here() -> None:
    commands = json.loads((ROOT / "tests" / "rules" / "surface" / "commands.json").read_text("utf-8"))
    assert {name.split()[1] for name in commands if name.endswith(" import")} == set(TABLES)


def counted(db: Database, noun: str) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(TABLES[noun][1])) or 0


def text_of(noun: str) -> str:
    """Return the table of an importer as a person would type it."""
    return "".join(",".join(map(str, row)) + "\n" for row in TABLES[noun][0])


def csv(tmp_path: Path, text: str) -> str:
    place = tmp_path / "table.csv"
    place.write_text(text, encoding="utf-8")
    return str(place)


@IMPORTERS
def test_a_quote_that_never_ends_refuses_the_file_and_names_its_line(
    in_town: Command, town: Database, tmp_path: Path, noun: str
) -> None:
    header, row = text_of(noun).splitlines()
    before = counted(town, noun)
    done = in_town(noun, "import", csv(tmp_path, f'{header}\n"{row}\n{row}\n'))
    assert (done.code, done.out, counted(town, noun)) == (1, "", before)
    assert "第 2 行的引号没有合上" in done.err


@IMPORTERS
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: f"{row},多\n", "表头只有"),
        (lambda row: row.rpartition(",")[0] + "\n", "表头有"),
        (lambda row: row.rpartition(",")[0], "文件到这一行中间就断了"),
    ],
    ids=["too long", "too short", "cut off"],
)
def test_a_row_that_does_not_fit_the_headings_is_refused_by_its_number(
    in_town: Command, town: Database, tmp_path: Path, noun: str, change: Callable[[str], str], words: str
) -> None:
    text = text_of(noun)
    before = counted(town, noun)
    refused = tmp_path / "refused.csv"
    place = csv(tmp_path, text + change(text.splitlines()[1]))
    done = in_town(noun, "import", place, "--refused", str(refused))
    assert (done.code, counted(town, noun)) == (1, before + 1)
    assert "第 3 行，" in done.err
    assert words in done.err
    again = in_town(noun, "import", str(refused))
    assert (again.code, counted(town, noun)) == (1, before + 1)


@IMPORTERS
@pytest.mark.parametrize("value", ["#REF!", "#DIV/0!", True, "no result"])
def test_a_cell_that_cannot_be_read_refuses_its_row_and_never_is_empty(
    in_town: Command, town: Database, tmp_path: Path, noun: str, value: Any
) -> None:
    (header, row), _, column = TABLES[noun]

    def fill(_book: Any, sheet: Any) -> None:
        rows(header, row)(_book, sheet)
        at = header.index(column)
        if value is True:
            sheet.write_boolean(1, at, True)
        else:
            sheet.write_formula(1, at, "=Z99", None, "" if value == "no result" else value)

    before = counted(town, noun)
    place = workbook(tmp_path / "table.xlsx", ("一", fill))
    refused = tmp_path / "refused.xlsx"
    done = in_town(noun, "import", str(place), "--refused", str(refused))
    assert (done.code, counted(town, noun)) == (1, before)
    assert done.err.splitlines()[0].startswith(f"第 2 行，「{column}」一列：")
    assert len([line for line in done.err.splitlines() if line.startswith("第")]) == 1
    again = in_town(noun, "import", str(refused))
    assert (again.code, counted(town, noun)) == (1, before)


@IMPORTERS
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_two_columns_of_one_heading_refuse_the_file(
    in_town: Command, town: Database, tmp_path: Path, noun: str, ending: str
) -> None:
    (header, row), _, column = TABLES[noun]
    place = tmp_path / f"table.{ending}"
    write_rows(place, [*header, f"*{column} "], [[*row, "另一个"]])
    before = counted(town, noun)
    done = in_town(noun, "import", str(place))
    assert (done.code, counted(town, noun)) == (1, before)
    assert f"有几列都叫“{column}”" in done.err


@IMPORTERS
def test_every_sheet_goes_in_and_what_does_not_is_named(
    in_town: Command, town: Database, tmp_path: Path, noun: str
) -> None:
    (header, row), _, _ = TABLES[noun]
    other = [OTHER_KEYS.get(cell, cell) for cell in row]

    def hidden(book: Any, sheet: Any) -> None:
        rows(header, row)(book, sheet)
        sheet.hide()

    place = workbook(
        tmp_path / "table.xlsx",
        ("一组", rows(header, row)),
        ("二组", rows([*header, "附注"], [*other, "没人读"])),
        ("旧的", hidden),
        ("三组", rows(header[1:], row[1:])),
    )
    before = counted(town, noun)
    done = in_town(noun, "import", str(place))
    assert (done.code, done.err, counted(town, noun)) == (0, "", before + 2)
    said = ("「一组」：1 行", "「二组」：1 行", "附注", "「旧的」：它是隐藏的", "「三组」：它没有要的表头")
    assert [words for words in said if words not in done.out] == []
    chosen = in_town(noun, "import", str(place), "--sheet", "旧的")
    assert (chosen.code, counted(town, noun)) == (0, before + 2)
    assert "「旧的」：1 行" in chosen.out


@IMPORTERS
def test_a_heading_that_is_missing_is_named_with_what_stands_there(
    in_town: Command, tmp_path: Path, noun: str
) -> None:
    (header, row), _, _ = TABLES[noun]
    place = workbook(tmp_path / "table.xlsx", ("一组", rows(["别的", *header[1:]], row)))
    done = in_town(noun, "import", str(place))
    assert done.code == 1
    assert f"工作表「一组」缺：{header[0]}；第 1 行写的是：别的、{header[1]}" in done.err
    english = in_town(noun, "import", str(place), LANGUAGE="en")
    assert f"sheet “一组” lacks: {header[0]}" in english.err


def test_the_encoding_is_said(in_town: Command, tmp_path: Path) -> None:
    place = tmp_path / "areas.csv"
    place.write_bytes(text_of("areas").encode("gb18030"))
    assert "按 GB18030 编码读" in in_town("areas", "import", str(place)).out


def test_a_village_merged_over_rows_is_that_of_each(in_town: Command, town: Database, tmp_path: Path) -> None:
    form = tmp_path / "map.toml"
    text = (ROOT / "config" / "maps" / "message-board.toml").read_text("utf-8")
    form.write_text(text.replace("[columns]\n", '[columns]\nvillage = "村"\nunit = "单位"\n'), "utf-8")

    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, [*HEADINGS, "村", "单位"])
        for number in range(1, 4):
            cells = {**PLAIN, "留言编号": 2000 + number}
            sheet.write_row(number, 0, [cells[heading] for heading in HEADINGS])
        sheet.merge_range(1, len(HEADINGS), 3, len(HEADINGS), "SL")
        sheet.merge_range(1, len(HEADINGS) + 1, 3, len(HEADINGS) + 1, "committee-SL")

    place = workbook(tmp_path / "messages.xlsx", ("一", fill))
    assert in_town("cases", "import", str(place), "--map", str(form)).code == 0
    with town.reading() as session:
        numbers = session.scalars(select(Case.number).order_by(Case.number)).all()
    assert len(numbers) == 3
    assert {number[: len("SL-2019-")] for number in numbers} == {"SL-2019-"}


def test_rows_of_two_sheets_that_say_the_same_household_are_named_with_their_sheets(
    in_town: Command, tmp_path: Path
) -> None:
    (header, row), _, _ = TABLES["roster"]
    place = workbook(
        tmp_path / "roster.xlsx",
        ("一组", rows(header, row)),
        ("二组", rows(header, row, [*row[:2], 901, "", "x"])),
    )
    refused = tmp_path / "refused.xlsx"
    done = in_town("roster", "import", str(place), "--refused", str(refused))
    assert "工作表「二组」第 2 行，「户号」一列：与工作表「一组」第 2 行重复" in done.err
    assert "工作表「二组」第 3 行，「户主」一列：请填写这一格" in done.err
    assert [cells["户号"] for _, cells in read_table(refused).rows] == [900, 901]
    english = in_town("roster", "import", str(place), LANGUAGE="en")
    assert "Sheet “二组”, row 2, column “户号”: the same as row 2 of sheet “一组”" in english.err


@pytest.mark.parametrize("phone", ["没有", "138****2046", "12", "13800002046、13800001111"])
def test_what_cannot_be_a_telephone_is_refused_by_row_and_column(
    in_town: Command, town: Database, tmp_path: Path, phone: str
) -> None:
    form = tmp_path / "map.toml"
    text = (ROOT / "config" / "maps" / "message-board.toml").read_text("utf-8")
    form.write_text(text.replace('name = "留言用户"', 'phone = "留言用户"'), "utf-8")
    messages, roster = tmp_path / "messages.xlsx", tmp_path / "roster.xlsx"
    write_rows(messages, HEADINGS, [[{**PLAIN, "留言用户": phone}[heading] for heading in HEADINGS]])
    (header, row), _, _ = TABLES["roster"]
    write_rows(roster, header, [[*row[:4], phone]])
    done = in_town("cases", "import", str(messages), "--map", str(form))
    assert (done.code, counted(town, "cases")) == (1, 0)
    assert done.err.startswith("第 2 行，「留言用户」一列：这不像电话号码")
    done = in_town("roster", "import", str(roster))
    assert done.code == 1
    assert done.err.startswith("第 2 行，「电话」一列：这不像电话号码")
