"""Know the working days as they were before each change, so that old dates can still be explained."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.history import RegisterEntry
from cases.configuration import calendar
from workflow.working_days import WorkingCalendar

#: The kind of subject under which changes of a year's calendar stand in the history of the registers.
SUBJECT = "calendar"


def facts_of(
    *, notice: str, before: Mapping[date, bool] | None, after: Mapping[date, bool]
) -> dict[str, Any]:
    """Return what the history keeps of a change; None before is a year that had no notice."""
    return {
        "notice": notice,
        "before": None if before is None else _written(before),
        "after": _written(after),
    }


def calendars_until_now(session: Session) -> list[WorkingCalendar]:
    """Return the present calendar and every earlier one, newest first: changes are taken back one by one."""
    present = calendar.read(session)
    found = [present]
    changes = session.scalars(
        select(RegisterEntry)
        .where(RegisterEntry.subject_kind == SUBJECT)
        .order_by(RegisterEntry.recorded_at.desc(), RegisterEntry.seq.desc())
    )
    for change in changes:
        present = _without(present, int(change.subject_id), change.facts)
        found.append(present)
    return found


def _without(present: WorkingCalendar, year: int, facts: Mapping[str, Any]) -> WorkingCalendar:
    before = facts["before"]
    days = dict(present.days)
    for day in facts["after"]:
        days.pop(date.fromisoformat(day), None)
    days.update(_read((before or {}).items()))
    return WorkingCalendar(days, present.years - {year} if before is None else present.years)


def _written(days: Mapping[date, bool]) -> dict[str, bool]:
    return {day.isoformat(): working for day, working in sorted(days.items())}


def _read(days: Iterable[tuple[str, bool]]) -> dict[date, bool]:
    return {date.fromisoformat(day): working for day, working in days}
