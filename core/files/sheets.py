"""Read and write tables of people's office programs: xlsx and csv."""

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from core.errors import Invalid
from core.text import plain

MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes
MOST_RATIO = 100  # text and rows without content shrink to a fiftieth; a bomb to a five-hundredth
MOST_CSV = 50 * 1024 * 1024  # bytes
HEADER_WITHIN = 20  # rows; a title and a remark often stand above the headings
LONGEST_CELL = 32_767  # characters; what the xlsx format holds
#: A spreadsheet takes text that begins so for a formula (OWASP ASVS 1.2.10), full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Row = tuple[int, dict[str, Any]]


def read_rows(path: Path, columns: Collection[str] = ()) -> Iterator[Row]:
    """Return each row below the headings with its number in the sheet, as a mapping from heading to value.

    The headings are the first row that has all of `columns`, in whichever sheet; without `columns` the first
    row that is not blank. Blank rows are skipped. Values keep their type: text, int, float, bool, date or
    datetime; formulas give the value last computed; an empty cell is None. Raises Invalid with `file` for
    what is not a table, is too large, or has no such headings.
    """
    if path.suffix.lower() == ".csv":
        return _below_headings([_csv_rows(path)], columns)
    return _below_headings(_xlsx_sheets(path), columns)


def write_rows(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = ""
) -> None:
    """Write a table as xlsx or csv, by the name's ending; text stays text and never becomes a formula.

    A title, if there is one, stands in a row of its own above the headings.
    """
    lines = _chained(header, rows) if not title else _chained([title], _chained(header, rows))
    if path.suffix.lower() == ".csv":
        _write_csv(path, lines)
    else:
        _write_xlsx(path, lines)


def _below_headings(sheets: Iterable[Iterable[Sequence[Any]]], columns: Collection[str]) -> Iterator[Row]:
    for rows in sheets:
        numbered = enumerate(rows, start=1)
        for number, cells in numbered:
            headings = [_heading(cell) for cell in cells]
            if any(headings) and set(columns) <= set(headings):
                return _named(numbered, headings)
            if number >= HEADER_WITHIN and columns:
                break
    raise Invalid({"file": ["headings_missing"]}, columns=sorted(columns))


def _named(rows: Iterator[tuple[int, Sequence[Any]]], headings: list[str]) -> Iterator[Row]:
    for number, cells in rows:
        values = {heading: _value(cell) for heading, cell in zip(headings, cells, strict=False) if heading}
        if any(value is not None for value in values.values()):
            yield number, values


def _heading(cell: Any) -> str:
    return plain(cell).lower() if isinstance(cell, str) else ""


def _value(cell: Any) -> Any:
    """Return the plain value of a cell: nothing for blanks, int for whole numbers; Excel has only floats."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer() and not isinstance(cell, bool):
        return int(cell)
    return cell


def _xlsx_sheets(path: Path) -> Iterator[Iterable[Sequence[Any]]]:
    check_archive(path)
    try:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            yield book.get_sheet_by_name(name).iter_rows()
    except CalamineError:
        raise Invalid({"file": ["not_a_table"]}, name=path.name) from None


def check_archive(path: Path) -> None:
    """Refuse an xlsx file that would unpack to more than a table ever needs, from its directory alone.

    A file of 430 KB can unpack to 220 MB (trust.md section 1, finding 10).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Invalid({"file": ["not_a_table"]}, name=path.name) from None
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or unpacked > MOST_UNPACKED
        or unpacked > MOST_RATIO * max(packed, 1 << 14)
    ):
        raise Invalid({"file": ["unpacks_too_large"]}, name=path.name)


def _csv_rows(path: Path) -> Iterator[Sequence[str]]:
    if path.stat().st_size > MOST_CSV:
        raise Invalid({"file": ["too_large"]}, name=path.name)
    try:
        yield from csv.reader(io.StringIO(_decoded(path.read_bytes(), path), newline=""))
    except csv.Error:
        raise Invalid({"file": ["not_a_table"]}, name=path.name) from None


def _decoded(content: bytes, path: Path) -> str:
    """Read UTF-8 with or without its mark, UTF-16 with it, else the Chinese code page of older programs."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid({"file": ["unknown_encoding"]}, name=path.name)


def _write_xlsx(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, datetime):
                    sheet.write_datetime(row, column, value.replace(tzinfo=None), moment)
                elif isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                elif isinstance(value, bool):
                    sheet.write_boolean(row, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(row, column, value)
                elif value is not None:
                    sheet.write_string(row, column, _bounded(str(value)))


def _write_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        for values in rows:
            writer.writerow([_harmless(value) for value in values])


def _chained(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    yield from rows


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _bounded(text: str) -> str:
    """Raise ValueError for a text that the format cannot hold, instead of leaving it out in silence."""
    if len(text) > LONGEST_CELL:
        raise ValueError(f"a cell holds at most {LONGEST_CELL} characters")
    return text
