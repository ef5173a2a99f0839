"""Workbooks are opened in a process with limits, and nothing in them passes for empty that is not."""

import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from core.errors import Invalid
from core.tables import workbooks
from core.tables.reader import read_table
from core.tables.table import CellFault
from tests.core.tables.workbook_files import replace_in, rows, workbook

SHEET = "xl/worksheets/sheet1.xml"
NEEDED = ("编号", "内容")
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "table.xlsx"


def refused(place: Path, **given: Any) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        read_table(place, NEEDED, **given)
    return refusal.value


def found(place: Path) -> list[Any]:
    """Return the contents of the rows, faults by their code."""
    cells = [cells["内容"] for _, cells in read_table(place, NEEDED).rows]
    return [cell.code if isinstance(cell, CellFault) else cell for cell in cells]


def test_values_keep_their_type(place: Path) -> None:
    with xlsxwriter.Workbook(place) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for column, heading in enumerate(["文", "整数", "小数", "真", "日", "时", "写的日", "公式"]):
            sheet.write_string(0, column, heading)
        sheet.write_string(1, 0, " 水渠\u3000")
        sheet.write_number(1, 1, 13800002046)
        sheet.write_number(1, 2, 1.5)
        sheet.write_boolean(1, 3, True)
        sheet.write_datetime(1, 4, datetime(2020, 1, 2), day)
        sheet.write_datetime(1, 5, datetime(2020, 1, 2, 3, 4, 5), moment)
        sheet.write_string(1, 6, "2020/1/2 3:04")
        sheet.write_formula(1, 7, "=1+1", None, 2)
    assert read_table(place).rows == [
        (
            2,
            {
                "文": "水渠",
                "整数": 13800002046,
                "小数": 1.5,
                "真": True,
                "日": date(2020, 1, 2),
                "时": datetime(2020, 1, 2, 3, 4, 5),
                "写的日": "2020/1/2 3:04",
                "公式": 2,
            },
        )
    ]


def test_errors_missing_results_and_long_numbers_are_not_empty(place: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, NEEDED)
        for number in range(1, 7):
            sheet.write_number(number, 0, number)
        sheet.write_formula(1, 1, "=B99", None, "#REF!")
        sheet.write_formula(2, 1, "=A1", None, "待算")
        sheet.write_number(3, 1, 330106199001011234)
        sheet.write_formula(4, 1, '=IF(A5>9,"多","")', None, "少")
        sheet.write_number(5, 1, 3.5, book.add_format({"num_format": "[h]:mm"}))
        sheet.write_string(6, 1, "#N/A")

    workbook(place, ("一", fill))
    replace_in(place, SHEET, "<v>待算</v>", "")
    replace_in(place, SHEET, '<c r="B3" t="str">', '<c r="B3">')
    replace_in(place, SHEET, "<v>少</v>", "<v></v>")
    assert found(place) == [
        "error_value",
        "formula_without_result",
        "number_too_long",
        None,
        "length_of_time",
        "error_value",
    ]


@pytest.mark.parametrize("value", ["<v></v>", "<v/>"])
def test_a_formula_with_an_empty_result_that_is_no_text_has_none(place: Path, value: str) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, NEEDED)
        sheet.write_number(1, 0, 1)
        sheet.write_formula(1, 1, "=A1", None, 77)

    workbook(place, ("一", fill))
    replace_in(place, SHEET, "<v>77</v>", value)
    assert found(place) == ["formula_without_result"]


