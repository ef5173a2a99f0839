"""Read the sheets of a workbook in a process of its own: xlsx from stdin, lines of JSON to stdout.

Its arguments are the names of the sheets that are wanted, as JSON (an empty list for all that can be seen),
how many seconds and bytes of memory it may take, the last row and column that may hold anything, how many
cells there may be at most, and the exit statuses for a damaged file, too much work, a cell too far away, too
many cells and a file that is locked by a password; `core.tables.workbooks` gives them.

What a stranger sends is opened here, with little memory, little time and nothing else at hand. calamine reads
the values, but makes an error and a formula without a result empty cells, and lays a sheet out up to its
farthest cell; therefore each sheet is looked through for these before.

A line is `["sheet", name, kind, merged]`, with kind `read`, `hidden`, `not_wanted` or `no_table`, or
`["row", number, cells]`. A cell is null, a text, a number or a truth value, or `["day", iso]`,
`["moment", iso]`, `["length", text]`, `["error", text]`, `["no_result"]`.
"""

import io
import json
import math
import posixpath
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

if sys.platform != "win32":
    import resource

REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

#: Of a table at least one cell in so many holds something.
SPARSE = 4

Place = tuple[int, int]


class FarCell(Exception):
    """Say that a cell lies where no table reaches."""


class TooManyCells(Exception):
    """Say that the sheets hold more than is taken."""


class Unreadable:
    """What calamine gives as empty in one sheet although it is not, by row and column from 1."""

    def __init__(self, most_row: int, most_column: int, most_cells: int) -> None:
        self.cells: dict[Place, list[str]] = {}
        self._most = (most_row, most_column)
        self._most_cells = most_cells
        self._rows = self._columns = self._held = 0

    def find(self, stream: IO[bytes], sheet: str) -> None:
        """Look through the XML of a sheet.

        Raises FarCell for something outside the limits, or so far from the rest that the sheet, laid out up
        to it, is more cells than are taken; TooManyCells where there is as much in it.
        """
        number = 0
        for _, element in ElementTree.iterparse(stream):
            if element.tag.rpartition("}")[2] != "row":
                continue
            number, column = int(element.get("r") or number + 1), 0
            for cell in element:
                row, column = place_of(cell.get("r"), number, column + 1)
                self._note(cell, row, column, sheet)
            element.clear()

    def _note(self, cell: Any, row: int, column: int, sheet: str) -> None:
        parts = {part.tag.rpartition("}")[2]: part for part in cell}
        value = parts["v"].text if "v" in parts else None
        if value is None and "f" not in parts and "is" not in parts:
            return
        if row > self._most[0] or column > self._most[1]:
            raise FarCell(json.dumps({"sheet": sheet, "row": row, "column": column}))
        self._held += 1
        self._rows, self._columns = max(self._rows, row), max(self._columns, column)
        if self._rows * self._columns > self._most_cells:
            if self._held * SPARSE > self._most_cells:
                raise TooManyCells
            raise FarCell(json.dumps({"sheet": sheet, "row": row, "column": column}))
        if cell.get("t") == "e":
            self.cells[row, column] = ["error", value or "#VALUE!"]
        elif "f" in parts and value is None and not ("v" in parts and cell.get("t") == "str"):
            self.cells[row, column] = ["no_result"]  # an empty text is a result when it was stored


