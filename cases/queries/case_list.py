"""Read cases: lists by keyset, and everything that one case's page or answer shows."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission, Scope
from accounts.models import Area, Unit
from cases.access.visibility import number_of, visible, visible_to
from cases.configuration.calendar import REVISION
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.queries.filters import Condition, conditions, shown_past_date
from core.errors import Invalid, NotFound
from core.paging import LIMIT
from workflow.working_days import WorkingCalendar

SORTS: Mapping[str, tuple[str, bool]] = {
    "-received_at": ("received_at", True),
    "received_at": ("received_at", False),
    "due_on": ("due_on", False),
    "-due_on": ("due_on", True),
}
#: What keeps open cases alone when it is asked for.
OPEN_CASE_FILTERS = ("overdue", "open", "due_before")

#: What `head_of` reads of a case. A list reads these columns alone: making objects of its rows takes longer.
HEAD = (
    Case.number,
    Case.village_name,
    Case.state,
    Case.category,
    Case.kind,
    Case.urgency,
    Case.channel,
    Case.own_words,
    Case.accepted,
    Case.due_on,
    Case.handling_due_on,
    Case.reply_due_on,
    Case.answered_at,
    Case.outcome,
    Case.rating,
    Case.round,
    Case.version,
    Case.profile,
    Case.imported,
    Case.offline,
    Case.happened_at,
    Case.recorded_at,
    Case.received_at,
    Case.received_on,
)
#: Made once: making aliases and conditions for every request costs more than the statement itself.
Owner, ReplyOwner = aliased(Unit), aliased(Unit)
UNIT_NAMES = (
    Owner.code.label("owner"),
    Owner.name.label("owner_name"),
    ReplyOwner.code.label("reply_owner"),
    ReplyOwner.name.label("reply_owner_name"),
)
IS_OVERDUE = shown_past_date(bindparam("listed_on", type_=Date)).label("is_overdue")
LISTED = select(Case.id, *HEAD, Area.code.label("village"), *UNIT_NAMES, IS_OVERDUE, REVISION)
#: What stands beside each case of a list, and what joins it.
BESIDE = (
    (Area, Area.id == Case.village_id),
    (Owner, Owner.id == Case.owner_id),
    (ReplyOwner, ReplyOwner.id == Case.reply_owner_id),
)


@dataclass(frozen=True)
class CasesPage:
    """Some cases of a list and the cursor of those that follow, or None at the end."""

    items: list[dict[str, Any]]
    next: str | None


def list_cases(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    filters: Mapping[str, Any],
    now: datetime,
    where: Sequence[Condition] = (),
    sort: str = "-received_at",
    limit: int = LIMIT,
    cursor: str | None = None,
) -> CasesPage:
    """Return one page of the cases that this person may see and that meet all filters.

    Paging is by key, so that a page costs the same wherever it lies. `where` adds conditions of the caller,
    as the rates do for their lists. Raises Invalid for a cursor that was not made here.
    """
    policy.require(actor, Permission.CASES_READ)
    today = now.astimezone(rules.zone).date()
    name, descending = SORTS[sort]
    key: ColumnElement[Any] = getattr(Case, name)
    kept = _visible_ids(policy.effective_scopes(actor)).where(*conditions(filters, today), *where)
    if name == "due_on":
        kept = kept.where(Case.due_on.is_not(None))
    if cursor is not None:
        kept = kept.where(_after(key, descending, _read_cursor(cursor, sort)))
    order = (key.desc(), Case.id.desc()) if descending else (key, Case.id)
    # Only the page's own rows are read whole: what has to be sorted first may be many times as much.
    some = kept.order_by(*order).limit(limit + 1).subquery()
    statement = LISTED.join(some, some.c.id == Case.id)
    for table, on in BESIDE:
        statement = statement.join(table, on, isouter=table is Owner)
    asked = {**policy.scope_parameters(actor), "listed_on": today}
    rows = session.execute(statement.order_by(*order), asked).all()
    if not rows:
        return CasesPage([], None)
    calendar = rules.services.calendars.at(session, rows[0].calendar_revision)
    items = [_summary(row, calendar) for row in rows[:limit]]
    if len(rows) <= limit:
        return CasesPage(items, None)
    last = rows[limit - 1]
    return CasesPage(items, _write_cursor(getattr(last, name), last.id, sort))


def count_cases(session: Session, *, actor: Actor, filters: Mapping[str, Any], today: date, most: int) -> int:
    """Count what `list_cases` lists over all its pages, `most` at the most."""
    some = visible(select(literal(1)), actor).select_from(Case).where(*conditions(filters, today))
    if any(filters.get(name) for name in OPEN_CASE_FILTERS):
        # Those that are open are found by their dates, which no other case has, the latest ones first.
        some = some.where(Case.due_on.is_not(None)).order_by(Case.due_on)
    return session.scalars(number_of(some, most)).one()


def count_every_case(session: Session) -> int:
    """Count all cases there are, whoever may see them."""
    return session.scalars(select(func.count()).select_from(Case)).one()


@cache
def _visible_ids(scopes: frozenset[Scope]) -> Select[int]:
    """Write what everybody of the same scopes may see once; it is executed with their `scope_parameters`."""
    return visible_to(select(Case.id), scopes)


def get_case(session: Session, *, actor: Actor, number: str) -> Case:
    """Return a case row that this person may see; raise NotFound for any other."""
    policy.require(actor, Permission.CASES_READ)
    case = session.scalars(visible(select(Case), actor).where(Case.number == number)).first()
    if case is None:
        raise NotFound(number=number)
    return case


def _after(key: ColumnElement[Any], descending: bool, place: tuple[Any, int]) -> Condition:
    """Keep what follows a place; the first comparison alone lets an index begin there."""
    value, last_id = place
    if descending:
        return and_(key <= value, or_(key < value, Case.id < last_id))
    return and_(key >= value, or_(key > value, Case.id > last_id))


def _write_cursor(value: datetime | date, last_id: int, sort: str) -> str:
    plain = json.dumps([sort, value.isoformat(), last_id])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, sort: str) -> tuple[Any, int]:
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        made_for, value, last_id = json.loads(plain)
        if made_for != sort or type(last_id) is not int or not 0 < last_id < 2**62:
            raise ValueError
        if "received_at" in sort:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError
            return moment.astimezone(UTC), last_id
        return date.fromisoformat(value), last_id
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        raise Invalid({"cursor": ["not_a_cursor"]}) from None


def _summary(row: Row[*tuple[Any, ...]], calendar: WorkingCalendar) -> dict[str, Any]:
    return {
        **head_of(row, is_overdue=row.is_overdue, calendar=calendar),
        "village": row.village,
        "owner": row.owner,
        "owner_name": row.owner_name,
        "reply_owner": row.reply_owner,
        "reply_owner_name": row.reply_owner_name,
    }


def head_of(
    case: Case | Row[*tuple[Any, ...]], *, is_overdue: bool, calendar: WorkingCalendar
) -> dict[str, Any]:
    """Return what list and case have in common; `provisional` is said of its dates, any of them.

    `case` is the case itself, or a row with `HEAD`.
    """
    dates = (case.due_on, case.handling_due_on, case.reply_due_on)
    return {
        "number": case.number,
        "village_name": case.village_name,
        "state": case.state,
        "category": case.category,
        "kind": case.kind,
        "urgency": case.urgency,
        "channel": case.channel,
        "own_words": case.own_words,
        "accepted": case.accepted,
        "due_on": case.due_on,
        "handling_due_on": case.handling_due_on,
        "reply_due_on": case.reply_due_on,
        "provisional": calendar.is_any_provisional(*dates),
        "overdue": bool(is_overdue),
        "answered": case.answered_at is not None,
        "outcome": case.outcome,
        "rating": case.rating,
        "round": case.round,
        "version": case.version,
        "profile": case.profile,
        "imported": case.imported,
        "offline": case.offline,
        "happened_at": case.happened_at,
        "recorded_at": case.recorded_at,
        "received_at": case.received_at,
        "received_on": case.received_on,
    }
