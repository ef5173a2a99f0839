"""Count every rate and open its list, both from one statement.

A rate is defined in `reports.definitions`; here its filters become conditions for counting, a list of what
was counted, and the address of that list. All rates of one unit of count are one statement, however many.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, and_, distinct, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts import policy
from accounts.actor import Actor
from accounts.models import Area
from accounts.permissions import Permission
from cases.filters import conditions, voice_conditions
from cases.models import Case, Complainant
from cases.rules import Rules
from cases.scope import visible
from cases.voices import known_to
from core.errors import Invalid, NotFound
from reports.definitions import BY_CODE, CASES, COMPLAINANTS, HOUSEHOLDS, RATES, UNCOUNTED, Rate
from roster.models import Household

Columns = Select[*tuple[Any, ...]]

LISTS = "/api/v1"
PARTS = ("numerator", "denominator")
#: What is counted and listed for each unit of count.
KEYS: Mapping[str, InstrumentedAttribute[Any]] = {
    CASES: Case.number,
    COMPLAINANTS: Complainant.id,
    HOUSEHOLDS: Household.key,
}


@dataclass(frozen=True)
class Figure:
    """A numerator and its denominator; `value` is None when there is nothing to divide by."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """Give the quotient, between 0 and 1."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Scope:
    """Whose figures, of which area and of which days of receipt, as they stand on which day."""

    actor: Actor
    area: str | None
    start: date | None
    end: date | None
    today: date

    def filters(self) -> dict[str, Any]:
        """Give the scope as filters of a list."""
        whole = {"village": self.area, "received_from": self.start, "received_to": self.end}
        return {name: value for name, value in whole.items() if value is not None}


def rates(
    session: Session,
    *,
    actor: Actor,
    rules: Rules,
    area: str | None = None,
    start: date | None = None,
    end: date | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Give every rate of an area's cases received from `start` to `end`, both included, with its lists.

    Without an area it is the caller's scope. Raises Forbidden without the right to figures, NotFound for an
    area that is unknown or outside the scope, and Invalid for a period that ends before it begins.
    """
    scope = _scope(session, actor=actor, rules=rules, area=area, start=start, end=end, now=now)
    figures = _count(session, BY_CODE.values(), scope)
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


def figure(
    session: Session,
    *,
    code: str,
    actor: Actor,
    rules: Rules,
    area: str | None = None,
    start: date | None = None,
    end: date | None = None,
    now: datetime,
) -> Figure:
    """Give one rate; raises as `rates` does."""
    scope = _scope(session, actor=actor, rules=rules, area=area, start=start, end=end, now=now)
    return _count(session, [BY_CODE[code]], scope)[code]


def members(
    session: Session,
    *,
    code: str,
    part: str,
    actor: Actor,
    rules: Rules,
    area: str | None = None,
    start: date | None = None,
    end: date | None = None,
    now: datetime,
) -> list[Any]:
    """Give what was counted: numbers of cases, keys of households or ids of complainants, in order.

    `part` is `numerator` or `denominator`. Raises as `rates` does.
    """
    scope = _scope(session, actor=actor, rules=rules, area=area, start=start, end=end, now=now)
    rate = BY_CODE[code]
    key = KEYS[rate.counts]
    statement = _source(select(key), rate.counts, scope).where(_condition(rate, part, scope))
    return list(session.scalars(statement.distinct().order_by(key)))


def address(rate: Rate, part: str, scope: Scope) -> str:
    """Give the address of the list that holds exactly what a part of a rate counts."""
    filters = {**scope.filters(), **rate.filters(part)}
    if rate.counts == HOUSEHOLDS:
        filters = {"raised": True, **filters}
    return f"{LISTS}/{rate.counts}?{urlencode({name: _plain(value) for name, value in filters.items()})}"


def _scope(
    session: Session,
    *,
    actor: Actor,
    rules: Rules,
    area: str | None,
    start: date | None,
    end: date | None,
    now: datetime,
) -> Scope:
    policy.require(actor, Permission.RATES_READ)
    if start is not None and end is not None and end < start:
        raise Invalid({"to": ["before_from"]})
    if area is not None:
        known = policy.within_areas(select(Area.id), actor, Area.path).where(Area.code == area)
        if session.scalars(known).first() is None:
            raise NotFound(area=area)
    return Scope(actor, area, start, end, now.astimezone(rules.zone).date())


def _count(session: Session, wanted: Iterable[Rate], scope: Scope) -> dict[str, Figure]:
    """Count rates with one statement for each unit of count."""
    result: dict[str, Figure] = {}
    by_unit: dict[str, list[Rate]] = {}
    for rate in wanted:
        by_unit.setdefault(rate.counts, []).append(rate)
    for counts, group in by_unit.items():
        columns = [
            func.count(distinct(KEYS[counts])).filter(_condition(rate, part, scope))
            for rate in group
            for part in PARTS
        ]
        row = session.execute(_source(select(*columns), counts, scope)).one()
        for index, rate in enumerate(group):
            result[rate.code] = Figure(row[2 * index], row[2 * index + 1])
    return result


def _source(statement: Columns, counts: str, scope: Scope) -> Columns:
    """Give a statement over the cases of a scope, or over those who raised them."""
    base = conditions(scope.filters(), scope.today)
    if counts == CASES:
        return visible(statement.select_from(Case), scope.actor).where(*base)
    statement = statement.select_from(Complainant).join(Case, Case.id == Complainant.case_id)
    if counts == HOUSEHOLDS:
        statement = statement.join(Household, Household.id == Complainant.household_id)
        base.append(known_to(scope.actor))
    return visible(statement, scope.actor).where(*base)


def _condition(rate: Rate, part: str, scope: Scope) -> ColumnElement[bool]:
    table = conditions if rate.counts == CASES else voice_conditions
    return and_(true(), *table(rate.filters(part), scope.today))


def _shown(rate: Rate, counted: Figure, scope: Scope) -> dict[str, Any]:
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
