"""A small file cannot ask for much memory, wherever it says that its cells lie, by whichever importer."""

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import Invalid
from core.tables import workbooks
from core.tables.reader import read_table
from tests.core.tables.workbook_files import replace_in, rows, workbook
from tests.rules import sources

SHEET = "xl/worksheets/sheet1.xml"
NEEDED = ("编号", "内容")
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
#: With the program itself; what one of these files asked for before was a gigabyte.
LITTLE_MEMORY = 400 << 20
END = "</sheetData>"


def at(row: int, column: int) -> Callable[[Path], None]:
    """Make a table of one row with a further cell somewhere, rows and columns from 0."""

    def make(place: Path) -> None:
        def fill(book: Any, sheet: Any) -> None:
            rows(NEEDED, [1, "一"])(book, sheet)
            sheet.write_string(row, column, "远")

        workbook(place, ("一", fill))

    return make


def saying(more: str) -> Callable[[Path], None]:
    """Make a table of two rows that says more, as another program might have written it."""

    def make(place: Path) -> None:
        workbook(place, ("一", rows(NEEDED, [1, "一"], [2, "二"])))
        replace_in(place, SHEET, END, more)

    return make


REFUSED = {
    "the last cell of all": at(1_048_575, 16_383),
    "the last one within the limits": at(199_999, 999),
    "half way": at(50_000, 500),
    "a far column below many rows": saying('<row r="150000"><c r="AD150000"><v>1</v></c></row></sheetData>'),
}
READ = {
    "a blank cell with a border": saying('<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'),
    "a merged range of everything": saying(
        '</sheetData><mergeCells count="1"><mergeCell ref="A4:XFD1048576"/></mergeCells>'
    ),
    "a row without cells": saying('<row r="1048576"/></sheetData>'),
}


@UNIX
@pytest.mark.parametrize("make", REFUSED.values(), ids=list(REFUSED))
def test_a_cell_far_from_the_table_is_refused_with_its_place_before_memory_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    monkeypatch.setattr(workbooks, "MOST_MEMORY", LITTLE_MEMORY)
    place = tmp_path / "far.xlsx"
    make(place)
    assert place.stat().st_size < 10_000
    with pytest.raises(Invalid) as refusal:
        read_table(place, NEEDED)
    assert refusal.value.errors == {"file": ["cell_too_far"]}
    assert refusal.value.facts["row"] >= 50_001


@UNIX
@pytest.mark.parametrize("make", READ.values(), ids=list(READ))
def test_what_holds_nothing_there_is_read_within_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    monkeypatch.setattr(workbooks, "MOST_MEMORY", LITTLE_MEMORY)
    place = tmp_path / "far.xlsx"
    make(place)
    assert [number for number, _ in read_table(place, NEEDED).rows] == [2, 3]


@UNIX
def test_without_the_check_such_a_file_takes_more_than_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_MEMORY", LITTLE_MEMORY)
    monkeypatch.setattr(workbooks, "LIMITS", (*workbooks.LIMITS[:2], 10**9, *workbooks.LIMITS[3:]))
    place = tmp_path / "far.xlsx"
    REFUSED["half way"](place)
    with pytest.raises(Invalid) as refusal:
        read_table(place, NEEDED)
    assert refusal.value.errors == {"file": ["too_much_work"]}


def test_every_importer_has_its_workbooks_read_by_that_process() -> None:
    readers = {"openpyxl", "python_calamine", "pandas", "xlrd"}
    found = {
        sources.name(place)
        for place in sources.product()
        if any(one in place.read_text(encoding="utf-8") for one in readers)
        for node in ast.walk(sources.tree(place))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in readers)
        or (isinstance(node, ast.Import) and {one.name.partition(".")[0] for one in node.names} & readers)
    }
    assert found == {"core/tables/sheet_process.py"}
