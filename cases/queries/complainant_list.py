"""List those who raised matters: complainants, and the households behind them.

Both follow the filters of the case list, so that a rate counted in complainants or households opens the list
of exactly those.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.models import Area
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.access.confidentiality import known_to
from cases.access.visibility import number_of, visible
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Complainant
from cases.queries.filters import COMPLAINANTS_BY_NAME, Condition, complainant_conditions, conditions
from core.paging import LIMIT
from core.persistence.keyset import Id, Keyset, ListPage
from roster.models import Household

ORDER = Keyset("complainants", (Complainant.id, Id))


def list_complainants(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    filters: Mapping[str, Any],
    now: datetime,
    limit: int = LIMIT,
    cursor: str | None = None,
) -> ListPage:
    """Return one page of the complainants of the cases that this person may see, without any identity.

    Raises Invalid for a cursor that was not made here.
    """
    policy.require(actor, Permission.CASES_READ)
    today = now.astimezone(rules.zone).date()
    statement = (
        visible(select(Complainant, Case, Area.code), actor)
        .join(Case, Case.id == Complainant.case_id)
        .join(Area, Area.id == Case.village_id)
        .where(*complainant_conditions(filters, today))
        .order_by(*ORDER.order())
        .limit(limit + 1)
    )
    if cursor is not None:
        statement = statement.where(ORDER.after(cursor))
    rows = session.execute(statement).all()
    page = ORDER.page(rows, limit, lambda row: _shown(*row), of=lambda row: row[0])
    if page.items:
        shown.note(Event.COMPLAINANTS, [item["case"] for item in page.items])
    return page


def count_complainants(
    session: Session, *, actor: Actor, filters: Mapping[str, Any], today: date, most: int
) -> int:
    """Count what `list_complainants` lists over all its pages, `most` at the most."""
    some = (
        visible(select(Complainant.id), actor)
        .join(Case, Case.id == Complainant.case_id)
        .where(*complainant_conditions(filters, today))
    )
    return session.scalars(number_of(some, most)).one()


def raised(actor: Actor, filters: Mapping[str, Any], today: date) -> Condition:
    """Keep households that raised something: a condition on `Household.id` for the list of households.

    `filters` are those of cases and of complainants; those of complainants ask for a household with such a
    one among those who raised something, or without one. A household that only this person may not know of,
    because its complainants are confidential, is left out: `list_confidential_households` has it. Who may be
    named is decided before the filters of complainants: a household stands under the same name in the list
    of those who were revisited and in the list of all, so that comparing the two names nobody.
    """
    raisers = _raisers(select(Complainant.household_id), actor, filters, today)
    return Household.id.in_(raisers.where(known_to(actor)))


def list_confidential_households(
    session: Session,
    *,
    actor: Actor,
    filters: Mapping[str, Any],
    today: date,
    offset: int,
    limit: int,
) -> list[dict[str, Any]]:
    """Return the households that `raised` leaves out, in no order that tells which they are: 一位村民 each.

    They count like all others, so that a rate is the same for everybody (domain.md section 4).
    """
    columns = (Complainant.household_id, func.min(Complainant.id), func.min(Case.village_id))
    statement = (
        _raisers(select(*columns), actor, filters, today)
        .group_by(Complainant.household_id)
        .having(func.max(case((known_to(actor), 1), else_=0)) == 0)
        .order_by(func.min(Complainant.id))
        .offset(offset)
        .limit(limit)
    )
    villages = [village_id for _, _, village_id in session.execute(statement)]
    shown.note(Event.HOUSEHOLDS)
    names = {
        area_id: (code, name)
        for area_id, code, name in session.execute(
            select(Area.id, Area.code, Area.name).where(Area.id.in_(villages))
        )
    }
    return [_unnamed(*names[village_id]) for village_id in villages]


def _raisers(
    columns: Select[*tuple[Any, ...]], actor: Actor, filters: Mapping[str, Any], today: date
) -> Select[*tuple[Any, ...]]:
    """Add to the columns of a complainant all that keeps those of the households a list of them holds."""
    of_cases = {name: value for name, value in filters.items() if name not in COMPLAINANTS_BY_NAME}
    of_complainants = filters.keys() - of_cases.keys()

    def raisers(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        joined = visible(statement, actor).join(Case, Case.id == Complainant.case_id)
        return joined.where(Complainant.household_id.is_not(None), *conditions(of_cases, today))

    result = raisers(columns)
    for name in sorted(of_complainants):
        if filters[name] is not None:
            with_one = Complainant.household_id.in_(
                raisers(select(Complainant.household_id)).where(COMPLAINANTS_BY_NAME[name](True, today))
            )
            result = result.where(with_one if filters[name] else ~with_one)
    return result


def _unnamed(village: str, village_name: str) -> dict[str, Any]:
    unsaid = dict.fromkeys(("key", "household", "group", "number", "head", "phone", "people", "note"))
    return {**unsaid, "village": village, "village_name": village_name, "confidential": True}


def _shown(person: Complainant, case: Case, village: str) -> dict[str, Any]:
    return {
        "id": person.id,
        "case": case.number,
        "village": village,
        "village_name": case.village_name,
        "state": case.state,
        "round": case.round,
        "answered": person.answered_round == case.round,
        "unreachable": person.unreachable,
        "visited": person.visited_round == case.round,
        "rating": person.rating,
        "confidential": person.confidential,
        "anonymous": person.anonymous,
    }
