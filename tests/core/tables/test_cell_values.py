"""What a cell means is decided once: a value, nothing, or something that cannot be read."""

from datetime import date, datetime, time
from typing import Any

import pytest

from core.tables.cell_values import text_of, value_of
from core.tables.table import CellFault


def code_or_value(found: Any) -> Any:
    return found.code if isinstance(found, CellFault) else found


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, None),
        ("", None),
        (" \u3000", None),
        (" 水渠 ", "水渠"),
        (14.0, 14),
        (1.5, 1.5),
        (999_999_999_999_999.0, 999_999_999_999_999),
        (1e15, "number_too_long"),
        (-1e15, "number_too_long"),
        (3.30106199001e17, "number_too_long"),
        (True, True),
        (date(2026, 3, 2), date(2026, 3, 2)),
        ("#DIV/0!", "error_value"),
        ("#ref!", "error_value"),
    ],
)
def test_a_cell_is_a_value_or_nothing_or_a_fault(cell: Any, value: Any) -> None:
    found = code_or_value(value_of(cell))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("水渠", "水渠"),
        (13800002046, "13800002046"),
        (0.1 + 0.2, "0.3"),
        (True, "truth_value"),
        (False, "truth_value"),
        (date(2026, 3, 11), "day_in_text"),
        (datetime(2026, 3, 11), "day_in_text"),
        (time(3, 11), "day_in_text"),
        (CellFault("error_value"), "error_value"),
    ],
)
def test_a_column_of_text_takes_text_and_numbers_and_nothing_else(value: Any, text: str) -> None:
    assert code_or_value(text_of(value)) == text
