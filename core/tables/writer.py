"""Write tables that office programs open: xlsx and csv."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from core.tables.table import APOSTROPHE, FORMULA_STARTS, CellFault

LONGEST_CELL = 32_767  # characters; what the xlsx format holds


def write_rows(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = ""
) -> None:
    """Write a table as xlsx or csv, by the name's ending; text stays text and never becomes a formula.

    A title, if there is one, stands in a row of its own above the headings.
    A cell that could not be read is written so that it cannot be read again until somebody has mended it.
    """
    lines = _chained(header, rows) if not title else _chained([title], _chained(header, rows))
    if path.suffix.lower() == ".csv":
        _write_csv(path, lines)
    else:
        _write_xlsx(path, lines)


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
    for values in rows:
        yield [value.shown if isinstance(value, CellFault) else value for value in values]


def _harmless(value: object) -> object:
    return f"{APOSTROPHE}{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _bounded(text: str) -> str:
    """Raise ValueError for a text that the format cannot hold, instead of leaving it out in silence."""
    if len(text) > LONGEST_CELL:
        raise ValueError(f"a cell holds at most {LONGEST_CELL} characters")
    return text
