"""Say what another configuration would change: cases that it strands, and dates it would set otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Clock
from cases.models.reference import CalendarYear
from config.tables import Tables
from workflow import deadlines, due_dates
from workflow.deadlines import ClockRule, Profile
from workflow.definition.reader import parse
from workflow.working_days import WorkingCalendar


@dataclass(frozen=True)
class ChangedDate:
    """A running clock whose date would be another one, counted from the same day by the other rules."""

    number: str
    clock: str
    before: date
    after: date
    becomes_overdue: bool


@dataclass(frozen=True)
class Changes:
    """What would change for open cases."""

    stranded: list[tuple[str, str]]
    moved: list[ChangedDate]


def compare(session: Session, rules: CountyRules, other: Tables, *, now: datetime) -> Changes:
    """Compare the present rules with another configuration for every open case.

    A running date is kept by its case, whatever the files say later; what is shown is what the same matter
    would be given if it were counted by the other rules.
    """
    definition = parse(other.workflow_text, other.workflow_name)
    profiles, periods = deadlines.rules_of(other)
    calendar = _calendar(session, rules, other)
    today = now.astimezone(rules.zone).date()
    stranded: list[tuple[str, str]] = []
    moved: list[ChangedDate] = []
    open_cases = select(Case).where(~Case.final).order_by(Case.id)
    for case in session.scalars(open_cases):
        state = definition.states.get(case.state)
        if state is None or state.final:
            stranded.append((case.number, case.state))
    rows = session.execute(
        select(Clock, Case)
        .join(Case, Case.id == Clock.case_id)
        .where(Clock.running, ~Case.final)
        .order_by(Case.id, Clock.clock)
    )
    for clock, case in rows:
        rule = _rule(clock, case, rules, other, profiles, periods)
        basis = {**clock.basis, "days": rule.days, "unit": rule.unit}
        after = due_dates.replay(basis, clock.moves, calendar)
        if after != clock.due_on:
            late = clock.due_on >= today > after
            moved.append(ChangedDate(case.number, clock.clock, clock.due_on, after, late))
    return Changes(stranded, moved)


def _rule(
    clock: Clock,
    case: Case,
    rules: CountyRules,
    other: Tables,
    profiles: Mapping[str, Profile],
    periods: Mapping[str, ClockRule],
) -> ClockRule:
    """Return the length that the other configuration sets for a clock; the present one where it says none."""
    basis: Mapping[str, Any] = clock.basis
    category = other.categories.get(case.category)
    if basis.get("profile") is not None and category is not None:
        profile = deadlines.choose_profile(
            profiles,
            urgency=case.urgency,
            kind=case.kind,
            category_profile=category.profile,
            channel=case.channel,
        )
        return ClockRule(profile.days, profile.unit)
    present = ClockRule(basis["days"], basis["unit"])
    # A handling clock without a profile was started by an escalation; the others have periods of their name.
    kind = "escalation" if clock.clock == "handling" else clock.clock
    names = [name for name, rule in rules.periods.items() if rule == present and name.split("_")[0] == kind]
    return periods.get(names[0], present) if names else present


def _calendar(session: Session, rules: CountyRules, other: Tables) -> WorkingCalendar:
    """Return the present calendar with the notices that only the other folder has."""
    present = rules.services.calendars.current(session)
    entered = set(session.scalars(select(CalendarYear.year)))
    fresh = {file.year for file in other.calendar if file.year is not None} - entered
    days = {day: working for file in other.calendar for day, working, _ in file.days if day.year in fresh}
    return WorkingCalendar({**present.days, **days}, present.years | fresh)
