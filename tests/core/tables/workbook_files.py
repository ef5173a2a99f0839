"""Write workbooks with what office programs leave in them, beyond what a writer for tables offers."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

Fill = Callable[[Any, Any], None]


def workbook(place: Path, *sheets: tuple[str, Fill]) -> Path:
    """Write a workbook; each sheet is filled by a function of the book and the sheet."""
    with xlsxwriter.Workbook(place) as book:
        for name, fill in sheets:
            fill(book, book.add_worksheet(name))
    return place


def rows(*lines: Sequence[Any]) -> Fill:
    """Return what writes plain rows from the upper left corner."""

    def fill(_book: Any, sheet: Any) -> None:
        for number, cells in enumerate(lines):
            sheet.write_row(number, 0, cells)

    return fill


def replace_in(place: Path, part: str, old: str, new: str) -> None:
    """Change the XML of a part of a workbook, as another program would have written it."""
    with zipfile.ZipFile(place) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
