"""Csv files are read by the letter: what is not well formed is refused with its place."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import Invalid
from core.tables import csv_reader
from core.tables.reader import read_table
from core.tables.table import CellFault

NEEDED = ("编号", "内容")


def csv(tmp_path: Path, content: str | bytes) -> Path:
    place = tmp_path / "table.csv"
    place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return place


def refused(tmp_path: Path, content: str | bytes) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        read_table(csv(tmp_path, content), NEEDED)
    return refusal.value


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_quoted_fields_hold_commas_quotes_and_line_ends(tmp_path: Path, end: str) -> None:
    text = end.join(["编号,内容", '1,"一，""二"""', '2,"三', '四,五"', "", "3,六", ""])
    table = read_table(csv(tmp_path, text), NEEDED)
    assert [(place, cells["内容"]) for place, cells in table.rows] == [
        (2, '一，"二"'),
        (3, f"三{end}四,五"),
        (5, "六"),
    ]
    assert table.encoding == "UTF-8"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('编号,内容\n1,"水管坏了\n2,路坏了\n3,桥坏了\n', "quote_not_closed", 2),
        ('编号,内容\n1,路\n2,桥\n"3,渠\n', "quote_not_closed", 4),
        ('编号,内容\n1,"第一行\n第二行"\n2,"坏了\n', "quote_not_closed", 4),
        ('编号,内容\n1,"水管坏了\n2,"路坏了，下雨走不了"\n', "text_after_quote", 2),
        ('编号,内容\n1,他说"不行"\n', "quote_in_field", 2),
        ('编号,内容\n1,"不行" 他说\n', "text_after_quote", 2),
    ],
)
def test_a_quote_out_of_place_refuses_the_file_with_its_line(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    refusal = refused(tmp_path, text)
    assert (refusal.errors, refusal.facts["line"]) == ({"file": [code]}, line)


@pytest.mark.parametrize(
    ("row", "code", "fields"),
    [("2", "fields_fewer", 1), ("2,路,坏了", "fields_more", 3), ("2,路,", "fields_more", 3)],
)
def test_a_row_with_more_or_fewer_fields_than_headings_is_refused_alone(
    tmp_path: Path, row: str, code: str, fields: int
) -> None:
    table = read_table(csv(tmp_path, f"编号,内容\n1,渠\n{row}\n3,桥\n"), NEEDED)
    assert [place for place, _ in table.rows] == [2, 4]
    assert [(one.place, one.code, one.facts) for one in table.unfit] == [
        (3, code, {"fields": fields, "headings": 2})
    ]


def test_a_file_that_ends_in_the_middle_of_a_row_says_so(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, "编号,内容\n1,渠\n2"), NEEDED)
    assert [(one.place, one.code) for one in table.unfit] == [(3, "file_ends_in_row")]


def test_the_last_row_needs_no_line_end(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, "编号,内容\n1,渠\n2,桥"), NEEDED)
    assert ([place for place, _ in table.rows], table.unfit) == ([2, 3], [])


def test_rows_of_empty_fields_are_blank_whatever_their_number(tmp_path: Path) -> None:
    table = read_table(csv(tmp_path, "编号,内容\n,\n1,渠\n , , \n"), NEEDED)
    assert ([place for place, _ in table.rows], table.unfit) == ([3], [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("#REF!", "error_value"),
        ("#N/A", "error_value"),
        ("########", "error_value"),
        ("1.38E+17", "number_too_long"),
        ("TRUE", True),
        ("FALSE", False),
        ("13800002046", "13800002046"),
        ("330106199001011234", "330106199001011234"),
        ("True", "True"),
        ("#1", "#1"),
        (" ", None),
        ("'+8613800002046", "+8613800002046"),
        ("'田", "'田"),
    ],
)
def test_what_a_spreadsheet_exports_for_a_value_is_read_as_in_a_workbook(
    tmp_path: Path, field: str, value: Any
) -> None:
    [(_, cells)] = read_table(csv(tmp_path, f"编号,内容\n1,{field}\n"), NEEDED).rows
    found = cells["内容"]
    assert (found.code if isinstance(found, CellFault) else found) == value


@pytest.mark.parametrize(
    ("sign", "code"),
    [("\t", "tab_separated"), (";", "semicolon_separated"), ("，", "wide_comma_separated")],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_fields_separated_by_something_else_are_refused_with_how_to_save(
    tmp_path: Path, sign: str, code: str, quote: str
) -> None:
    text = f"{quote}编号{quote}{sign}{quote}内容{quote}\n1{sign}渠\n"
    assert refused(tmp_path, text).errors == {"file": [code]}


def test_a_csv_file_has_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "MOST_BYTES", 4)
    assert refused(tmp_path, "编号,内容\n").errors == {"file": ["too_large"]}