def main() -> int:
    """Read, write, and say by the exit status what was wrong."""
    wanted = json.loads(sys.argv[1])
    seconds, memory, most_row, most_column, most_cells, *statuses = map(int, sys.argv[2:])
    damaged, too_much, far, too_many, locked = statuses
    limit_resources(seconds, memory)
    try:
        content = io.BytesIO(sys.stdin.buffer.read())
        for line in lines(content, wanted, (most_row, most_column), most_cells):
            sys.stdout.write(json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n")
    except FarCell as found:
        sys.stdout.write(f"\n{found}\n")
        return far
    except TooManyCells:
        return too_many
    except MemoryError:
        return too_much
    except PasswordError:
        return locked
    except (CalamineError, ElementTree.ParseError, zipfile.BadZipFile, OSError, ValueError, LookupError):
        return damaged
    except BaseException as panic:
        if type(panic).__name__ == "PanicException":  # calamine's own fault about a file; not an Exception
            return damaged
        raise
    return 0


def lines(content: io.BytesIO, wanted: list[str], most: Place, most_cells: int) -> Iterator[list[Any]]:
    """Yield the lines of all sheets; of those not wanted only that they are there."""
    book = CalamineWorkbook.from_filelike(content)
    left = most_cells
    with zipfile.ZipFile(content) as archive:
        parts = parts_of(archive)
        for number, sheet in enumerate(book.sheets_metadata):
            if sheet.typ != SheetTypeEnum.WorkSheet:
                yield ["sheet", sheet.name, "no_table", []]
                continue
            hidden = sheet.visible != SheetVisibleEnum.Visible
            if sheet.name not in wanted if wanted else hidden:
                yield ["sheet", sheet.name, "hidden" if hidden else "not_wanted", []]
                continue
            unreadable = Unreadable(*most, most_cells)
            with archive.open(parts[number]) as stream:
                unreadable.find(stream, sheet.name)
            found = book.get_sheet_by_index(number)
            merged = [
                [r1 + 1, c1 + 1, r2 + 1, c2 + 1] for (r1, c1), (r2, c2) in found.merged_cell_ranges or ()
            ]
            yield ["sheet", sheet.name, "read", merged]
            first = found.start[1] if found.start else 0
            for line in rows_of(found.iter_rows(), first, unreadable.cells):
                left -= len(line[2])
                if left < 0:
                    raise TooManyCells
                yield line


def rows_of(rows: Iterable[list[Any]], first: int, unreadable: dict[Place, list[str]]) -> Iterator[list[Any]]:
    """Yield the rows that hold something, with what calamine left out of them put back."""
    doubtful: dict[int, dict[int, list[str]]] = {}
    for (row, column), fault in unreadable.items():
        doubtful.setdefault(row, {})[column] = fault
    number = 0
    for number, cells in enumerate(rows, start=1):
        faults = doubtful.pop(number, {})
        if faults or any(cell != "" for cell in cells):
            yield ["row", number, with_faults([None] * first + [plain(cell) for cell in cells], faults)]
    for number in sorted(doubtful):  # below all that calamine found
        yield ["row", number, with_faults([], doubtful[number])]


def with_faults(cells: list[Any], faults: dict[int, list[str]]) -> list[Any]:
    """Put faults in their columns."""
    cells += [None] * (max(faults, default=0) - len(cells))
    for column, fault in faults.items():
        cells[column - 1] = fault
    return cells


def plain(cell: Any) -> Any:
    """Return a cell as JSON can say it."""
    if cell == "" and isinstance(cell, str):
        return None
    if isinstance(cell, float) and not math.isfinite(cell):
        return ["error", str(cell)]
    if isinstance(cell, datetime):
        return ["moment", cell.isoformat()]
    if isinstance(cell, date):
        return ["day", cell.isoformat()]
    if isinstance(cell, time | timedelta):
        return ["length", str(cell)]
    return cell


def parts_of(archive: zipfile.ZipFile) -> list[str]:
    """Return the part of the archive that holds each sheet, in the order of the sheets."""
    names = {name.lower().replace("\\", "/").lstrip("/"): name for name in archive.namelist()}
    with archive.open(names["xl/_rels/workbook.xml.rels"]) as stream:
        targets = {one.get("Id"): one.get("Target", "") for one in ElementTree.parse(stream).getroot()}
    found = []
    with archive.open(names["xl/workbook.xml"]) as stream:
        for element in ElementTree.parse(stream).iter():
            if element.tag.rpartition("}")[2] == "sheet":
                target = targets[element.get(RELATION) or element.get(STRICT_RELATION)]
                path = posixpath.normpath(posixpath.join("xl", target.replace("\\", "/"))).lstrip("/")
                found.append(names[path.lower()])
    return found


def place_of(reference: str | None, row: int, column: int) -> Place:
    """Return row and column of a cell; without a reference it is the one given."""
    found = REFERENCE.fullmatch(reference) if reference else None
    if found is None:
        return row, column
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), number


def limit_resources(seconds: int, memory: int) -> None:
    """Take away memory and time, and the right to write any file, where the system can."""
    if sys.platform != "win32":  # there whoever waits for this process sets a time, and nothing else
        wanted = {
            resource.RLIMIT_AS: (memory, memory),
            # Between the two the system ends the process with a signal that names the reason.
            resource.RLIMIT_CPU: (seconds, seconds + 1),
            resource.RLIMIT_FSIZE: (0, 0),
            resource.RLIMIT_CORE: (0, 0),
        }
        for limit, most in wanted.items():
            _, hard = resource.getrlimit(limit)  # nobody may raise a hard one
            lower = [one if hard == resource.RLIM_INFINITY else min(one, hard) for one in most]
            resource.setrlimit(limit, (lower[0], lower[1]))


if __name__ == "__main__":
    sys.exit(main())
