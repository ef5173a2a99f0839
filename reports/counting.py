"""Count what rates are made of, with one statement for each unit of count.

A rate is defined in `reports.rate_definitions`; here its filters become conditions for counting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, distinct, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.models import Area
from cases.access.visibility import visible
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Complainant
from cases.queries.filters import complainant_conditions, conditions
from core.errors import Invalid, NotFound
from reports.rate_definitions import CASES, COMPLAINANTS, HOUSEHOLDS, Rate
from roster.models import Household

Columns = Select[*tuple[Any, ...]]

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
        """Return the quotient, between 0 and 1."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class ReportScope:
    """Whose figures, of which area and of which days of receipt, as they stand on which day."""

    actor: Actor
    area: str | None
    start: date | None
    end: date | None
    today: date

    def filters(self) -> dict[str, Any]:
        """Return the scope as filters of a list."""
        whole = {"village": self.area, "received_from": self.start, "received_to": self.end}
        return {name: value for name, value in whole.items() if value is not None}


def scope_of(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    area: str | None,
    start: date | None,
    end: date | None,
    now: datetime,
) -> ReportScope:
    """Return whose figures are wanted; without an area it is the caller's scope.

    Raises Forbidden without the right to figures, NotFound for an area that is unknown or outside the scope,
    and Invalid for a period that ends before it begins.
    """
    policy.require(actor, Permission.RATES_READ)
    if start is not None and end is not None and end < start:
        raise Invalid({"to": ["before_from"]})
    if area is not None:
        known = policy.within_areas(select(Area.id), actor, Area.path).where(Area.code == area)
        if session.scalars(known).first() is None:
            raise NotFound(area=area)
    return ReportScope(actor, area, start, end, now.astimezone(rules.zone).date())


def count(session: Session, wanted: Iterable[Rate], scope: ReportScope) -> dict[str, Figure]:
    """Count rates with one statement for each unit of count."""
    result: dict[str, Figure] = {}
    by_unit: dict[str, list[Rate]] = {}
    for rate in wanted:
        by_unit.setdefault(rate.counts, []).append(rate)
    for counts, group in by_unit.items():
        row = session.execute(source(select(*_columns(group, scope)), counts, scope)).one()
        result |= _figures(group, row)
    return result


def _columns(wanted: Sequence[Rate], scope: ReportScope) -> list[ColumnElement[int]]:
    return [_number_of(rate.counts).filter(condition(rate, part, scope)) for rate in wanted for part in PARTS]


def _number_of(counts: str) -> Any:
    """Count rows, or what they are of where one has several."""
    return func.count(distinct(KEYS[counts])) if counts == HOUSEHOLDS else func.count()


def _figures(wanted: Sequence[Rate], row: Sequence[int]) -> dict[str, Figure]:
    return {rate.code: Figure(row[2 * index], row[2 * index + 1]) for index, rate in enumerate(wanted)}


def source(statement: Columns, counts: str, scope: ReportScope) -> Columns:
    """Return a statement over the cases of a scope, or over those who raised them."""
    base = conditions(scope.filters(), scope.today)
    if counts == CASES:
        return visible(statement.select_from(Case), scope.actor).where(*base)
    statement = statement.select_from(Complainant).join(Case, Case.id == Complainant.case_id)
    if counts == HOUSEHOLDS:
        statement = statement.join(Household, Household.id == Complainant.household_id)
    return visible(statement, scope.actor).where(*base)


def condition(rate: Rate, part: str, scope: ReportScope) -> ColumnElement[bool]:
    """Return what a part of a rate counts, as a condition on cases or on those who raised them."""
    table = conditions if rate.counts == CASES else complainant_conditions
    return and_(true(), *table(rate.filters(part), scope.today))
