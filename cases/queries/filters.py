"""The filters of the case list, each a condition; lists, counts and exports share them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased

from accounts.access.policy import below
from accounts.models import Area, Unit
from cases.access.case_numbers import is_numbered
from cases.models.case import Case, Clock, Complainant, Round
from cases.models.correspondence import Reply, ReturnVisit, Unreachable
from cases.persistence import search_index
from cases.vocabulary import CONTENT_RATINGS, RESOLVED_STATES, UNCOUNTED_STATES, UNDECIDED, StandsFor
from workflow.definition.vocabulary import UNRATED_CLOCKS, WITHIN, CaseState, Outcome

Condition = ColumnElement[bool]


def in_states(*states: str) -> Condition:
    """Keep cases in any of these states of the program, or in one of a county's own within them."""
    return or_(Case.state.in_(states), *(Case.state.startswith(f"{state}{WITHIN}") for state in states))


def counted() -> Condition:
    """Leave out void, merged and withdrawn cases."""
    return Case.state.not_in(UNCOUNTED_STATES)


def within_area(place: str | Area) -> Condition:
    """Keep the cases of a village, or of all villages below a township or county, by its code or its row.

    With the row of a single village its cases are found in the order of an index.
    """
    if isinstance(place, Area):
        if place.village_id is not None:
            return Case.village_id == place.village_id
        above = below(Area.path, place.path)
    else:
        above = below(Area.path, select(Area.path).where(Area.code == place).scalar_subquery())
    return exists().where(Area.id == Case.village_id, above).correlate(Case)


def owned_by(code: str) -> Condition:
    """Keep the cases that a unit owns now."""
    return Case.owner_id == select(Unit.id).where(Unit.code == code).scalar_subquery()


def taken_up() -> Condition:
    """Keep cases that are looked after: not imported, or acted on since (domain.md section 1, Times).

    Whoever acts on an imported case lets the sweep look at it: then a running clock has a day on which it is
    looked at next, or is marked as overdue when it has no further rung.
    """
    swept = exists().where(Clock.case_id == Case.id, Clock.running, Clock.next_check_on.is_not(None))
    return or_(~Case.imported, Case.overdue, swept.correlate(Case))


def past_date(today: date) -> Condition:
    """Keep open cases with a clock past its date: flagged by the sweep, or not swept yet today.

    Imported history is not among them until somebody acts on it.
    """
    late = select(Clock.case_id).where(
        Clock.running, Clock.due_on < today, Clock.clock.not_in(UNRATED_CLOCKS)
    )
    return _open_and_late(Case.id.in_(late))


def shown_past_date(today: date | BindParameter[date]) -> Condition:
    """Say of one case what `past_date` keeps, by its own clocks alone: what a page of a list shows."""
    rated = Clock.clock.not_in(UNRATED_CLOCKS)
    late = exists().where(Clock.case_id == Case.id, Clock.running, Clock.due_on < today, rated)
    return _open_and_late(late.correlate(Case))


def _open_and_late(late: Condition) -> Condition:
    return and_(~Case.final, or_(Case.overdue, late), taken_up())


def answered() -> Condition:
    """Keep cases in which every complainant has had a final reply, in whatever round."""
    return Case.answered_at.is_not(None)


def answered_before(moment: datetime) -> Condition:
    """Keep cases in which every complainant had had a final reply before a moment."""
    return and_(Case.answered_at.is_not(None), Case.answered_at < moment)


def first_round(*conditions: Condition) -> Condition:
    """Keep cases whose first round meets all conditions."""
    return exists().where(Round.case_id == Case.id, Round.round == 1, *conditions)


def answered_on_time() -> Condition:
    """Keep cases answered in the first round by the handling deadline then in force."""
    return first_round(Round.answered_on.is_not(None), ~Round.late)


def not_on_time(today: date) -> Condition:
    """Keep cases answered late in the first round, or not answered and past that deadline.

    A first round that ended without an answer, because the case was taken back for a while, is past its
    deadline only if it was so then; that is what `late` says.
    """
    return first_round(or_(Round.late, _waits_in_vain(today, Case.round == 1)))


def judged(today: date) -> Condition:
    """Keep cases of which it is known whether the first round was answered on time."""
    in_vain = _waits_in_vain(today, Case.round == 1)
    return first_round(or_(Round.answered_on.is_not(None), Round.late, in_vain))


def _waits_in_vain(today: date, *present: Condition) -> Condition:
    """Say of a round that it is not answered although its deadline has passed, and the case still open."""
    return and_(~Case.final, *present, Round.answered_on.is_(None), Round.handling_due_on < today)


def later_round(*conditions: Condition) -> Condition:
    """Keep reopened cases whose present round meets all conditions."""
    return exists().where(Round.case_id == Case.id, Round.round == Case.round, Round.round > 1, *conditions)


def later_on_time() -> Condition:
    """Keep reopened cases answered in the present round by the deadline then in force."""
    return later_round(Round.answered_on.is_not(None), ~Round.late)


def later_not_on_time(today: date) -> Condition:
    """Keep reopened cases whose present round was answered late, or is past its deadline unanswered."""
    return later_round(or_(Round.late, _waits_in_vain(today)))


def later_judged(today: date) -> Condition:
    """Keep reopened cases of which it is known whether the present round was answered on time."""
    return later_round(or_(Round.answered_on.is_not(None), Round.late, _waits_in_vain(today)))


def was_extended() -> Condition:
    """Keep cases to which more time was granted in the first round."""
    return first_round(Round.extended.is_(True))


