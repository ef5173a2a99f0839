"""Count every rate and open its list, both from one statement (reports.counting)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from cases.access.confidentiality import known_to
from cases.configuration.case_rules import CountyRules
from reports.counting import KEYS, Figure, ReportScope, condition, count, scope_of, source
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


def count_figure(
    session: Session,
    *,
    code: str,
    actor: Actor,
    rules: CountyRules,
    area: str | None = None,
    start: date | None = None,
    end: date | None = None,
    now: datetime,
) -> Figure:
    """Return one rate; raises as `rates` does."""
    scope = scope_of(session, actor=actor, rules=rules, area=area, start=start, end=end, now=now)
    return count(session, [BY_CODE[code]], scope)[code]


def list_members(
    session: Session,
    *,
    code: str,
    part: str,
    actor: Actor,
    rules: CountyRules,
    area: str | None = None,
    start: date | None = None,
    end: date | None = None,
    now: datetime,
) -> list[Any]:
    """Return what was counted: numbers of cases, keys of households or ids of complainants, in order.

    A household that this person may not know is counted like the others; None stands for it, at the end. Who
    may be named is asked of all that the rate counts, so that its two lists name the same households.
    `part` is `numerator` or `denominator`. Raises as `rates` does.
    """
    scope = scope_of(session, actor=actor, rules=rules, area=area, start=start, end=end, now=now)
    rate = BY_CODE[code]
    key = KEYS[rate.counts]
    statement = source(select(key), rate.counts, scope).where(condition(rate, part, scope))
    members = list(session.scalars(statement.distinct().order_by(key)))
    if rate.counts != HOUSEHOLDS:
        return members
    counted = source(select(key), rate.counts, scope).where(condition(rate, "denominator", scope))
    known = set(session.scalars(counted.where(known_to(actor)).distinct()))
    return [*(key for key in members if key in known), *(None for key in members if key not in known)]


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
