"""Read cases: lists by keyset, and everything that one case's page or answer shows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Row, Select, bindparam, literal, select
from sqlalchemy.orm import Session, aliased

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission, Scope
from accounts.models import Area, Unit
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.access.visibility import number_of, visible, visible_to
from cases.configuration.calendar import REVISION
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.queries.filters import Condition, conditions, shown_past_date
from core.errors import NotFound
from core.paging import LIMIT
from core.persistence.keyset import Id, Keyset, ListPage, Moment
from workflow.working_days import WorkingCalendar

#: By the name of the sort; whatever shares a moment or a day stands in the order of the ids.
SORTS: Mapping[str, Keyset] = {
    "-received_at": Keyset("-received_at", (Case.received_at, Moment), (Case.id, Id), descending=True),
    "received_at": Keyset("received_at", (Case.received_at, Moment), (Case.id, Id)),
    "due_on": Keyset("due_on", (Case.due_on, date), (Case.id, Id)),
    "-due_on": Keyset("-due_on", (Case.due_on, date), (Case.id, Id), descending=True),
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
) -> ListPage:
    """Return one page of the cases that this person may see and that meet all filters.

    Paging is by key, so that a page costs the same wherever it lies. `where` adds conditions of the caller,
    as the rates do for their lists. Raises Invalid for a cursor that was not made here.
    """
    policy.require(actor, Permission.CASES_READ)
    today = now.astimezone(rules.zone).date()
    keyset = SORTS[sort]
    kept = _visible_ids(policy.effective_scopes(actor)).where(*conditions(filters, today), *where)
    if sort.endswith("due_on"):
        kept = kept.where(Case.due_on.is_not(None))
    if cursor is not None:
        kept = kept.where(keyset.after(cursor))
    order = keyset.order()
    # Only the page's own rows are read whole: what has to be sorted first may be many times as much.
    some = kept.order_by(*order).limit(limit + 1).subquery()
    statement = LISTED.join(some, some.c.id == Case.id)
    for table, on in BESIDE:
        statement = statement.join(table, on, isouter=table is Owner)
    asked = {**policy.scope_parameters(actor), "listed_on": today}
    rows = session.execute(statement.order_by(*order), asked).all()
    if not rows:
        return ListPage([], None)
    calendar = rules.services.calendars.at(session, rows[0].calendar_revision)
    page = keyset.page(rows, limit, lambda row: _summary(row, calendar))
    shown.note(Event.LIST, [item["number"] for item in page.items])
    return page


def count_cases(session: Session, *, actor: Actor, filters: Mapping[str, Any], today: date, most: int) -> int:
    """Count what `list_cases` lists over all its pages, `most` at the most."""
    some = visible(select(literal(1)), actor).select_from(Case).where(*conditions(filters, today))
    if any(filters.get(name) for name in OPEN_CASE_FILTERS):
        # Those that are open are found by their dates, which no other case has, the latest ones first.
        some = some.where(Case.due_on.is_not(None)).order_by(Case.due_on)
    return session.scalars(number_of(some, most)).one()


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
