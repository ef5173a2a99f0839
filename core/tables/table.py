"""Name what is read from a table: its rows, where they stand, and what of it could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: The largest file that is taken.
MOST_BYTES = 50 * 1024 * 1024
#: A spreadsheet takes text that begins so for a formula (OWASP ASVS 1.2.10), full-width forms included. An
#: apostrophe before it keeps it from that in csv; whoever reads takes it away again.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
APOSTROPHE = "'"
#: What a spreadsheet itself shows where there is no value; read again, it is refused again.
NOT_AVAILABLE = "#N/A"
#: Of whole numbers a spreadsheet keeps so many digits and makes the others zero.
EXACT_DIGITS = 15


@dataclass(frozen=True)
class SheetRow:
    """A row of one of several sheets: which of the file, its name, and the row as the sheet counts it."""

    position: int
    sheet: str
    number: int


#: Where a row stands: its number alone, or with its sheet where a file has several.
RowPlace = int | SheetRow


def order_of(place: RowPlace) -> tuple[int, int]:
    """Return the key that sorts rows as they stand in the file."""
    return (0, place) if isinstance(place, int) else (place.position, place.number)


@dataclass(frozen=True)
class CellFault:
    """A cell that holds something which cannot be read; it is neither a value nor empty.

    `code` is a hint of `core.tables.import_report`; `shown` is what is written where the cell is handed
    back to be mended: something that is refused again until somebody has mended it.
    """

    code: str
    shown: str | float = NOT_AVAILABLE
    facts: Mapping[str, object] = field(default_factory=dict)


Row = tuple[RowPlace, dict[str, Any]]


@dataclass(frozen=True)
class RowFault:
    """A row that does not fit the headings: why, the cells as far as they have one, and those beyond."""

    place: RowPlace
    code: str
    facts: Mapping[str, object]
    cells: Mapping[str, Any]
    beyond: Sequence[Any] = ()


@dataclass(frozen=True)
class SheetRead:
    """A sheet that was read: its name (empty for csv), its rows, and its columns that nobody asked for."""

    name: str
    rows: int
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetLeftOut:
    """A sheet that was not read; `reason` is `hidden`, `no_table`, `blank` or `no_headings`."""

    name: str
    reason: str


@dataclass(frozen=True)
class ImportTable:
    """What a file holds below its headings.

    `headings` are those of all sheets in their order, as they are looked up, with the words that stand in the
    file. `encoding` is that of a csv file.
    """

    rows: list[Row] = field(default_factory=list)
    unfit: list[RowFault] = field(default_factory=list)
    sheets: list[SheetRead] = field(default_factory=list)
    left_out: list[SheetLeftOut] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None


@dataclass(frozen=True)
class SheetCells:
    """The cells of one sheet as its reader found them, before anything is known of headings.

    `rows` are those that are not blank, with their numbers from 1. `merged` are ranges as first row, first
    column, last row, last column, all from 1. `counted` says that each row must have as many fields as the
    headings; `cut_off` that the last one has no end of line; `separated` is the code of another sign than
    the comma.
    """

    name: str
    rows: list[tuple[int, list[Any]]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    counted: bool = False
    cut_off: bool = False
    separated: str | None = None


def column_letters(column: int) -> str:
    """Return the letters by which a spreadsheet calls a column, counted from 1."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
