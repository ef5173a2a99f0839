"""Test which numbers are read as they are typed, and which are refused because they could be two."""

import pytest

from core.normalization.typed_numbers import read_number, read_whole_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *(("0", 0), (" 12 ", 12), ("007", 7), ("-3", -3), ("12.50", 12.5), ("-0.5", -0.5)),
        *(("1,250", 1250), ("12,500.5", 12500.5), ("-1,234,567", -1234567), ("１，２５０．５", 1250.5)),
        *(("１２", 12), ("－３", -3), ("\u22123", -3), ("12\u200b", 12), ("999,999,999,999,999", 10**15 - 1)),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str, number: float) -> None:
    assert read_number(typed) == number
    assert read_whole_number(typed) == (number if isinstance(number, int) else None)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "many", "12,50", "12，50", "1,25", "0,125", "01,250", "1250,000", "1,2345", "1,,250", ",250"),
        *("1,250,", "1.250,50", "1.2.3", "12.", ".5", "1 250", "1e3", "5²", "½", "+5", "--5", "٣", "1" * 16),
        "1,000,000,000,000,000",
    ],
)
def test_what_could_be_two_numbers_is_none(typed: str) -> None:
    assert read_number(typed) is None
    assert read_whole_number(typed) is None
