"""Keep the working days as rows that a county can edit, and give the calendar made of them."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import String, cast, func, insert, or_, select
from sqlalchemy.orm import Session

from cases.models.reference import CalendarDay, CalendarYear
from workflow.working_days import WorkingCalendar

#: Where a session keeps the calendar that its own transaction is about to change.
IN_THE_MAKING = "calendar_in_the_making"

#: The revision of the calendar as one column: how many years are entered, and how often they were changed.
REVISION = (
    select(
        cast(func.count(CalendarYear.year), String)
        + "-"
        + cast(func.coalesce(func.sum(CalendarYear.revision), 0), String)
    )
    .scalar_subquery()
    .label("calendar_revision")
)


class Calendars:
    """Remember the calendar of the newest revision, so that most questions cost one small query."""

    def __init__(self) -> None:
        self._known: tuple[str, WorkingCalendar] | None = None

    def current(self, session: Session) -> WorkingCalendar:
        """Return the calendar as it stands in the database at this moment."""
        return self.at(session, session.scalars(select(REVISION)).one())

    def at(self, session: Session, revision: str) -> WorkingCalendar:
        """Return the calendar of a revision that was read together with something else in this transaction.

        One that is only being entered holds for its own transaction and is not remembered: it may be taken
        back, and another be entered under the same revision.
        """
        in_the_making: WorkingCalendar | None = session.info.get(IN_THE_MAKING)
        if in_the_making is not None:
            return in_the_making
        if self._known is None or self._known[0] != revision:
            self._known = (revision, read(session))
        return self._known[1]


def set_calendar(session: Session) -> WorkingCalendar:
    """Let this transaction count by the calendar that it has just written, and give it."""
    calendar: WorkingCalendar = read(session)
    session.info[IN_THE_MAKING] = calendar
    return calendar


def read(session: Session) -> WorkingCalendar:
    """Build the calendar from its rows."""
    days = {day: working for day, working in session.execute(select(CalendarDay.day, CalendarDay.working))}
    return WorkingCalendar(days, frozenset(session.scalars(select(CalendarYear.year))))


def list_years(session: Session, *, since: int) -> Sequence[CalendarYear]:
    """Return the years from one on whose notice is entered, newest first."""
    entered = select(CalendarYear).where(CalendarYear.year >= since)
    return session.scalars(entered.order_by(CalendarYear.year.desc())).all()


def find_year(session: Session, year: int) -> CalendarYear | None:
    """Return a year whose notice is entered, or None for any other."""
    return session.get(CalendarYear, year)


def named_days(session: Session, year: int) -> list[tuple[date, bool, str]]:
    """Return the days of a year that differ from the plain week, in order, each with its name.

    Days of the December before that the year's own notice names are among them.
    """
    rows = session.execute(
        select(CalendarDay.day, CalendarDay.working, CalendarDay.name)
        .where(
            or_(
                CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
                CalendarDay.source == f"notice {year}",
            )
        )
        .order_by(CalendarDay.day)
    )
    return [(day, working, name) for day, working, name in rows]


def seed_calendar(
    session: Session, years: Iterable[int], days: Iterable[tuple[date, bool, str]], source: str
) -> int:
    """Enter the years that are not in the table yet with their days; give the number of years entered.

    Years that somebody has edited are left alone, so that starting again never undoes an edit.
    """
    present = set(session.scalars(select(CalendarYear.year)))
    fresh = sorted(set(years) - present)
    if not fresh:
        return 0
    rows = [
        {"day": day, "working": working, "name": name, "source": source}
        for day, working, name in days
        if day.year in set(fresh)
    ]
    if rows:
        session.execute(insert(CalendarDay), rows)
    session.execute(insert(CalendarYear), [{"year": year, "notice": source, "revision": 1} for year in fresh])
    return len(fresh)