def test_a_last_row_of_nothing_but_an_error_is_a_row(place: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        rows(NEEDED, [1, "一"])(_book, sheet)
        sheet.write_formula(4, 1, "=B99", None, "#REF!")

    workbook(place, ("一", fill))
    assert [(number, cells["编号"]) for number, cells in read_table(place, NEEDED).rows] == [
        (2, 1),
        (5, None),
    ]


def test_cells_without_a_reference_stand_behind_each_other(place: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, NEEDED)
        sheet.write_number(1, 0, 1)
        sheet.write_formula(1, 1, "=B99", None, "#REF!")

    workbook(place, ("一", fill))
    replace_in(place, SHEET, ' r="A2"', "")
    replace_in(place, SHEET, ' r="B2"', "")
    assert found(place) == ["error_value"]


def test_a_merged_cell_gives_its_value_to_every_row_it_covers(place: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["内容", "编号", "村"])
        for number in range(1, 6):
            sheet.write_row(number, 0, [f"第{number}件", number])
        sheet.merge_range(1, 2, 3, 2, "养鱼村")
        sheet.merge_range(4, 2, 1_000_000, 2, "杉岭村")

    workbook(place, ("一", fill))
    read = read_table(place, NEEDED, known=("村",)).rows
    assert [(number, cells["村"]) for number, cells in read] == [
        (2, "养鱼村"),
        (3, "养鱼村"),
        (4, "养鱼村"),
        (5, "杉岭村"),
        (6, "杉岭村"),
    ]


def test_a_cell_merged_over_columns_says_nothing_of_those_beside_its_first(place: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["编号", "内容", "村"])
        sheet.write_row(1, 0, [1])
        sheet.write_row(2, 0, [2])
        sheet.write_row(3, 0, [3, "三", "甲"])
        sheet.merge_range(1, 1, 2, 2, "路坏了")

    workbook(place, ("一", fill))
    read = [cells for _, cells in read_table(place, NEEDED).rows]
    assert [cells["内容"] for cells in read] == ["路坏了", "路坏了", "三"]
    assert [isinstance(cells["村"], CellFault) for cells in read] == [True, True, False]
    assert read[0]["村"].code == "merged_columns"


def test_an_error_in_a_merged_cell_is_one_in_every_row_it_covers(place: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        rows(["编号", "内容"], [1], [2])(_book, sheet)
        sheet.merge_range(1, 1, 2, 1, "")
        sheet.write_formula(1, 1, "=B99", None, "#REF!")

    workbook(place, ("一", fill))
    assert found(place) == ["error_value", "error_value"]


@pytest.mark.parametrize(
    ("row", "column", "shown"), [(1_048_575, 0, "A1048576"), (1, 16_383, "XFD2"), (1_048_575, 16_383, None)]
)
def test_a_cell_at_the_far_end_of_a_sheet_is_refused_with_its_place(
    place: Path, row: int, column: int, shown: str | None
) -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(NEEDED, [1, "一"])(book, sheet)
        sheet.write_string(row, column, "远")

    refusal = refused(workbook(place, ("一", fill)))
    assert refusal.errors == {"file": ["cell_too_far"]}
    assert shown in (None, f"{refusal.facts['column']}{refusal.facts['row']}")


def test_blank_rows_between_are_skipped(place: Path) -> None:
    with xlsxwriter.Workbook(place, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, NEEDED)
        sheet.write_row(1, 0, [1, "一"])
        blank = book.add_format({"border": 1})
        for row in range(2, 65_202):
            sheet.write_blank(row, 0, None, blank)
        sheet.write_row(65_202, 0, [2, "二"])
    assert [number for number, _ in read_table(place, NEEDED).rows] == [2, 65_203]


@pytest.mark.parametrize("content", [b"not a zip", b"PK\x03\x04 broken", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_refused(place: Path, content: bytes) -> None:
    place.write_bytes(content)
    assert refused(place).errors == {"file": ["not_a_table"]}


def test_a_workbook_that_was_cut_off_is_refused(place: Path) -> None:
    workbook(place, ("一", rows(NEEDED, [1, "一"])))
    place.write_bytes(place.read_bytes()[:-400])
    assert refused(place).errors == {"file": ["not_a_table"]}


def test_a_sheet_that_was_cut_off_is_refused(place: Path) -> None:
    workbook(place, ("一", rows(NEEDED, [1, "一"], [2, "二"])))
    replace_in(place, SHEET, "</row></sheetData>", "")
    assert refused(place).errors == {"file": ["not_a_table"]}


def test_a_zip_that_is_no_workbook_is_refused(place: Path) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(place).errors == {"file": ["not_a_table"]}


@pytest.mark.parametrize("part", ["content.xml", "xl/workbook.bin"])
def test_workbooks_of_other_formats_are_refused_with_how_to_save(place: Path, part: str) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(part, "x")
    assert refused(place).errors == {"file": ["other_workbook"]}


def test_a_bomb_is_refused_from_its_directory_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(*_: object, **__: object) -> None:
        raise AssertionError("something of the bomb was unpacked")

    with (
        zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as stream,
    ):
        for _ in range(220):
            stream.write(b"0" * (1 << 20))
    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)
    monkeypatch.setattr("subprocess.run", unpack)
    assert refused(place).errors == {"file": ["unpacks_too_large"]}


def test_a_workbook_of_too_many_parts_is_refused(place: Path) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        for number in range(workbooks.MOST_ENTRIES + 1):
            archive.writestr(f"xl/{number}.xml", "")
    assert refused(place).errors == {"file": ["unpacks_too_large"]}


@pytest.mark.parametrize("name", ["MOST_BYTES", "MOST_CELLS"])
def test_a_workbook_has_a_size(place: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    workbook(place, ("一", rows(NEEDED, [1, "一"])))
    monkeypatch.setattr(workbooks, name, 3)
    monkeypatch.setattr(workbooks, "LIMITS", (*workbooks.LIMITS[:2], 3, *workbooks.LIMITS[3:]))
    assert refused(place).errors == {"file": ["too_large"]}


def test_entities_are_not_opened(place: Path) -> None:
    workbook(place, ("一", rows(NEEDED, [1, "b"])))
    evil = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    replace_in(place, "xl/sharedStrings.xml", "<sst", f"{evil}<sst")
    replace_in(place, "xl/sharedStrings.xml", "<t>b</t>", "<t>&e;</t>")
    assert refused(place).errors == {"file": ["not_a_table"]}


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let another program read the workbook."""
    place = tmp_path / "program.py"
    place.write_text(program, encoding="utf-8")
    monkeypatch.setattr(workbooks, "PROGRAM", place)


@UNIX
@pytest.mark.parametrize(
    "program",
    [
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True:\n    pass\n",
        "import os\nos.abort()\n",
    ],
    ids=["too long", "no memory left"],
)
def test_a_workbook_that_takes_too_much_is_given_up(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    workbook(place, ("一", rows(NEEDED, [1, "一"])))
    stand_in(tmp_path, monkeypatch, program)
    assert refused(place).errors == {"file": ["too_much_work"]}


@UNIX
def test_a_workbook_for_which_the_memory_is_too_small_is_given_up(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook(place, ("一", rows(NEEDED, *([number, f"{number}" + "一" * 200] for number in range(30_000)))))
    monkeypatch.setattr(workbooks, "MOST_MEMORY", 50 << 20)
    assert refused(place).errors == {"file": ["too_much_work"]}


def test_a_fault_of_the_reader_itself_is_a_refusal(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook(place, ("一", rows(NEEDED, [1, "一"])))
    program = workbooks.PROGRAM.read_text("utf-8")
    panic = "class PanicException(BaseException): ...\ndef plain(cell):\n    raise PanicException\n"
    stand_in(tmp_path, monkeypatch, program.replace("if __name__", f"{panic}\nif __name__"))
    assert refused(place).errors == {"file": ["not_a_table"]}


def test_the_process_that_opens_a_workbook_sees_no_secret(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook(place, ("一", rows(NEEDED)))
    monkeypatch.setenv("HUIYIN_SECRET_KEY", "k" * 40)
    spy = "import json, os\nprint(json.dumps(['sheet', '一', 'read', []]))\n"
    spy += "print(json.dumps(['row', 1, ['编号', '内容', *os.environ]]))\n"
    stand_in(tmp_path, monkeypatch, spy)
    headings = read_table(place, NEEDED).headings
    assert "path" in headings
    assert "huiyin_secret_key" not in headings
