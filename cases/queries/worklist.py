"""Say what a unit has to do next: its open cases by how pressing they are, and the replies it owes.

A case is pressing by what its owner owes: the date of its state, the acceptance while it is not accepted, and
the reply while the owner is also the unit that owes it. What another unit owes does not make it late here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, exists, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission, Role
from cases.access.visibility import number_of, visible
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Clock, Round
from cases.queries.case_list import list_cases
from cases.queries.filters import Condition, in_states, taken_up
from cases.vocabulary import HANDLED_STATES
from core.paging import COUNTED, LIMIT
from workflow.definition.vocabulary import CaseState, stage_of
from workflow.limits import RETURNS_A_ROUND
from workflow.working_days import SOON, WorkingCalendar

GROUPS = ("late", "soon", "later")
OWED = "owed"
IMPORTED = "imported"


@dataclass(frozen=True)
class WorklistGroup:
    """The cases of one degree of urgency: the first of them, and how many there are, at most 1,000."""

    name: str
    count: int
    items: list[dict[str, Any]]


@dataclass(frozen=True)
class Worklist:
    """What a unit has to do; `unaccepted` and `under_way` split all that is with it.

    Imported history that nobody has acted on is not part of it; `imported_unvisited` counts what of it waits
    for a return visit, at most 1,000.
    """

    groups: list[WorklistGroup]
    owed_replies: WorklistGroup
    total: int
    unaccepted: int
    under_way: int
    imported_unvisited: int = 0


def worklist(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    calendar: WorkingCalendar,
    now: datetime,
    only: str | None = None,
) -> Worklist:
    """Return what the person's unit has to do; `only` keeps what is `unaccepted` or `under_way`.

    Five statements at most, however much there is.
    """
    policy.require(actor, Permission.CASES_ACT)
    today = now.astimezone(rules.zone).date()
    boundary = calendar.add(today, SOON + 1)
    # That it has a date says that it is open, in the words of the index that finds it.
    mine = [_with(actor), Case.due_on.is_not(None), taken_up()]
    narrowed = [*mine, *_only(only)]
    late = pressing(today)
    soon = and_(~late, pressing(boundary))
    by_group = {"late": late, "soon": soon, "later": ~pressing(boundary)}
    owed = owed_reply(actor, boundary)
    counts, owing, unvisited = _count(session, actor, mine, by_group, owed)
    asked = [waits for waits in (True, False) if only is None or waits == (only == "unaccepted")]
    numbers = {name: sum(counts[name, waits] for waits in asked) for name in GROUPS}
    found = [
        WorklistGroup(
            name,
            min(number, COUNTED),
            _rows(session, actor, rules, now, [*narrowed, by_group[name]]) if number else [],
        )
        for name, number in numbers.items()
    ]
    unaccepted, under_way = (sum(counts[name, waits] for name in GROUPS) for waits in (True, False))
    replies = WorklistGroup(OWED, owing, _rows(session, actor, rules, now, [owed]) if owing else [])
    total = min(unaccepted + under_way, COUNTED)
    return Worklist(found, replies, total, unaccepted, under_way, unvisited)


def pressing(before: date) -> Condition:
    """Keep cases of which the owner owes something by a day before this one."""
    accepting = exists().where(
        Clock.case_id == Case.id, Clock.clock == "accept", Clock.running, Clock.due_on < before
    )
    return or_(
        Case.due_on < before,
        # In a state of a county's own the handling clock may be due before the clock of the state.
        and_(in_states(*HANDLED_STATES), Case.handling_due_on < before),
        and_(Case.owner_id == Case.reply_owner_id, func.coalesce(Case.reply_due_on, before) < before),
        and_(waits_for_acceptance(), accepting.correlate(Case)),
    )


def pressing_on(item: Mapping[str, Any], accept_on: date | None) -> date | None:
    """Return the day that `pressing` looks at of one case, which a list shows: what its owner owes first."""
    days = [item["due_on"]]
    if item["owner"] == item["reply_owner"]:
        days.append(item["reply_due_on"])
    if stage_of(item["state"]) in HANDLED_STATES:
        days += [item["handling_due_on"], None if item["accepted"] else accept_on]
    return min((day for day in days if day is not None), default=None)


def waits_for_acceptance() -> Condition:
    """Keep cases that their owner has not accepted yet."""
    return and_(in_states(*HANDLED_STATES), ~Case.accepted)


def owed_reply(actor: Actor, before: date) -> Condition:
    """Keep cases of other units of which the person's own owes the villagers a word before a day."""
    return and_(
        ~Case.final,
        Case.reply_owner_id == actor.unit_id,
        Case.owner_id != Case.reply_owner_id,
        Case.reply_due_on < before,
        taken_up(),
    )