def is_resolved() -> Condition:
    """Keep cases that are resolved now, or closed after it."""
    return in_states(*RESOLVED_STATES)


def in_hand(today: date) -> Condition:
    """Keep cases resolved, closed or rejected, or open with an owner and no deadline passed."""
    waiting = and_(~Case.final, Case.owner_id.is_not(None), ~past_date(today))
    return or_(in_states(*RESOLVED_STATES, CaseState.REJECTED), waiting)


def some_unreachable() -> Condition:
    """Keep cases with a complainant for whom the record of failed attempts stands."""
    return exists().where(Complainant.case_id == Case.id, Complainant.unreachable).correlate(Case)


def nobody_reached() -> Condition:
    """Keep answered cases in whose last answered round the record stands for every reply."""
    last = (
        select(func.max(Complainant.answered_round))
        .where(Complainant.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )
    record = exists().where(
        Unreachable.case_id == Case.id, Unreachable.stands_for == StandsFor.REPLY, Unreachable.round == last
    )
    return and_(record, ~exists().where(Reply.case_id == Case.id, Reply.final, Reply.round == last))


def last_outcome(value: str) -> Condition:
    """Keep answered cases whose last outcome is this one; `undecided` are those told but not concluded.

    Each answered case has exactly one: `unreachable` when nobody could be told, else what was concluded last,
    in an earlier round if need be.
    """
    found = (
        select(Round.outcome)
        .where(Round.case_id == Case.id, Round.outcome.is_not(None))
        .order_by(Round.round.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    if value == Outcome.UNREACHABLE:
        return and_(answered(), nobody_reached())
    concluded = found.is_(None) if value == UNDECIDED else found == value
    return and_(answered(), ~nobody_reached(), concluded)


def rated(value: str) -> Condition:
    """Keep cases in which some complainant's last rating is this one."""
    return exists().where(Complainant.case_id == Case.id, Complainant.rating == value).correlate(Case)


def visited() -> Condition:
    """Keep complainants who had a return visit, in whatever round."""
    return exists().where(ReturnVisit.complainant_id == Complainant.id)


def is_content() -> Condition:
    """Keep complainants whose last rating is satisfied or fair."""
    return Complainant.rating.is_not(None) & Complainant.rating.in_(CONTENT_RATINGS)


def words_contain(text: str) -> Condition:
    """Keep cases whose number may be the text, or of which some complainant said or added it."""
    said = search_index.matching_cases(text)
    one = aliased(Case)
    numbered = is_numbered(text, one.number)
    if numbered is None:
        return Case.id.in_(said)
    # One set of ids, for PostgreSQL goes through all cases when it is asked for either of two things.
    return Case.id.in_(union_all(select(one.id).where(numbered), said))


BY_NAME: Mapping[str, Callable[[Any, date], Condition]] = {
    "village": lambda value, today: within_area(value),
    "state": lambda value, today: in_states(value),
    "category": lambda value, today: Case.category == value,
    "kind": lambda value, today: Case.kind == value,
    "owner": lambda value, today: owned_by(value),
    "taken_up": lambda value, today: taken_up() if value else ~taken_up(),
    "overdue": lambda value, today: past_date(today) if value else ~past_date(today),
    "due_before": lambda value, today: and_(~Case.final, Case.due_on < value),
    "answered": lambda value, today: answered() if value else ~answered(),
    "answered_to": lambda value, today: answered_before(value),
    "on_time": lambda value, today: answered_on_time() if value else not_on_time(today),
    "outcome": lambda value, today: Case.outcome == value,
    "rating": lambda value, today: rated(value),
    "reopened": lambda value, today: Case.round > 1 if value else Case.round == 1,
    "q": lambda value, today: words_contain(value),
    "received_from": lambda value, today: Case.received_on >= value,
    "received_to": lambda value, today: Case.received_on <= value,
    "counted": lambda value, today: counted() if value else ~counted(),
    "open": lambda value, today: ~Case.final if value else Case.final.is_(True),
    "resolved": lambda value, today: is_resolved() if value else ~is_resolved(),
    "in_hand": lambda value, today: in_hand(today) if value else ~in_hand(today),
    "judged": lambda value, today: judged(today) if value else ~judged(today),
    "extended": lambda value, today: was_extended() if value else ~was_extended(),
    "later_judged": lambda value, today: later_judged(today) if value else ~later_judged(today),
    "later_on_time": lambda value, today: later_on_time() if value else later_not_on_time(today),
    "last_outcome": lambda value, today: last_outcome(value),
    "unreachable": lambda value, today: some_unreachable() if value else ~some_unreachable(),
}

#: Further filters of a list of complainants, beside those of their cases.
COMPLAINANTS_BY_NAME: Mapping[str, Callable[[Any, date], Condition]] = {
    "revisited": lambda value, today: visited() if value else ~visited(),
    "rated": lambda value, today: Complainant.rating.is_not(None) if value else Complainant.rating.is_(None),
    "content": lambda value, today: is_content() if value else ~is_content(),
}


def conditions(filters: Mapping[str, Any], today: date) -> list[Condition]:
    """Return the conditions of the filters that are set; a name that is not a filter raises KeyError."""
    return [BY_NAME[name](value, today) for name, value in filters.items() if value is not None]


def complainant_conditions(filters: Mapping[str, Any], today: date) -> list[Condition]:
    """Return the conditions of a list of complainants: those of their cases and those of their own."""
    table = {**BY_NAME, **COMPLAINANTS_BY_NAME}
    return [table[name](value, today) for name, value in filters.items() if value is not None]
