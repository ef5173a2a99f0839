"""The filters of the case list, each a condition; lists, counts and exports share them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from accounts.models import Area, Unit
from cases.models import Case, Clock, Complainant, Round

Condition = ColumnElement[bool]

#: The three final states that no rate counts (domain.md section 4).
UNCOUNTED = ("void", "merged", "withdrawn")


def counted() -> Condition:
    """Leave out void, merged and withdrawn cases."""
    return Case.state.not_in(UNCOUNTED)


def within_area(code: str) -> Condition:
    """Keep the cases of a village, or of all villages below a township or county."""
    top = select(Area.path).where(Area.code == code).scalar_subquery()
    return Case.village_id.in_(select(Area.id).where(Area.path.startswith(top)))


def owned_by(code: str) -> Condition:
    """Keep the cases that a unit owns now."""
    return Case.owner_id.in_(select(Unit.id).where(Unit.code == code))


def past_date(today: date) -> Condition:
    """Keep open cases with a clock past its date: flagged by the sweep, or not swept yet today."""
    late = select(Clock.case_id).where(Clock.running, Clock.due_on < today)
    return and_(~Case.final, or_(Case.overdue, Case.id.in_(late)))


def answered() -> Condition:
    """Keep cases in which every complainant has had a final reply, in whatever round."""
    return Case.answered_at.is_not(None)


def first_round(*conditions: Condition) -> Condition:
    """Keep cases whose first round meets all conditions."""
    return exists().where(Round.case_id == Case.id, Round.round == 1, *conditions)


def answered_on_time() -> Condition:
    """Keep cases answered in the first round by the handling deadline then in force."""
    return first_round(Round.answered_on.is_not(None), ~Round.late)


def not_on_time(today: date) -> Condition:
    """Keep cases answered late in the first round, or not answered and past that deadline."""
    return first_round(or_(Round.late, and_(Round.answered_on.is_(None), Round.handling_due_on < today)))


def rated(value: str) -> Condition:
    """Keep cases in which some complainant's last rating is this one."""
    return exists().where(Complainant.case_id == Case.id, Complainant.rating == value)


def words_contain(text: str) -> Condition:
    """Keep cases whose number is the text or whose words contain it."""
    return or_(Case.number == text.upper(), Case.own_words.contains(text, autoescape=True))


BY_NAME: Mapping[str, Callable[[Any, date], Condition]] = {
    "village": lambda value, today: within_area(value),
    "state": lambda value, today: Case.state == value,
    "category": lambda value, today: Case.category == value,
    "kind": lambda value, today: Case.kind == value,
    "owner": lambda value, today: owned_by(value),
    "overdue": lambda value, today: past_date(today) if value else ~past_date(today),
    "due_before": lambda value, today: and_(~Case.final, Case.due_on < value),
    "answered": lambda value, today: answered() if value else ~answered(),
    "on_time": lambda value, today: answered_on_time() if value else not_on_time(today),
    "outcome": lambda value, today: Case.outcome == value,
    "rating": lambda value, today: rated(value),
    "reopened": lambda value, today: Case.round > 1 if value else Case.round == 1,
    "q": lambda value, today: words_contain(value),
    "received_from": lambda value, today: Case.received_on >= value,
    "received_to": lambda value, today: Case.received_on <= value,
    "counted": lambda value, today: counted() if value else ~counted(),
}


def conditions(filters: Mapping[str, Any], today: date) -> list[Condition]:
    """Give the conditions of the filters that are set; a name that is not a filter raises KeyError."""
    return [BY_NAME[name](value, today) for name, value in filters.items() if value is not None]
