"""Count every rate and open its list, both from one statement (reports.counting)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from cases.configuration.case_rules import CountyRules
from reports.counting import Figure, ReportScope, count, scope_of
from reports.rate_definitions import BY_CODE, HOUSEHOLDS, RATES, UNCOUNTED, Rate

LISTS = "/api/v1"


def count_rates(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    area: str | None = None,
    start: date | None = None,
    end: date | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Return every rate of an area's cases received from `start` to `end`, both included, with its lists.

    Without an area it is the caller's scope. Raises Forbidden without the right to figures, NotFound for an
    area that is unknown or outside the scope, and Invalid for a period that ends before it begins.
    """
    scope = scope_of(session, actor=actor, rules=rules, area=area, start=start, end=end, now=now)
    figures = count(session, BY_CODE.values(), scope)
    shown = {rate.code: _shown(rate, figures[rate.code], scope) for rate in RATES}
    return {
        "area": area,
        "from": start,
        "to": end,
        "rates": _nested(shown),
        "uncounted": {
            rate.code.partition(".")[2]: {
                "count": figures[rate.code].numerator,
                "list": address(rate, "numerator", scope),
            }
            for rate in UNCOUNTED
        },
    }


def address(rate: Rate, part: str, scope: ReportScope) -> str:
    """Return the address of the list that holds exactly what a part of a rate counts."""
    filters = {**scope.filters(), **rate.filters(part)}
    if rate.counts == HOUSEHOLDS:
        filters = {"raised": True, **filters}
    return f"{LISTS}/{rate.counts}?{urlencode({name: _plain(value) for name, value in filters.items()})}"


def _shown(rate: Rate, counted: Figure, scope: ReportScope) -> dict[str, Any]:
    return {
        "numerator": counted.numerator,
        "denominator": counted.denominator,
        "value": counted.value,
        "counts": rate.counts,
        "numerator_list": address(rate, "numerator", scope),
        "denominator_list": address(rate, "denominator", scope),
    }


def _nested(flat: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Put the parts of a rate beside it, under `parts`."""
    result: dict[str, Any] = {}
    for code, shown in flat.items():
        name, _, part = code.partition(".")
        if part:
            result.setdefault(name, {}).setdefault("parts", {})[part] = shown
        else:
            result[name] = shown
    return result


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
