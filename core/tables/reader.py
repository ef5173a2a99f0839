"""Read tables of people's office programs, xlsx and csv: all of them, or say what was not read and why."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from core.errors import Invalid
from core.tables.csv_reader import read_csv
from core.tables.headings import Header, find_header, missing_headings, refuse_repeated
from core.tables.merged_cells import Merged
from core.tables.table import (
    CellFault,
    ImportTable,
    RowFault,
    RowPlace,
    SheetCells,
    SheetLeftOut,
    SheetRead,
    SheetRow,
    column_letters,
)
from core.tables.workbooks import read_workbook

#: How files begin that office programs call a table too, and the code of how to save them.
ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The stream in which a workbook with a password lies, as a compound file names it.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head")
WORKBOOKS = (".xlsx", ".xlsm")
MOST_LOOKED_AT = 1 << 20


def read_table(
    path: Path, needed: Collection[str] = (), *, known: Collection[str] = (), sheets: Sequence[str] = ()
) -> ImportTable:
    """Read each sheet that can be seen and has the headings, or those named in `sheets`.

    A sheet's headings are its first row that has all of `needed`; without `needed` the first that is not
    blank. `known` are those that are looked up besides; other columns are named as ignored. Values keep their
    type: text, int, float, bool, date or datetime; formulas give the value last computed; an empty cell is
    None, and a cell that cannot be read a CellFault. Raises Invalid with `file` for what is not a table, not
    well formed, too large, or without such headings, and with `sheet` for a sheet that is not there.
    """
    encoding = None
    if _is_workbook(path):
        cells, left_out = read_workbook(path, sheets)
    elif sheets:
        raise Invalid({"sheet": ["no_sheets"]}, name=path.name)
    else:
        only, encoding = read_csv(path)
        cells, left_out = [only], []
    return _table(cells, left_out, list(needed), {*needed, *known}, encoding, chosen=bool(sheets))


def _is_workbook(path: Path) -> bool:
    """Tell xlsx from csv by how the file begins. Raises Invalid for what is neither, with how to save it."""
    with path.open("rb") as stream:
        content = stream.read(MOST_LOOKED_AT)
        size = path.stat().st_size
        if content.startswith(COMPOUND) and size > MOST_LOOKED_AT:
            stream.seek(-MOST_LOOKED_AT, 2)
            content += stream.read()
    code = None
    if content.startswith(COMPOUND):
        code = "locked_by_password" if ENCRYPTED in content else "old_workbook"
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        code = "markup"
    elif not content.strip():
        code = "empty_file"
    elif path.suffix.lower() in WORKBOOKS and not content.startswith(ZIP):
        code = "not_a_table"
    if code is not None:
        raise Invalid({"file": [code]}, name=path.name)
    return content.startswith(ZIP)


def _table(
    cells: Sequence[SheetCells],
    left_out: Sequence[SheetLeftOut],
    needed: Sequence[str],
    known: Collection[str],
    encoding: str | None,
    *,
    chosen: bool,
) -> ImportTable:
    table = ImportTable(left_out=list(left_out), encoding=encoding)
    found = [(sheet, merged, find_header(sheet, merged, needed)) for sheet, merged in _with_merged(cells)]
    without = [sheet for sheet, _, header in found if header is None]
    if len(without) == len(found) or (chosen and without):
        _refuse_without_headings(without, needed)
    several = len(found) - len(without) > 1
    for position, (sheet, merged, header) in enumerate(found):
        if header is None:
            table.left_out.append(SheetLeftOut(sheet.name, "no_headings" if sheet.rows else "blank"))
            continue
        refuse_repeated(header, known if needed else (), sheet.name)
        for name, shown in zip(header.names, header.shown, strict=True):
            if name:
                table.headings.setdefault(name, shown)
        _read_sheet(_Sheet(sheet, merged, header, position if several else None), known, table)
    return table


def _with_merged(cells: Sequence[SheetCells]) -> Iterator[tuple[SheetCells, Merged]]:
    for sheet in cells:
        yield sheet, Merged(sheet)


def _refuse_without_headings(sheets: Sequence[SheetCells], needed: Sequence[str]) -> None:
    if len(sheets) == 1 and sheets[0].separated is not None:
        raise Invalid({"file": [sheets[0].separated]})
    raise missing_headings(sheets, needed)


class _Sheet:
    """One sheet with its headings; `position` is None where it is the only one."""

    def __init__(self, sheet: SheetCells, merged: Merged, header: Header, position: int | None) -> None:
        self.cells, self.merged, self.header, self.position = sheet, merged, header, position
        self.last = max(at for at, name in enumerate(header.names, start=1) if name)

    def place(self, number: int) -> RowPlace:
        """Return where a row of this sheet stands."""
        return number if self.position is None else SheetRow(self.position, self.cells.name, number)

    def named(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Return the cells of a row by their headings; where there is no cell any more, nothing."""
        padded = [*cells, *[None] * (len(self.header.names) - len(cells))]
        return {name: cell for name, cell in zip(self.header.names, padded, strict=False) if name}


def _read_sheet(sheet: _Sheet, known: Collection[str], table: ImportTable) -> None:
    count = 0
    used: set[int] = set()
    for number, cells in sheet.cells.rows:
        if number <= sheet.header.last_row or all(cell is None for cell in cells):
            continue
        count += 1
        used |= {at for at, cell in enumerate(cells, start=1) if cell is not None}
        fault = _row_fault(sheet, number, cells)
        if fault is not None:
            table.unfit.append(fault)
        else:
            table.rows.append((sheet.place(number), sheet.named(sheet.merged.filled(number, cells))))
    table.sheets.append(SheetRead(sheet.cells.name, count, _ignored(sheet.header, known, used)))


def _row_fault(sheet: _Sheet, number: int, cells: list[Any]) -> RowFault | None:
    """Say how a row does not fit the headings, or None; what is missing at its end is not empty."""
    wide = len(sheet.header.names)
    if sheet.cells.counted and len(cells) != wide:
        code = "fields_more" if len(cells) > wide else "fields_fewer"
        if code == "fields_fewer" and sheet.cells.cut_off and number == sheet.cells.rows[-1][0]:
            code = "file_ends_in_row"
        facts: dict[str, object] = {"fields": len(cells), "headings": wide}
    elif not sheet.cells.counted and any(cell is not None for cell in cells[sheet.last :]):
        at = next(at for at in range(sheet.last, len(cells)) if cells[at] is not None)
        code, facts = "cell_beyond_headings", {"column": column_letters(at + 1)}
    else:
        return None
    padded = [*cells, *[CellFault("fields_fewer")] * (wide - len(cells) if sheet.cells.counted else 0)]
    beyond = cells[wide:] if sheet.cells.counted else cells[sheet.last :]
    return RowFault(sheet.place(number), code, facts, sheet.named(padded), beyond)


def _ignored(header: Header, known: Collection[str], used: Collection[int]) -> tuple[str, ...]:
    """Name the columns that hold something nobody looks up, by their heading or else their letters."""
    if not known:
        return ()
    columns = enumerate(zip(header.names, header.shown, strict=True), start=1)
    return tuple(
        shown or column_letters(at) for at, (name, shown) in columns if at in used and name not in known
    )
