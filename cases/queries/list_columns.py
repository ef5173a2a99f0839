"""Say what a row of a list shows beside the case itself: from which family it comes and what is due first.

Two statements for a whole page, however many rows it has.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from cases.access.confidentiality import may_know
from cases.access.identities import shown_name_of
from cases.models.case import Case, Clock, Complainant
from core.sealing.personal_keys import PersonalKeys
from roster.models import Household


@dataclass(frozen=True)
class CaseListColumns:
    """The first complainant's surname and group, as far as the person may know them, and what is due first.

    `family` is None for an anonymous complainant and for one that this person may not know; `others` counts
    the further complainants. `due_on` is the earliest date of a clock that runs, `accept_on` that of the
    one for accepting; None when none does.
    """

    family: str | None = None
    group: int | None = None
    others: int = 0
    due_on: date | None = None
    accept_on: date | None = None


def load_list_columns(
    session: Session, *, actor: Actor, keys: PersonalKeys, numbers: Collection[str]
) -> Mapping[str, CaseListColumns]:
    """Return what the rows of some cases show, by their numbers; the caller has found them in scope.

    `keys` open the names.
    """
    if not numbers:
        return {}
    accepting = func.min(Clock.due_on).filter(Clock.clock == "accept")
    due = {
        number: (first, accept)
        for number, first, accept in session.execute(
            select(Case.number, func.min(Clock.due_on), accepting)
            .join(Clock, Clock.case_id == Case.id)
            .where(Case.number.in_(numbers), Clock.running)
            .group_by(Case.number)
        )
    }
    people: dict[str, list[tuple[Complainant, int | None]]] = {number: [] for number in numbers}
    found = session.execute(
        select(Case.number, Complainant, Household.group_no)
        .join(Complainant, Complainant.case_id == Case.id)
        .outerjoin(Household, Household.id == Complainant.household_id)
        .where(Case.number.in_(numbers))
        .order_by(Complainant.id)
    )
    for number, person, group in found:
        people[number].append((person, group))
    return {
        number: _columns(actor, keys, people[number], due.get(number, (None, None))) for number in numbers
    }


def _columns(
    actor: Actor,
    keys: PersonalKeys,
    people: list[tuple[Complainant, int | None]],
    due: tuple[date | None, date | None],
) -> CaseListColumns:
    due_on, accept_on = due
    if not people:
        return CaseListColumns(due_on=due_on, accept_on=accept_on)
    first, group = people[0]
    known = may_know(actor, first)
    name = shown_name_of(first, keys) if known else None
    return CaseListColumns(
        family=name[:1] if name else None,
        group=group if known else None,
        others=len(people) - 1,
        due_on=due_on,
        accept_on=accept_on,
    )
