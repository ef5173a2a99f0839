"""One rate, and what it counted, asked for by itself."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from cases.access.confidentiality import known_to
from cases.configuration.case_rules import CountyRules
from reports.counting import KEYS, Figure, condition, count, scope_of, source
from reports.rate_definitions import BY_CODE, HOUSEHOLDS


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
