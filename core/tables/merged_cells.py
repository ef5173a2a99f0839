"""Fill merged cells: what a person sees beside a row is the value of that row."""

from collections.abc import Collection, Sequence
from typing import Any

from core.tables.table import CellFault, SheetCells

Range = tuple[int, int, int, int]


class Merged:
    """The merged ranges of one sheet; rows are filled from the top down, each once or again."""

    def __init__(self, sheet: SheetCells) -> None:
        self._ranges: Sequence[Range] = sorted(sheet.merged)
        starts = {first for first, _, _, _ in self._ranges}
        rows = {number: cells for number, cells in sheet.rows if number in starts}
        #: What stands in the upper left cell of each range; a range without anything fills nothing.
        self._values = {
            one: rows[one[0]][one[1] - 1]
            for one in self._ranges
            if one[0] in rows and len(rows[one[0]]) >= one[1] and rows[one[0]][one[1] - 1] is not None
        }
        self._width = max((len(cells) for _, cells in sheet.rows), default=0)
        self._open: list[Range] = []
        self._next = 0
        self._row = 0

    def filled(self, number: int, cells: list[Any]) -> list[Any]:
        """Return the cells of a row with those that ranges cover.

        A range gives its value to each row that it covers. What it covers beside its first column is a fault:
        nobody knows whether one value is meant for several columns.
        """
        found = list(cells)
        for one in self._covering(number):
            value = self._values[one]
            left, right = one[1], min(one[3], self._width)
            found += [None] * (right - len(found))
            found[left - 1] = value
            for column in range(left + 1, right + 1):
                found[column - 1] = CellFault("merged_columns")
        return found

    def last_row_of(self, number: int, columns: Collection[int]) -> int:
        """Return the last row of the ranges that cover these columns of a row, or the row itself."""
        return max(
            (bottom for _, left, bottom, _ in self._covering(number) if left in columns), default=number
        )

    def _covering(self, number: int) -> list[Range]:
        if number < self._row:
            self._open, self._next = [], 0
        self._row = number
        while self._next < len(self._ranges) and self._ranges[self._next][0] <= number:
            if self._ranges[self._next] in self._values:
                self._open.append(self._ranges[self._next])
            self._next += 1
        self._open = [one for one in self._open if one[2] >= number]
        return self._open
