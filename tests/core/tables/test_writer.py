"""How tables are written, and that what is written comes back."""

import csv
import random
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from core.tables.reader import read_table
from core.tables.table import CellFault
from core.tables.writer import write_rows


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "table.xlsx"


VALUES: list[Any] = ["=1+1", "+1", "-1", "@sum", "\tx", "＝1", "水渠", 3, 1.5, None, True]


def test_text_that_looks_like_a_formula_stays_text(place: Path) -> None:
    write_rows(place, ["值", "序"], [[value, number] for number, value in enumerate(VALUES)])
    read = [values["值"] for _, values in read_table(place).rows]
    assert read == ["=1+1", "+1", "-1", "@sum", "x", "＝1", "水渠", 3, 1.5, None, True]
    with zipfile.ZipFile(place) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_in_csv_an_apostrophe_keeps_text_from_becoming_a_formula(tmp_path: Path) -> None:
    place = tmp_path / "table.csv"
    write_rows(place, ["值"], [[value] for value in VALUES])
    with place.open(encoding="utf-8-sig", newline="") as stream:
        read = [row[0] for row in csv.reader(stream)][1:]
    assert read == ["'=1+1", "'+1", "'-1", "'@sum", "'\tx", "'＝1", "水渠", "3", "1.5", "", "True"]


def test_dates_are_written_as_dates(place: Path) -> None:
    write_rows(place, ["日", "时"], [[date(2026, 3, 2), datetime(2026, 3, 2, 10, 0)]])
    assert read_table(place).rows == [(2, {"日": date(2026, 3, 2), "时": datetime(2026, 3, 2, 10, 0)})]


def test_a_cell_is_never_cut_in_silence(place: Path) -> None:
    with pytest.raises(ValueError, match="32767"):
        write_rows(place, ["文"], [["水" * 32_768]])


def test_what_is_written_comes_back(place: Path) -> None:
    rng = random.Random(7)
    rows = [[f"村{rng.randrange(99)}", rng.randrange(10**9), round(rng.random(), 6)] for _ in range(200)]
    write_rows(place, ["村", "数", "比"], rows)
    assert [list(values.values()) for _, values in read_table(place).rows] == rows


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_text_that_looks_like_a_formula_comes_back_as_it_was(tmp_path: Path, ending: str) -> None:
    place = tmp_path / f"table.{ending}"
    words = ["=1+1", "+8613800002046", "-水渠", "@all", "＝一", "'田", "'"]
    write_rows(place, ["编号", "值"], enumerate(words))
    assert [cells["值"] for _, cells in read_table(place).rows] == words


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_cell_that_could_not_be_read_is_handed_back_as_one(tmp_path: Path, ending: str) -> None:
    place = tmp_path / f"refused.{ending}"
    faults = [
        CellFault("error_value", shown="#REF!"),
        CellFault("formula_without_result"),
        CellFault("number_too_long", shown=1.38e17),
    ]
    write_rows(place, ["甲", "乙", "丙"], [faults])
    [(_, cells)] = read_table(place).rows
    assert [cells[name].code for name in "甲乙丙"] == ["error_value", "error_value", "number_too_long"]
