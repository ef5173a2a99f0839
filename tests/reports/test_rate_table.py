import pytest

from core.i18n import translator
from reports.rate_definitions import RATES
from reports.rate_table import LABELS, format_share, rows


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(0, 0, "—"), (0, 9, "0/9"), (9, 9, "9/9"), (5, 10, "50.0 %"), (147, 194, "75.8 %")],
)
def test_fewer_than_ten_are_a_fraction_and_nothing_is_a_dash(
    numerator: int, denominator: int, expected: str
) -> None:
    assert format_share(numerator, denominator) == expected


def test_every_rate_has_a_label() -> None:
    assert set(LABELS) == {rate.code for rate in RATES}


def test_a_part_stands_below_its_rate() -> None:
    shown = {"numerator": 1, "denominator": 2, "counts": "cases"}
    result = {"rates": {"answered": {**shown, "parts": {"reopened": shown}}}}
    assert [row[1] for row in rows(result, translator("zh"))] == ["answered", "answered.reopened"]
