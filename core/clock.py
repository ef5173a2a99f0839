"""Ask the computer what time it is; nothing else in the program does."""

from datetime import UTC, date, datetime, timedelta, tzinfo

ONE_DAY = timedelta(days=1)
#: Under which name a database knows what compares its clock with its history; samples told fast have none.
CLOCK_GUARD = "clock_guard"


def now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def today(zone: tzinfo) -> date:
    """Return the present day in the county's zone; deadlines are counted in such days."""
    return now().astimezone(zone).date()
