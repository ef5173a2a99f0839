"""Have the sheets of a workbook read by a process of its own, and make its lines rows again."""

import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from core.child_process import KILLED_STATUSES, surroundings
from core.errors import Invalid
from core.tables.cell_values import value_of
from core.tables.table import MOST_BYTES, CellFault, SheetCells, SheetLeftOut, column_letters

PROGRAM = Path(__file__).with_name("sheet_process.py")
MOST_SECONDS = 120  # of work; on a busy machine it takes longer
MOST_WAITING = 600
MOST_MEMORY = 2 << 30  # bytes
MOST_ROW, MOST_COLUMN = 200_000, 1_000
MOST_CELLS = 3_000_000
MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes
MOST_RATIO = 100  # text and rows without content shrink to a fiftieth; a bomb to a five-hundredth
DAMAGED, TOO_MUCH_WORK, FAR_CELL, TOO_MANY_CELLS, LOCKED = 3, 4, 5, 6, 7
LIMITS = (MOST_ROW, MOST_COLUMN, MOST_CELLS, DAMAGED, TOO_MUCH_WORK, FAR_CELL, TOO_MANY_CELLS, LOCKED)
CODES = {TOO_MUCH_WORK: "too_much_work", TOO_MANY_CELLS: "too_large", LOCKED: "locked_by_password"}
#: Where there is no memory left for it, the reader ends itself in this way.
OUT_OF_MEMORY = -getattr(signal, "SIGABRT", 0)


def read_workbook(path: Path, wanted: Sequence[str]) -> tuple[list[SheetCells], list[SheetLeftOut]]:
    """Return the sheets that are wanted, or all that can be seen, and those that were left out.

    Raises Invalid with `file` for what is no workbook, is too large or takes too long, and with `sheet` for
    the name of a sheet that is not there.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Invalid({"file": ["too_large"]}, name=path.name)
    check_archive(path)
    sheets: list[SheetCells] = []
    left_out: list[SheetLeftOut] = []
    for line in _lines(path, wanted):
        if line[0] == "row":
            sheets[-1].rows.append((line[1], [_cell(cell) for cell in line[2]]))
        elif line[2] == "read":
            sheets.append(SheetCells(line[1], [], merged=[tuple(one) for one in line[3]]))
        else:
            left_out.append(SheetLeftOut(line[1], line[2]))
    missing = sorted(set(wanted) - {sheet.name for sheet in sheets})
    if missing:
        names = [*(one.name for one in sheets), *(one.name for one in left_out)]
        raise Invalid({"sheet": ["no_such_sheet"]}, missing=missing, sheets=names)
    return sheets, left_out


def check_archive(path: Path) -> None:
    """Refuse an xlsx file that would unpack to more than a table ever needs, from its directory alone.

    A file of 430 KB can unpack to 220 MB (threats.md section 1, finding 10).
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
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.xml" not in names and ({"xl/workbook.bin", "content.xml"} & names):
        raise Invalid({"file": ["other_workbook"]}, name=path.name)


def _lines(path: Path, wanted: Sequence[str]) -> Iterator[list[Any]]:
    arguments = [json.dumps(list(wanted)), *map(str, (MOST_SECONDS, MOST_MEMORY, *LIMITS))]
    with path.open("rb") as content:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(PROGRAM), *arguments],
                stdin=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=surroundings(),
                timeout=MOST_WAITING,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Invalid({"file": ["too_much_work"]}, name=path.name) from None
    status = done.returncode
    if status == FAR_CELL:
        far = orjson.loads(done.stdout.splitlines()[-1])
        place = {**far, "column": column_letters(far["column"]), "most": MOST_ROW}
        raise Invalid({"file": ["cell_too_far"]}, **place, name=path.name)
    if status in KILLED_STATUSES or status == OUT_OF_MEMORY:
        status = TOO_MUCH_WORK
    if status != 0:
        raise Invalid({"file": [CODES.get(status, "not_a_table")]}, name=path.name)
    return map(orjson.loads, done.stdout.splitlines())


def _cell(cell: Any) -> Any:
    if not isinstance(cell, list):
        return value_of(cell)
    match cell:
        case ["day", text]:
            return date.fromisoformat(text)
        case ["moment", text]:
            return datetime.fromisoformat(text)
        case ["error", text]:
            return CellFault("error_value", shown=text, facts={"value": text})
        case ["length", text]:
            return CellFault("length_of_time", shown=text)
    return CellFault("formula_without_result")
