"""Load one case for a person, its row and those around it in one statement, to read it or to act on it."""

from collections.abc import Sequence
from datetime import datetime
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
from accounts.models import Area, FormerMember
from accounts.register_values import KnownArea
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.access.visibility import visible_to
from cases.configuration.calendar import REVISION
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.context import CaseContext, Moment
from cases.models.case import Case, Clock, Complainant, Named, Related, Round
from cases.models.correspondence import (
    AddedWords,
    Attachment,
    CategoryAnswer,
    ContactAttempt,
    Note,
    Reply,
    ReturnVisit,
    Unreachable,
    WrittenReport,
)
from cases.models.named_words import NamedWords
from cases.responsibility.covering_units import CoveringUnits, load_covering_units
from core.errors import NotFound
from core.persistence.db import COMMA


def _named(column: InstrumentedAttribute[int | None], label: str) -> Label[str]:
    """Return the ids of those a matter is about as one column, with commas between."""
    ids = func.aggregate_strings(cast(column, String), COMMA)
    of_case = select(ids).where(Named.case_id == Case.id, column.is_not(None)).correlate(Case)
    return of_case.scalar_subquery().label(label)


NAMED_UNITS = _named(Named.unit_id, "named_units")
NAMED_USERS = _named(Named.user_id, "named_users")
#: Who was in a named unit when the matter came, or later, and was moved out of it.
FORMER_USERS = (
    select(func.aggregate_strings(cast(FormerMember.user_id, String), COMMA))
    .join(Named, Named.unit_id == FormerMember.unit_id)
    .where(Named.case_id == Case.id, FormerMember.left_at >= Case.received_at)
    .correlate(Case)
    .scalar_subquery()
    .label("former_users")
)
NAMES = (NAMED_UNITS, NAMED_USERS, FORMER_USERS)
#: How many names somebody wrote down that the team leader has not settled yet.
OPEN_NAMES = (
    select(func.count(NamedWords.id))
    .where(NamedWords.case_id == Case.id, NamedWords.settled_at.is_(None))
    .correlate(Case)
    .scalar_subquery()
    .label("open_names")
)
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
            Unreachable.case_id,
            WrittenReport.case_id,
            Related.case_id,
            Related.other_id,
        )
    ),
    *(
        exists().where(of_complainant == Complainant.id, Complainant.case_id == Case.id).correlate(Case)
        for of_complainant in (
            AddedWords.complainant_id,
            Reply.complainant_id,
            ReturnVisit.complainant_id,
            ContactAttempt.complainant_id,
        )
    ),
).label("has_records")
#: The last entry as a statement saw it when it began: another one when it had to wait for the row.
_begun = aliased(Case)
SEEN = select(_begun.last_seq).where(_begun.id == Case.id).correlate(Case).scalar_subquery().label("seen")

#: Made once, because making statements and aliases costs more than asking them.
_parts = union_all(select(literal(1).label("part")), select(literal(2))).subquery("parts")
#: Clocks and complainants of a case in one statement: each row holds one of the two, or nothing at all.
CLOCKS_AND_COMPLAINANTS = (
    select(Clock, Complainant)
    .select_from(_parts)
    .outerjoin(Clock, (_parts.c.part == 1) & (Clock.case_id == bindparam("case")))
    .outerjoin(Complainant, (_parts.c.part == 2) & (Complainant.case_id == bindparam("case")))
    .order_by(Complainant.id)
)


def load_context(
    session: Session, *, actor: Actor, rules: CountyRules, number: str, moment: Moment
) -> CaseContext:
    """Load a case for writing, within what the person may see; the row stays locked until the end.

    Raises NotFound for an unknown number and for one outside the person's scope alike.
    """
    row = _ask(session, actor, number, lock=True)
    if row is None or row.seen != row.Case.last_seq:
        # On PostgreSQL whoever waited for the lock gets the case as it is now, but its round and those
        # it names as they were before the other's change, or nothing when that began a round.
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
    """Write the statement of `find_case` for everybody of the same scopes: writing costs more than asking."""
    statement: Select[*tuple[Any, ...]] = (
        visible_to(select(Case, Round, Area, REVISION, *NAMES, OPEN_NAMES, HAS_RECORDS), scopes)
        .join(Round, (Round.case_id == Case.id) & (Round.round == Case.round))
        .join(Area, Area.id == Case.village_id)
        .where(Case.number == bindparam("number"))
    )
    return statement.add_columns(SEEN).with_for_update(of=Case) if lock else statement


def load_unlocked(
    session: Session, *, actor: Actor, rules: CountyRules, moment: Moment, ids: Sequence[int]
) -> list[CaseContext]:
    """Load those of some cases for writing that nobody holds just now, with their running clocks alone.

    The session forgets their rows, so that whoever changes them also writes them. Two statements, and one for
    each village.
    """
    statement = visible_to(
        select(Case, Round, Area, REVISION, *NAMES, OPEN_NAMES, SEEN),
        policy.effective_scopes(actor),
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
    rows = [row for row in rows if row.seen == row.Case.last_seq]
    covering = {path: load_covering_units(session, path) for path in {row.Area.path for row in rows}}
    return [
        _build(
            session,
            actor,
            rules,
            moment,
            row,
            covering[row.Area.path],
            clocks=running.get(row.Case.id, {}),
            complainants=[],
        )
        for row in rows
    ]


def load_for_reading(
    session: Session, *, actor: Actor, rules: CountyRules, number: str, now: datetime
) -> CaseContext:
    """Load a case for a person to read, without a lock; raises NotFound as `find_case` does."""
    row = find_case(session, actor, number)
    moment = Moment.at(now, rules.zone)
    context = build_context(session, actor=actor, rules=rules, moment=moment, row=row)
    shown.note(Event.CASE, [context.case.number])
    return context


def build_context(
    session: Session, *, actor: Actor, rules: CountyRules, moment: Moment, row: Row[Any]
) -> CaseContext:
    """Make the context of a case that `find_case` found: three statements with that one, whoever asks."""
    parts = session.execute(CLOCKS_AND_COMPLAINANTS, {"case": row.Case.id}).all()
    return _build(
        session,
        actor,
        rules,
        moment,
        row,
        load_covering_units(session, row.Area.path),
        clocks={clock.clock: clock for clock, _ in parts if clock is not None},
        complainants=[person for _, person in parts if person is not None],
        has_records=row.has_records,
    )


def _build(
    session: Session,
    actor: Actor,
    rules: CountyRules,
    moment: Moment,
    row: Row[Any],
    covering: CoveringUnits,
    *,
    clocks: dict[str, Clock],
    complainants: list[Complainant],
    has_records: bool = True,
) -> CaseContext:
    return CaseContext(
        session=session,
        rules=rules,
        actor=actor,
        moment=moment,
        definition=rules.services.definitions.get(session, row.Case.workflow_hash),
        calendar=rules.services.calendars.at(session, row.calendar_revision),
        village=KnownArea.of(row.Area),
        covering=covering,
        case=row.Case,
        round=row.Round,
        clocks=clocks,
        complainants=complainants,
        named_units=_ids(row.named_units),
        named_users=_ids(row.named_users),
        former_users=_ids(row.former_users),
        open_names=row.open_names,
        found=True,
        has_records=has_records,
    )


def _ids(joined: str | None) -> frozenset[int]:
    return frozenset(int(one) for one in joined.split(",")) if joined else frozenset()
