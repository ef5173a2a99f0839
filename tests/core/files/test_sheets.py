"""Test how tables are read and written, on small files made here."""

import csv
import random
import zipfile
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from core.errors import Invalid
from core.files import sheets
from core.files.sheets import read_rows, write_rows


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "table.xlsx"


def problem(place: Path, columns: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        list(read_rows(place, columns))
    return refusal.value.errors["file"]


def test_values_keep_their_type(place: Path) -> None:
    with xlsxwriter.Workbook(place) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for column, heading in enumerate(["文", "整数", "小数", "真", "日", "时", "写的日", "公式", "错"]):
            sheet.write_string(0, column, heading)
        sheet.write_string(1, 0, " 水渠\u3000")
        sheet.write_number(1, 1, 13800002046)
        sheet.write_number(1, 2, 1.5)
        sheet.write_boolean(1, 3, True)
        sheet.write_datetime(1, 4, datetime(2020, 1, 2), day)
        sheet.write_datetime(1, 5, datetime(2020, 1, 2, 3, 4, 5), moment)
        sheet.write_string(1, 6, "2020/1/2 3:04")
        sheet.write_formula(1, 7, "=1+1", None, 2)
        sheet.write_formula(1, 8, "=1/0", None, "#DIV/0!")
    assert list(read_rows(place)) == [
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
                "错": None,
            },
        )
    ]


def test_headings_are_found_below_a_title_and_in_another_sheet(place: Path) -> None:
    with xlsxwriter.Workbook(place) as book:
        book.add_worksheet("说明").write_string(0, 0, "先看这里")
        sheet = book.add_worksheet("户册")
        sheet.merge_range(0, 0, 0, 2, "马鞍乡户册")
        sheet.write_row(2, 1, [" 村", "户主 "])
        sheet.write_row(3, 1, ["杉岭村", "田老根"])
    assert list(read_rows(place, ("村", "户主"))) == [(4, {"村": "杉岭村", "户主": "田老根"})]


def test_headings_do_not_depend_on_width_and_case(place: Path) -> None:
    write_rows(place, ["ＣＯＤＥ", "Name "], [["SX", "示范县"]])
    assert list(read_rows(place, ("code", "name"))) == [(2, {"code": "SX", "name": "示范县"})]


def test_missing_headings_are_named(place: Path) -> None:
    write_rows(place, ["code"], [["SX"]])
    with pytest.raises(Invalid) as refusal:
        read_rows(place, ("code", "name"))
    assert refusal.value.errors == {"file": ["headings_missing"]}
    assert refusal.value.facts == {"columns": ["code", "name"]}


def test_a_merged_cell_stands_in_its_first_row(place: Path) -> None:
    with xlsxwriter.Workbook(place) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["村", "户主"])
        sheet.merge_range(1, 0, 2, 0, "杉岭村")
        sheet.write_string(1, 1, "甲")
        sheet.write_string(2, 1, "乙")
    assert [values["村"] for _, values in read_rows(place)] == ["杉岭村", None]


def test_blank_rows_are_skipped_and_cost_one_look_at_each_cell(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, looks = sheets._value, count()
    monkeypatch.setattr(sheets, "_value", lambda cell: (next(looks), look(cell))[1])
    with xlsxwriter.Workbook(place, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编号", "内容"])
        sheet.write_row(1, 0, [1, "一"])
        blank = book.add_format({"border": 1})
        for row in range(2, 65_202):
            sheet.write_blank(row, 0, None, blank)
        sheet.write_row(65_202, 0, [2, "二"])
    rows = list(read_rows(place))
    assert [number for number, _ in rows] == [2, 65_203]
    assert next(looks) == 2 * 65_202


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_of_office_programs(tmp_path: Path, encoding: str) -> None:
    place = tmp_path / "table.CSV"
    place.write_bytes('村,户主\r\n杉岭村,𠮷田\r\n\r\n养鱼村,"两\n行"\r\n'.encode(encoding))
    assert list(read_rows(place)) == [
        (2, {"村": "杉岭村", "户主": "𠮷田"}),
        (4, {"村": "养鱼村", "户主": "两\n行"}),
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x81", b"\n\n\n"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "table.csv"
    place.write_bytes(content)
    assert problem(place)[0] in {"headings_missing", "unknown_encoding", "not_a_table"}


def test_a_csv_file_has_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "table.csv"
    place.write_text("a,b\n1,2\n")
    monkeypatch.setattr(sheets, "MOST_CSV", 4)
    assert problem(place) == ["too_large"]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_what_is_no_table_is_refused(place: Path, content: bytes) -> None:
    place.write_bytes(content)
    assert problem(place) == ["not_a_table"]


def test_a_zip_that_is_no_table_is_refused(place: Path) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert problem(place) == ["not_a_table"]


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
    monkeypatch.setattr(sheets, "CalamineWorkbook", unpack)
    assert problem(place) == ["unpacks_too_large"]


def test_a_table_of_too_many_parts_is_refused(place: Path) -> None:
    with zipfile.ZipFile(place, "w") as archive:
        for number in range(sheets.MOST_ENTRIES + 1):
            archive.writestr(f"xl/{number}.xml", "")
    assert problem(place) == ["unpacks_too_large"]


def test_entities_are_not_opened(place: Path) -> None:
    with xlsxwriter.Workbook(place) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "a")
        sheet.write_string(1, 0, "b")
    evil = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    with zipfile.ZipFile(place) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    strings = parts["xl/sharedStrings.xml"]
    parts["xl/sharedStrings.xml"] = strings.replace("<sst", f"{evil}<sst").replace("<t>b</t>", "<t>&e;</t>")
    with zipfile.ZipFile(place, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert problem(place) == ["not_a_table"]


VALUES: list[Any] = ["=1+1", "+1", "-1", "@sum", "\tx", "＝1", "水渠", 3, 1.5, None, True]


def test_text_that_looks_like_a_formula_stays_text(place: Path) -> None:
    write_rows(place, ["值", "序"], [[value, number] for number, value in enumerate(VALUES)])
    read = [values["值"] for _, values in read_rows(place)]
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
    assert list(read_rows(place)) == [(2, {"日": date(2026, 3, 2), "时": datetime(2026, 3, 2, 10, 0)})]


def test_a_cell_is_never_cut_in_silence(place: Path) -> None:
    with pytest.raises(ValueError, match="32767"):
        write_rows(place, ["文"], [["水" * 32_768]])


def test_what_is_written_comes_back(place: Path) -> None:
    rng = random.Random(7)
    rows = [[f"村{rng.randrange(99)}", rng.randrange(10**9), round(rng.random(), 6)] for _ in range(200)]
    write_rows(place, ["村", "数", "比"], rows)
    assert [list(values.values()) for _, values in read_rows(place)] == rows