def imported_unvisited(actor: Actor) -> Condition:
    """Keep imported cases with the person's unit that wait for a return visit and nobody has acted on."""
    return and_(
        Case.owner_id == actor.unit_id,
        Case.due_on.is_not(None),
        in_states(CaseState.RESOLVED),
        Case.imported,
        ~taken_up(),
    )


def _with(actor: Actor) -> Condition:
    """Keep what the person's unit owns; a coordinator has what was returned so often as well.

    Only a coordinator can assign that, with `binding` (domain.md section 2, `return`).
    """
    owned = Case.owner_id == actor.unit_id
    if Role.COORDINATOR.value not in actor.roles:
        return owned
    often = select(Round.case_id).where(Round.returns >= RETURNS_A_ROUND)
    now = exists().where(
        Round.case_id == Case.id, Round.round == Case.round, Round.returns >= RETURNS_A_ROUND
    )
    reserved = and_(in_states(CaseState.RECEIVED), Case.id.in_(often), now.correlate(Case))
    return or_(owned, reserved)


def _only(name: str | None) -> Sequence[Condition]:
    if name is None:
        return ()
    return (waits_for_acceptance(),) if name == "unaccepted" else (~waits_for_acceptance(),)


def _count(
    session: Session,
    actor: Actor,
    mine: Sequence[Condition],
    by_group: Mapping[str, Condition],
    owed: Condition,
) -> tuple[Counter[tuple[str, bool]], int, int]:
    """Count in one look at the unit's cases how many of each group wait for acceptance, and how many do not.

    With it, in the same statement, how many words are owed for cases of other units, and how much imported
    history waits for a return visit, each at most 1,000.
    """
    group = case(*((by_group[name], name) for name in GROUPS[:-1]), else_=GROUPS[-1])
    each = visible(select(group.label("name"), waits_for_acceptance().label("waits")), actor)
    own = each.where(*mine).subquery().c
    # In the order of their index: else PostgreSQL looks through all cases until it has found enough.
    some = visible(select(literal(1)), actor).select_from(Case).where(owed).order_by(Case.reply_due_on)
    words = number_of(some, COUNTED)
    waiting = visible(select(literal(1)), actor).select_from(Case).where(imported_unvisited(actor))
    history = number_of(waiting, COUNTED)
    rows = union_all(
        select(own.name, own.waits, func.count()).group_by(own.name, own.waits),
        select(literal(OWED), false(), words.scalar_subquery()),
        select(literal(IMPORTED), false(), history.scalar_subquery()),
    )
    counts = Counter({(name, bool(waits)): number for name, waits, number in session.execute(rows)})
    return counts, counts.pop((OWED, False)), counts.pop((IMPORTED, False))


def _rows(
    session: Session, actor: Actor, rules: CountyRules, now: datetime, where: Sequence[Condition]
) -> list[dict[str, Any]]:
    found = list_cases(
        session, actor=actor, rules=rules, filters={}, now=now, where=where, sort="due_on", limit=LIMIT
    )
    return found.items
