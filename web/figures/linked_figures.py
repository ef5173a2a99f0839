"""Turn figures into what a page shows: a per cent or a fraction, and the list that each number opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from reports.counting import ReportScope
from reports.overview import SHOWN, Figures
from reports.rate_definitions import CASES, COMPLAINANTS, Rate
from reports.rate_table import FEW, format_share

#: The list on the pages for each unit of count.
PAGES: Mapping[str, str] = {CASES: "cases.index", COMPLAINANTS: "complainants.index"}


@dataclass(frozen=True)
class LinkedFigure:
    """A figure with the addresses of its lists; `share` is the fraction when there are too few for more."""

    numerator: int
    denominator: int
    share: str
    enough: bool
    numerator_list: str
    denominator_list: str


def linked_figures(
    line: Figures, scope: ReportScope, rates: Mapping[str, Rate] = SHOWN, **narrower: str
) -> dict[str, LinkedFigure]:
    """Return the figures of a whole scope, or of one village or category in it, as they are shown."""
    return {
        code: LinkedFigure(
            numerator=line[code].numerator,
            denominator=line[code].denominator,
            share=format_share(line[code].numerator, line[code].denominator),
            enough=line[code].denominator >= FEW,
            numerator_list=list_address(rate, "numerator", scope, **narrower),
            denominator_list=list_address(rate, "denominator", scope, **narrower),
        )
        for code, rate in rates.items()
    }


def list_address(rate: Rate, part: str, scope: ReportScope, **narrower: Any) -> str:
    """Return the address of the page that lists exactly what a part of a rate counts."""
    filters = {**scope.filters(), **rate.filters(part), **narrower}
    values: dict[str, Any] = {name: _plain(value) for name, value in filters.items()}
    return url_for(PAGES[rate.counts], **values)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
