"""Say which rungs of the ladder are due on a day: pure counting from a clock's date."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow.definition.model import Rung
from workflow.working_days import WorkingCalendar

#: Rungs fire on working mornings from this time (domain.md section 3).
MORNING = time(8, 30)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do today: the rung to fire, those to record instead, and when to look again."""

    fire: str | None
    skipped: tuple[str, ...]
    not_applicable: tuple[str, ...]
    next_on: date | None


def plan(
    rungs: Sequence[Rung],
    *,
    started_on: date,
    due_on: date,
    today: date,
    done: Collection[str],
    calendar: WorkingCalendar,
    urgent: bool,
) -> Plan:
    """Return what is due of a clock's ladder; `started_on` is the day on which its present cycle began.

    Of the rungs whose day has come and which are not in `done`, the highest fires and the lower ones are
    skipped: after an outage nobody gets five letters at once. One whose day lies before the cycle began never
    had its day: it is not applicable. `next_on` is the first day of a rung that stays open, None at the top.
    """
    days = {
        rung.code: day_of(rung, due_on=due_on, calendar=calendar, urgent=urgent)
        for rung in rungs
        if exists(rung, started_on=started_on, due_on=due_on, calendar=calendar)
    }
    waiting = [code for code in days if code not in done]
    due = [code for code in waiting if days[code] <= today]
    not_applicable = tuple(code for code in due if days[code] < started_on)
    had_their_day = [code for code in due if code not in not_applicable]
    fire = had_their_day[-1] if had_their_day else None
    if fire is not None and _is_below(fire, done, list(days)):
        fire = None
    later = [days[code] for code in waiting if code not in due]
    return Plan(
        fire=fire,
        skipped=tuple(code for code in had_their_day if code != fire),
        not_applicable=not_applicable,
        next_on=min(later) if later else None,
    )


def day_of(rung: Rung, *, due_on: date, calendar: WorkingCalendar, urgent: bool) -> date:
    """Return the day of a rung: so many working days from the due date.

    For an urgent case a rung with `urgent_any_day` counts every day: urging begins on the very next one.
    """
    if urgent and rung.urgent_any_day:
        return due_on + timedelta(days=rung.days)
    return calendar.add(due_on, rung.days)


def exists(rung: Rung, *, started_on: date, due_on: date, calendar: WorkingCalendar) -> bool:
    """Return whether a clock is long enough for a rung; its length is that of the present cycle."""
    return rung.longer_than == 0 or calendar.between(started_on, due_on) > rung.longer_than


def may_fire(moment: datetime, calendar: WorkingCalendar, *, urgent: bool) -> bool:
    """Return whether rungs may go out at a local time: on working mornings, for urgent cases on any day."""
    return moment.time() >= MORNING and (urgent or calendar.is_working(moment.date()))


def _is_below(code: str, done: Collection[str], order: list[str]) -> bool:
    """Return whether a higher rung has fired already, as after a date that was moved to an earlier day."""
    return any(higher in done for higher in order[order.index(code) + 1 :])
