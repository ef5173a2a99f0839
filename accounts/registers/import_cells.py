"""Read the cells of an imported row one by one, noting every problem instead of stopping at the first."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from core.import_report import CellProblem, ImportReport
from core.text import PHONE, digits_of, plain, problem_of_name, without_controls

CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
UNIT_CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
LONGEST_CODE = 32
#: What a form gives for a field that somebody emptied; an empty cell of a sheet says nothing.
EMPTIED = object()


class Cells:
    """The cells of one row; what is wrong with them goes into the report."""

    def __init__(self, row: int, values: Mapping[str, Any], report: ImportReport) -> None:
        self._row = row
        self._values = values
        self._report = report
        self.sound = True

    def refuse(self, column: str, code: str, **facts: object) -> None:
        """Note a problem of one cell; the row is then not taken over."""
        self.sound = False
        self._report.problems.append(CellProblem(self._row, column, code, facts))

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
        text = self._text(column, normal=False)
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
        value = self._values.get(column)
        if value is None or value == "":
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
        """Return a phone number without the spaces and dashes in it, or nothing for an empty cell."""
        text = digits_of(self._text(column))
        if text and not PHONE.fullmatch(text):
            self.refuse(column, "not_a_phone")
        return text or None

    def text(self, column: str, longest: int) -> str | None:
        """Return a text as written, less control characters, or nothing for an empty cell."""
        text = without_controls(self._text(column, normal=False)).strip()
        if len(text) > longest:
            self.refuse(column, "too_long")
        return text or None

    def _text(self, column: str, *, normal: bool = True) -> str:
        value = self._values.get(column)
        if value is None:
            return ""
        # A code or phone typed as a number is one without a decimal point.
        text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
        return plain(text) if normal else text


def parse_integer(value: object) -> int | None:
    """Read a whole number from a cell, typed on whatever keyboard; nothing for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        text = plain(value)
        return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None
    return None
