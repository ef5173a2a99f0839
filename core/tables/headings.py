"""Find the headings of a sheet, however people wrote them, and say what is wrong with them."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from core.errors import Invalid
from core.normalization.visibility import INVISIBLE
from core.tables.merged_cells import Merged
from core.tables.table import CellFault, SheetCells, column_letters

HEADER_WITHIN = 20  # rows; a title and a remark often stand above the headings
#: How a spreadsheet writes the first half of a line end.
CARRIAGE_RETURN = "_x000D_"
#: Signs around a heading that say that a column is required, or that something follows.
MARKS = "*:"
#: Of a row that should be headings so much is shown: it may be one of data, with what somebody said.
MOST_SHOWN, LONGEST_SHOWN = 12, 20


@dataclass(frozen=True)
class Header:
    """The headings of a sheet by column: as they are looked up, as they stand there, and where they end."""

    names: list[str]
    shown: list[str]
    last_row: int


def heading_of(cell: Any) -> str:
    """Return a heading as it is looked up: without spaces, line ends and marks, in small letters."""
    if not isinstance(cell, str):
        return ""
    text = unicodedata.normalize("NFKC", cell.replace(CARRIAGE_RETURN, " "))
    kept = "".join(char for char in text if not char.isspace() and char not in INVISIBLE)
    return kept.strip(MARKS).lower()


def find_header(sheet: SheetCells, merged: Merged, needed: Collection[str]) -> Header | None:
    """Return the headings: the first row with all of `needed`, or without any the first with a heading."""
    for number, cells in sheet.rows:
        if needed and number > HEADER_WITHIN:
            return None
        header = _header(number, merged.filled(number, cells), number)
        if any(header.names) and set(needed) <= set(header.names):
            return _with_lower_row(header, sheet, merged, needed)
    return None


def refuse_repeated(header: Header, known: Collection[str], sheet: str) -> None:
    """Raise Invalid when two columns have the same heading, and nobody can know which one is meant."""
    for name in header.names:
        columns = [column_letters(at) for at, one in enumerate(header.names, start=1) if one == name]
        if name and len(columns) > 1 and (not known or name in known):
            raise Invalid({"file": ["heading_repeated"]}, heading=name, columns=columns, sheet=sheet)


def missing_headings(sheets: Collection[SheetCells], needed: Collection[str]) -> Invalid:
    """Make the refusal that says for each sheet which headings are missing and what stands there instead."""
    return Invalid({"file": ["headings_missing"]}, sheets=[_missing(sheet, needed) for sheet in sheets])


def _header(number: int, cells: list[Any], last_row: int) -> Header:
    return Header([heading_of(cell) for cell in cells], [_shown(cell) for cell in cells], last_row)


def _with_lower_row(header: Header, sheet: SheetCells, merged: Merged, needed: Collection[str]) -> Header:
    """Take the headings that stand below, where those of other columns are merged over several rows."""
    last = merged.last_row_of(header.last_row, [at for at, name in enumerate(header.names, start=1) if name])
    best = header
    for number, cells in sheet.rows:
        if header.last_row < number <= last:
            lower = _below(best, _header(number, merged.filled(number, cells), number))
            if set(needed) <= set(lower.names):
                best = lower
    return best


def _below(upper: Header, lower: Header) -> Header:
    """Return the lower headings, and the upper ones where nothing stands below them."""
    pairs = list(zip_longest(upper.names, upper.shown, lower.names, lower.shown, fillvalue=""))
    names = [below or above for above, _, below, _ in pairs]
    return Header(names, [below or above for _, above, _, below in pairs], lower.last_row)


def _missing(sheet: SheetCells, needed: Collection[str]) -> Mapping[str, Any]:
    """Say of one sheet which row has the most of the headings, what stands there, and what is missing."""
    best: tuple[int, int, list[Any]] = (-1, 1, [])
    for number, cells in sheet.rows:
        if number <= HEADER_WITHIN:
            has = len(set(needed) & {heading_of(cell) for cell in cells})
            if has > best[0]:
                best = (has, number, cells)
    _, number, cells = best
    found = [_shown(cell)[:LONGEST_SHOWN] for cell in cells if heading_of(cell)]
    missing = [name for name in needed if name not in {heading_of(cell) for cell in cells}]
    return {"sheet": sheet.name, "row": number, "found": found[:MOST_SHOWN], "missing": missing}


def _shown(cell: Any) -> str:
    if cell is None or isinstance(cell, CellFault):
        return ""
    return " ".join(str(cell).replace(CARRIAGE_RETURN, " ").split())
