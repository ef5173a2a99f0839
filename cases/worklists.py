"""Say what a unit has to do next: its open cases by how pressing they are, and the replies it owes.

A case is pressing by what its owner owes: the date of its state, the acceptance while it is not accepted, and
the reply while the owner is also the unit that owes it. What another unit owes does not make it late here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from accounts import policy
from accounts.actor import Actor
from accounts.permissions import Permission
from cases.filters import Condition
from cases.models import Case, Clock
from cases.queries import list_cases
from cases.rules import Rules
from cases.scope import number_of, visible
from workflow.working_days import WorkingCalendar

#: Working days up to which a date is due soon.
SOON = 2
#: Rows shown of one group, and how far a count goes before it says "or more".
SHOWN, COUNTED = 50, 1000
GROUPS = ("late", "soon", "later")
#: The states in which a unit has yet to say that it takes a case on.
UNACCEPTED = ("assigned", "escalated")


@dataclass(frozen=True)
class Group:
    """The cases of one degree of urgency: the first of them, and how many there are, at most 1,000."""

    name: str
    count: int
    items: list[dict[str, Any]]


@dataclass(frozen=True)
class Worklist:
    """What a unit has to do; `unaccepted` and `under_way` split all that is with it."""

    groups: list[Group]
    owed_replies: Group
    total: int
    unaccepted: int
    under_way: int


def worklist(
    session: Session,
    *,
    actor: Actor,
    rules: Rules,
    calendar: WorkingCalendar,
    now: datetime,
    only: str | None = None,
) -> Worklist:
    """Give what the person's unit has to do; `only` keeps what is `unaccepted` or `under_way`.

    Five statements at most, however much there is.
    """
    policy.require(actor, Permission.CASES_ACT)
    today = now.astimezone(rules.zone).date()
    boundary = calendar.add(today, SOON + 1)
    # That it has a date says that it is open, in the words of the index that finds it.
    mine = [Case.owner_id == actor.unit_id, Case.due_on.is_not(None)]
    narrowed = [*mine, *_only(only)]
    late = pressing(today)
    soon = and_(~late, pressing(boundary))
    by_group = {"late": late, "soon": soon, "later": ~pressing(boundary)}
    owed = owed_reply(actor, boundary)
    counts = _count(
        session,
        actor,
        [
            *(and_(*narrowed, by_group[name]) for name in GROUPS),
            and_(*mine),
            and_(*mine, waits_for_acceptance()),
            owed,
        ],
    )
    found = [
        Group(name, number, _rows(session, actor, rules, now, [*narrowed, by_group[name]]) if number else [])
        for name, number in zip(GROUPS, counts[:3], strict=True)
    ]
    total, unaccepted, owing = counts[3:]
    replies = Group("owed", owing, _rows(session, actor, rules, now, [owed]) if owing else [])
    return Worklist(found, replies, total, unaccepted, total - unaccepted)


def pressing(before: date) -> Condition:
    """Keep cases of which the owner owes something by a day before this one."""
    accepting = exists().where(
        Clock.case_id == Case.id, Clock.clock == "accept", Clock.running, Clock.due_on < before
    )
    return or_(
        Case.due_on < before,
        and_(Case.owner_id == Case.reply_owner_id, func.coalesce(Case.reply_due_on, before) < before),
        and_(waits_for_acceptance(), accepting.correlate(Case)),
    )


def pressing_on(item: Mapping[str, Any], accept_on: date | None) -> date | None:
    """Give the day that `pressing` looks at of one case, which a list shows: what its owner owes first."""
    days = [item["due_on"]]
    if item["owner"] == item["reply_owner"]:
        days.append(item["reply_due_on"])
    if item["state"] in UNACCEPTED and not item["accepted"]:
        days.append(accept_on)
    return min((day for day in days if day is not None), default=None)


def waits_for_acceptance() -> Condition:
    """Keep cases that their owner has not accepted yet."""
    return and_(Case.state.in_(UNACCEPTED), ~Case.accepted)


def owed_reply(actor: Actor, before: date) -> Condition:
    """Keep cases of other units of which the person's own owes the villagers a word before a day."""
    return and_(
        ~Case.final,
        Case.reply_owner_id == actor.unit_id,
        Case.owner_id != Case.reply_owner_id,
        Case.reply_due_on < before,
    )


def _only(name: str | None) -> Sequence[Condition]:
    if name is None:
        return ()
    return (waits_for_acceptance(),) if name == "unaccepted" else (~waits_for_acceptance(),)


def _count(session: Session, actor: Actor, wanted: Sequence[Condition]) -> list[int]:
    """Count what meets each of some conditions, each at most to 1,000, in one statement."""
    columns = []
    for condition in wanted:
        some = visible(select(literal(1)), actor).select_from(Case).where(condition)
        columns.append(number_of(some, COUNTED).scalar_subquery())
    return list(session.execute(select(*columns)).one())


def _rows(
    session: Session, actor: Actor, rules: Rules, now: datetime, where: Sequence[Condition]
) -> list[dict[str, Any]]:
    found = list_cases(
        session, actor=actor, rules=rules, filters={}, now=now, where=where, sort="due_on", limit=SHOWN
    )
    return found.items
