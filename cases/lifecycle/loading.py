"""Load one case for a person, its row and those around it in one statement, to read it or to act on it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Label,
    Row,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Scope
from accounts.models import Area, Unit
from cases.access.visibility import visible_to
from cases.configuration.calendar import REVISION
from cases.configuration.case_rules import CaseRules
from cases.lifecycle.context import Moment, Work
from cases.models.case import Case, Clock, Complainant, Named, Related, Round
from cases.models.correspondence import AddedWords, Attachment, CategoryAnswer, Note, Reply, ReturnVisit
from cases.responsibility.covering_units import CoveringUnits, load_covering_units
from core.errors import NotFound
from core.persistence.db import COMMA


def _named(column: InstrumentedAttribute[int | None], label: str) -> Label[str]:
    """Give the ids of those a matter is about as one column, with commas between."""
    ids = func.aggregate_strings(cast(column, String), COMMA)
    of_case = select(ids).where(Named.case_id == Case.id, column.is_not(None)).correlate(Case)
    return of_case.scalar_subquery().label(label)


NAMED_UNITS = _named(Named.unit_id, "named_units")
NAMED_USERS = _named(Named.user_id, "named_users")
#: Whether anything lies in the file of a case, as a column of a statement over cases.
HAS_RECORDS = or_(
    *(
        exists().where(column == Case.id).correlate(Case)
        for column in (
            Reply.case_id,
            ReturnVisit.case_id,
            Note.case_id,
            AddedWords.case_id,
            Attachment.case_id,
            CategoryAnswer.case_id,
            Related.case_id,
            Related.other_id,
        )
    ),
    exists()
    .where(AddedWords.complainant_id == Complainant.id, Complainant.case_id == Case.id)
    .correlate(Case),
).label("any_papers")
#: The last entry as a statement saw it when it began: another one when it had to wait for the row.
_begun = aliased(Case)
SEEN = select(_begun.last_seq).where(_begun.id == Case.id).correlate(Case).scalar_subquery().label("seen")

#: Made once, because making statements and aliases costs more than asking them.
Owner, ReplyOwner = aliased(Unit), aliased(Unit)
_parts = union_all(select(literal(1).label("part")), select(literal(2))).subquery("parts")
#: Clocks and complainants of a case in one statement: each row holds one of the two, or nothing at all.
CLOCKS_AND_COMPLAINANTS = (
    select(Clock, Complainant)
    .select_from(_parts)
    .outerjoin(Clock, (_parts.c.part == 1) & (Clock.case_id == bindparam("case")))
    .outerjoin(Complainant, (_parts.c.part == 2) & (Complainant.case_id == bindparam("case")))
    .order_by(Complainant.id)
)


def load_context(session: Session, *, actor: Actor, rules: CaseRules, number: str, moment: Moment) -> Work:
    """Load a case for writing, within what the person may see; the row stays locked until the end.

    Raises NotFound for an unknown number and for one outside the person's scope alike.
    """
    row = _ask(session, actor, number, lock=True)
    if row is None or row.seen != row.Case.last_seq:
        # On PostgreSQL whoever waited for the lock gets the case as it is now, but its round and the parties
        # named as they were before the other's change, or nothing when that began a round.
        row = _ask(session, actor, number, lock=True)
    if row is None:
        raise NotFound(number=number)
    return build_context(session, actor=actor, rules=rules, moment=moment, row=row)


def find_case(session: Session, actor: Actor, number: str) -> Row[Any]:
    """Find a case that this person may see, with its round, its village and whatever decides about it.

    Raises NotFound for an unknown number and for one outside the person's scope alike.
    """
    row = _ask(session, actor, number)
    if row is None:
        raise NotFound(number=number)
    return row


def _ask(session: Session, actor: Actor, number: str, *, lock: bool = False) -> Row[Any] | None:
    return session.execute(
        _statement(policy.effective_scopes(actor), lock),
        {**policy.scope_parameters(actor), "number": number},
        execution_options={"populate_existing": lock},
    ).one_or_none()


@cache
def _statement(scopes: frozenset[Scope], lock: bool) -> Select[*tuple[Any, ...]]:
    """Write the statement of `find` for everybody of a standing: writing it costs more than asking it.

    Whoever acts asks for all units over the village anyway, and not here for two of them.
    """
    statement: Select[*tuple[Any, ...]] = (
        visible_to(select(Case, Round, Area, REVISION, NAMED_UNITS, NAMED_USERS, HAS_RECORDS), scopes)
        .join(Round, (Round.case_id == Case.id) & (Round.round == Case.round))
        .join(Area, Area.id == Case.village_id)
        .where(Case.number == bindparam("number"))
    )
    if lock:
        return statement.add_columns(SEEN).with_for_update(of=Case)
    return (
        statement.add_columns(Owner, ReplyOwner)
        .outerjoin(Owner, Owner.id == Case.owner_id)
        .join(ReplyOwner, ReplyOwner.id == Case.reply_owner_id)
    )


def load_unlocked(
    session: Session, *, actor: Actor, rules: CaseRules, moment: Moment, ids: Sequence[int]
) -> list[Work]:
    """Load those of some cases for writing that nobody holds just now, with their running clocks alone.

    The session forgets their rows, so that whoever changes them also writes them; `write` of such a work
    writes nothing. Two statements, and one for each village.
    """
    statement = visible_to(
        select(Case, Round, Area, REVISION, NAMED_UNITS, NAMED_USERS, SEEN), policy.effective_scopes(actor)
    )
    rows = session.execute(
        statement.join(Round, (Round.case_id == Case.id) & (Round.round == Case.round))
        .join(Area, Area.id == Case.village_id)
        .where(Case.id.in_(ids))
        .order_by(Case.id)
        .with_for_update(of=Case, skip_locked=True),
        policy.scope_parameters(actor),
        execution_options={"populate_existing": True},
    ).all()
    running: dict[int, dict[str, Clock]] = {}
    for clock in session.scalars(select(Clock).where(Clock.case_id.in_(ids), Clock.running)):
        running.setdefault(clock.case_id, {})[clock.clock] = clock
    session.expunge_all()
    over: dict[str, CoveringUnits] = {}
    works = [
        _build(session, actor, rules, moment, row, running.get(row.Case.id, {}), [])
        for row in rows
        if row.seen == row.Case.last_seq
    ]
    for work in works:
        path = work.village.path
        if path not in over:
            over[path] = load_covering_units(session, path)
        work.over = over[path]
    return works


def build_context(session: Session, *, actor: Actor, rules: CaseRules, moment: Moment, row: Row[Any]) -> Work:
    """Take a case that `find` found in hand, with its definition, calendar, clocks and complainants."""
    parts = session.execute(CLOCKS_AND_COMPLAINANTS, {"case": row.Case.id}).all()
    clocks = {clock.clock: clock for clock, _ in parts if clock is not None}
    people = [person for _, person in parts if person is not None]
    work = _build(session, actor, rules, moment, row, clocks, people)
    work.any_papers = row.any_papers
    return work


def _build(
    session: Session,
    actor: Actor,
    rules: CaseRules,
    moment: Moment,
    row: Row[Any],
    clocks: dict[str, Clock],
    complainants: list[Complainant],
) -> Work:
    return Work(
        session=session,
        rules=rules,
        actor=actor,
        moment=moment,
        definition=rules.definitions.get(session, row.Case.workflow_hash),
        calendar=rules.calendars.at(session, row.calendar_revision),
        case=row.Case,
        round=row.Round,
        clocks=clocks,
        complainants=complainants,
        village=row.Area,
        named_units=_ids(row.named_units),
        named_users=_ids(row.named_users),
        units={unit.id: unit for unit in row if isinstance(unit, Unit)},
        found=True,
    )


def _ids(joined: str | None) -> frozenset[int]:
    return frozenset(int(one) for one in joined.split(",")) if joined else frozenset()
