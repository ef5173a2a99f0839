"""A table is read whole: each sheet with the headings, however they are written, and the rest is named."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import Invalid
from core.tables.reader import read_table
from core.tables.table import SheetLeftOut, SheetRead, SheetRow
from core.tables.writer import write_rows
from tests.core.tables.workbook_files import rows, workbook

NEEDED = ("村", "户主")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "table.xlsx"


def refused(place: Path, **given: Any) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        read_table(place, NEEDED, **given)
    return refusal.value


def test_every_sheet_that_can_be_seen_is_read_and_named(place: Path) -> None:
    workbook(
        place,
        ("一组", rows(["村", "户主"], ["杉岭村", "田大"])),
        ("说明", rows(["先看这里"])),
        ("二组", rows(["户主", "村"], ["田二", "杉岭村"], ["田三", "杉岭村"])),
        ("空", rows()),
    )
    table = read_table(place, NEEDED)
    assert table.rows == [
        (SheetRow(0, "一组", 2), {"村": "杉岭村", "户主": "田大"}),
        (SheetRow(2, "二组", 2), {"村": "杉岭村", "户主": "田二"}),
        (SheetRow(2, "二组", 3), {"村": "杉岭村", "户主": "田三"}),
    ]
    assert table.sheets == [SheetRead("一组", 1), SheetRead("二组", 2)]
    assert table.left_out == [SheetLeftOut("说明", "no_headings"), SheetLeftOut("空", "blank")]


def with_hidden(place: Path) -> Path:
    def hidden(book: Any, sheet: Any) -> None:
        rows(["村", "户主"], ["杉岭村", "旧"])(book, sheet)
        sheet.hide()

    return workbook(place, ("今年", rows(["村", "户主"], ["杉岭村", "新"])), ("去年", hidden))


def test_a_hidden_sheet_is_left_out_and_named(place: Path) -> None:
    table = read_table(with_hidden(place), NEEDED)
    assert table.rows == [(2, {"村": "杉岭村", "户主": "新"})]
    assert table.left_out == [SheetLeftOut("去年", "hidden")]


def test_a_sheet_can_be_chosen_hidden_or_not(place: Path) -> None:
    table = read_table(with_hidden(place), NEEDED, sheets=["去年"])
    assert table.rows == [(2, {"村": "杉岭村", "户主": "旧"})]
    assert table.left_out == [SheetLeftOut("今年", "not_wanted")]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(place: Path, tmp_path: Path) -> None:
    refusal = refused(with_hidden(place), sheets=["明年"])
    assert refusal.errors == {"sheet": ["no_such_sheet"]}
    assert refusal.facts == {"missing": ["明年"], "sheets": ["今年", "去年"]}
    csv = tmp_path / "table.csv"
    csv.write_text("村,户主\n", encoding="utf-8")
    assert refused(csv, sheets=["明年"]).errors == {"sheet": ["no_sheets"]}


def test_a_chosen_sheet_without_the_headings_is_refused(place: Path) -> None:
    workbook(place, ("甲", rows(["村", "户主"])), ("乙", rows(["村", "姓名"])))
    refusal = refused(place, sheets=["甲", "乙"])
    assert refusal.errors == {"file": ["headings_missing"]}
    assert [sheet["sheet"] for sheet in refusal.facts["sheets"]] == ["乙"]


def test_missing_headings_are_named_with_the_sheet_and_what_stands_there(place: Path) -> None:
    workbook(
        place,
        ("一组", rows(["马鞍乡户册"], [], ["村", "姓 名", "组"], ["杉岭村", "田大"])),
        ("二组", rows(["户主"])),
    )
    assert refused(place).facts["sheets"] == [
        {"sheet": "一组", "row": 3, "found": ["村", "姓 名", "组"], "missing": ["户主"]},
        {"sheet": "二组", "row": 1, "found": ["户主"], "missing": ["村"]},
    ]


def test_of_a_row_that_is_no_headings_little_is_shown(place: Path) -> None:
    workbook(place, ("一", rows(["水渠塌了一段，" * 50, *("甲乙丙丁" * 10)])))
    [sheet] = refused(place).facts["sheets"]
    assert (len(sheet["found"]), max(map(len, sheet["found"]))) == (12, 20)


@pytest.mark.parametrize(
    "heading",
    [
        "户主",
        "户  主",
        "户\u3000主",
        "户\n主",
        "户_x000D_\n主",
        "*户主",
        "＊户主",
        "户主*",
        " 户主：",
        "户\u200b主",
    ],
)
def test_a_heading_is_the_same_however_it_is_written(place: Path, tmp_path: Path, heading: str) -> None:
    csv = tmp_path / "table.csv"
    for file in (place, csv):
        write_rows(file, ["村", heading], [["杉岭村", "田大"]])
        table = read_table(file, NEEDED)
        assert table.rows == [(2, {"村": "杉岭村", "户主": "田大"})]


def test_headings_do_not_depend_on_width_and_case(place: Path) -> None:
    write_rows(place, ["ＣＯＤＥ", "Name "], [["SX", "示范县"]])
    assert read_table(place, ("code", "name")).rows == [(2, {"code": "SX", "name": "示范县"})]


def test_headings_stand_below_a_title_and_not_at_the_left(place: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 2, "马鞍乡户册")
        sheet.write_row(2, 1, ["村", "户主"])
        sheet.write_row(3, 1, ["杉岭村", "田大"])

    assert read_table(workbook(place, ("户册", fill)), NEEDED).rows == [(4, {"村": "杉岭村", "户主": "田大"})]


@pytest.mark.parametrize("merged", [True, False])
def test_headings_of_two_rows_are_taken_from_the_lower_one(place: Path, merged: bool) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 1, 0, "村")
        if merged:
            sheet.merge_range(0, 1, 1, 1, "户主")
        else:
            sheet.write_string(0, 1, "户主")
        sheet.merge_range(0, 2, 0, 3, "联系")
        sheet.write_row(1, 2, ["电话", "住址"])
        sheet.write_row(2, 0, ["杉岭村", "田大", "13800002046", "岭上"])

    table = read_table(workbook(place, ("户册", fill)), NEEDED, known=("电话",))
    assert table.rows == [
        (3, {"村": "杉岭村", "户主": "田大", "电话": "13800002046", "住址": "岭上"}),
    ]
    assert table.sheets == [SheetRead("户册", 1, ("住址",))]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_two_columns_of_one_known_heading_are_refused(tmp_path: Path, ending: str) -> None:
    place = tmp_path / f"table.{ending}"
    write_rows(place, ["村", "户主", "电话", "电 话"], [["杉岭村", "田大", "13800002046", None]])
    refusal = refused(place, known=("电话",))
    assert refusal.errors == {"file": ["heading_repeated"]}
    assert (refusal.facts["heading"], refusal.facts["columns"]) == ("电话", ["C", "D"])


def test_two_columns_that_nobody_looks_up_may_have_one_heading(place: Path) -> None:
    write_rows(place, ["村", "户主", "说明", "说明"], [["杉岭村", "田大", "甲", "乙"]])
    assert len(read_table(place, NEEDED, known=("电话",)).rows) == 1


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_columns_that_nobody_looks_up_are_named_when_they_hold_something(tmp_path: Path, ending: str) -> None:
    place = tmp_path / f"table.{ending}"
    write_rows(place, ["村", "户主", "电话号码", "", "邮编"], [["杉岭村", "田大", "1", "2", None]])
    assert read_table(place, NEEDED, known=("电话",)).sheets[0].ignored == ("电话号码", "D")


def test_a_cell_beyond_the_headings_refuses_its_row(place: Path) -> None:
    workbook(place, ("一", rows(["村", "户主"], ["杉岭村", "田大"], [None, "杉岭村", "田二"])))
    table = read_table(place, NEEDED)
    assert [number for number, _ in table.rows] == [2]
    assert [(one.place, one.code, one.facts) for one in table.unfit] == [
        (3, "cell_beyond_headings", {"column": "C"})
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1_500_000 + "EncryptedPackage".encode("utf-16-le"),
            "locked_by_password",
        ),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "markup"),
        ("a.xls", b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "markup"),
        ("a.csv", b"", "empty_file"),
        ("a.xlsx", b"", "empty_file"),
        ("a.csv", b"\n \n\n", "empty_file"),
        ("a.csv", b"\xef\xbb\xbf", "headings_missing"),
        ("a.csv", "村,姓名\n".encode(), "headings_missing"),
        ("a.csv", "村\t户主\n杉岭村\t田大\n".encode("utf-16"), "tab_separated"),
        ("a.txt", "村\t户主\n杉岭村\t田大\n".encode("gb18030"), "tab_separated"),
    ],
)
def test_what_is_no_such_table_is_refused_with_what_it_is(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    place = tmp_path / name
    place.write_bytes(content)
    assert refused(place).errors == {"file": [code]}


def test_a_workbook_is_known_by_what_it_holds_and_not_by_its_name(place: Path, tmp_path: Path) -> None:
    write_rows(place, NEEDED, [["杉岭村", "田大"]])
    other = place.rename(tmp_path / "table.xls")
    assert len(read_table(other, NEEDED).rows) == 1
