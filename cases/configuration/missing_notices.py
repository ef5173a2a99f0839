"""Tell the administrators while the working days of a year are only guessed."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.registers.user_list import list_administrators
from cases.configuration.calendar import named_days
from cases.configuration.case_rules import CountyRules
from cases.models.reference import CalendarYear
from notifications import outbox
from notifications.outbox import Recipient
from workflow.working_days import missing_statutory_days

FROM_MONTH = 11  # the State Council's notice for the next year comes out in autumn


def missing_years(session: Session, today: date) -> list[int]:
    """Return the years without a notice that dates already reach into: this one, from November the next."""
    years = [today.year, today.year + 1] if today.month >= FROM_MONTH else [today.year]
    known = set(session.scalars(select(CalendarYear.year).where(CalendarYear.year.in_(years))))
    return [year for year in years if year not in known]


def short_notices(session: Session, today: date) -> dict[int, list[date]]:
    """Return the statutory days that the notices of this year and the next leave out, by year."""
    years = (today.year, today.year + 1)
    known = session.scalars(select(CalendarYear.year).where(CalendarYear.year.in_(years)))
    found = {}
    for year in sorted(known):
        named = {day: working for day, working, _ in named_days(session, year)}
        if missing := missing_statutory_days(year, named):
            found[year] = missing
    return found


def warn(session: Session, *, rules: CountyRules, now: datetime) -> int:
    """Put a notice about each missing year into the administrators' inbox, once a month; give how many."""
    today = now.astimezone(rules.zone).date()
    years = missing_years(session, today)
    if not years:
        return 0
    administrators = [Recipient(user_id, email) for user_id, email in list_administrators(session)]
    return sum(
        outbox.enqueue(
            session,
            kind="calendar_missing",
            recipients=administrators,
            subject=str(year),
            facts={"year": year},
            key=f"calendar_missing:{year}:{today:%Y-%m}",
            now=now,
        )
        for year in years
    )
