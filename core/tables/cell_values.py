"""Decide, once for all imports, what the cells of a table mean: what is a value, what is none, what is text.

A cell that cannot be read is a `CellFault`; nothing but an empty cell is empty (docs/decisions/0023).
"""

import re
from datetime import date, time, timedelta
from typing import Any

from core.tables.table import APOSTROPHE, EXACT_DIGITS, FORMULA_STARTS, CellFault

#: What a spreadsheet shows where a formula went wrong, as a value or as text that was pasted or exported.
ERROR = re.compile(
    r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!"
    r"|GETTING_DATA|PYTHON!|EXTERNAL!|#{2,})",
    re.IGNORECASE,
)
#: How a spreadsheet exports a long number: the digits that are not shown are gone.
SHORTENED = re.compile(r"[+-]?\d(?:\.\d+)?E\+\d{2,}", re.IGNORECASE)
TRUTH_VALUES = {"TRUE": True, "FALSE": False}


def value_of(cell: Any) -> Any:
    """Return the value of a cell of a workbook: None for an empty one, int for whole numbers, or a fault."""
    if isinstance(cell, str):
        return _value_of_text(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    if abs(cell) >= 10**EXACT_DIGITS:
        return CellFault("number_too_long", shown=cell)
    return int(cell) if isinstance(cell, int) or cell.is_integer() else cell


def value_of_field(text: str) -> Any:
    """Return the value of a csv field; what a spreadsheet exports for a truth value or number is one."""
    if text.startswith(APOSTROPHE) and text[1:].startswith(FORMULA_STARTS):
        text = text[1:]
    value = _value_of_text(text)
    if isinstance(value, str):
        if "+" in value and SHORTENED.fullmatch(value):
            return CellFault("number_too_long", shown=value)
        return TRUTH_VALUES.get(value, value)
    return value


def text_of(value: Any) -> str | CellFault:
    """Return what a cell says in a column of text, an empty text for an empty cell, or a fault.

    A number is its digits, for codes and telephones are often typed so; a truth value or a day is what a
    program made of something else, such as 3-11, and nobody knows of what.
    """
    if value is None:
        return ""
    if isinstance(value, CellFault):
        return value
    if isinstance(value, bool):
        return CellFault("truth_value", shown=str(value).upper())
    if isinstance(value, date | time | timedelta):
        return CellFault("day_in_text", shown=str(value))
    if isinstance(value, float):
        return f"{value:.{EXACT_DIGITS}g}"
    return str(value).strip()


def _value_of_text(text: str) -> Any:
    stripped = text.strip()
    if stripped.startswith("#") and ERROR.fullmatch(stripped):
        return CellFault("error_value", shown=stripped, facts={"value": stripped})
    return stripped or None
