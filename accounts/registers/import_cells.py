"""Read the cells of an imported row one by one, noting every problem instead of stopping at the first."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from core.normalization.telephones import read_phone
from core.normalization.typed_numbers import read_whole_number
from core.tables.cell_values import text_of
from core.tables.import_report import CellProblem
from core.tables.table import CellFault, RowPlace
from core.text import is_longer, plain, problem_of_name, without_controls

CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
UNIT_CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
LONGEST_CODE = 32
#: What a form gives for a field that somebody emptied; an empty cell of a sheet says nothing.
EMPTIED = object()


class Cells:
    """The cells of one row; what is wrong with them is added to `problems`."""

    def __init__(self, row: RowPlace, values: Mapping[str, Any], problems: list[CellProblem]) -> None:
        self._row = row
        self._unreadable: set[str] = set()
        self._values = values
        self._problems = problems
        self.sound = True

    def refuse(self, column: str, code: str, *, beside: Collection[str] = (), **facts: object) -> None:
        """Note a problem of one cell, or of one made of several; the row is then not taken over.

        Of a cell that cannot be read nothing else is said, nor of what is made of it and those `beside` it.
        """
        self.sound = False
        if self._unreadable.isdisjoint((column, *beside)):
            self._problems.append(CellProblem(self._row, column, code, facts))

    def value(self, column: str) -> Any:
        """Return what stands in a cell, None for an empty one; one that cannot be read is noted."""
        value = self._values.get(column)
        if isinstance(value, CellFault):
            self._refuse_fault(column, value)
            return None
        return None if value == "" else value

    def written(self, column: str) -> str:
        """Return what a cell says, as it is written; one that cannot be read is noted, and says nothing."""
        text = text_of(self._values.get(column))
        if isinstance(text, CellFault):
            self._refuse_fault(column, text)
            return ""
        return text

    def code(self, column: str, form: re.Pattern[str], *, needed: bool = True) -> str:
        """Return a code of this form, or an empty text."""
        text = self._text(column)
        if form is CODE:
            text = text.upper()
        if text and (not form.fullmatch(text) or len(text) > LONGEST_CODE):
            self.refuse(column, "not_a_code")
            return ""
        if not text and needed:
            self.refuse(column, "required")
        return text

    def name(self, column: str) -> str:
        """Return a name: one line without signs that cannot be seen."""
        text = self.written(column)
        problem = problem_of_name(text)
        if problem is not None:
            self.refuse(column, problem)
        return text

    def one_of(self, column: str, choices: Collection[str], otherwise: str) -> str:
        """Return one of the choices; note the code `otherwise` for anything else."""
        text = self._text(column).lower()
        if not text:
            self.refuse(column, "required")
        elif text not in choices:
            self.refuse(column, otherwise)
        return text

    def count(self, column: str, most: int, *, least: int = 0) -> int | None:
        """Return a whole number between `least` and `most`, or nothing for an empty cell."""
        value = self.value(column)
        if value is None:
            return None
        number = parse_integer(value)
        if number is None:
            self.refuse(column, "not_a_number")
        elif not least <= number <= most:
            self.refuse(column, "out_of_range")
            return None
        return number

    def ordinal(self, column: str, most: int) -> int | None:
        """Return a number that counts from one, also when written as 3组 or 第3组."""
        text = self._text(column).removeprefix("第").removesuffix("组").removesuffix("号").removesuffix("户")
        number = parse_integer(text)
        if not text:
            self.refuse(column, "required")
        elif number is None:
            self.refuse(column, "not_a_number")
        elif not 1 <= number <= most:
            self.refuse(column, "out_of_range")
            return None
        return number

    def phone(self, column: str) -> str | None:
        """Return a phone number in the one form in which it is kept, or nothing for an empty cell."""
        text = self._text(column)
        number = read_phone(text)
        if text and number is None:
            self.refuse(column, "not_a_phone")
        return number

    def text(self, column: str, longest: int) -> str | None:
        """Return a text as written, less control characters, or nothing for an empty cell."""
        text = without_controls(self.written(column)).strip()
        if is_longer(text, longest):
            self.refuse(column, "too_long")
        return text or None

    def _text(self, column: str) -> str:
        return plain(self.written(column))

    def _refuse_fault(self, column: str, fault: CellFault) -> None:
        self.sound = False
        if column not in self._unreadable:
            self._unreadable.add(column)
            self._problems.append(CellProblem(self._row, column, fault.code, fault.facts))


def parse_integer(value: object) -> int | None:
    """Read a whole number from a cell, typed on whatever keyboard; nothing for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        return read_whole_number(value)
    return None
