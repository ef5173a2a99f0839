"""The moments at which every test must pass, and how programs are made to believe that it is one of them.

A county works at every hour, and machines stand in every zone; a suite that passes on a Tuesday morning and
fails on a Monday before dawn says nothing about either. The clock is moved by libfaketime, by the same span
for every process, so that it runs on and all of them agree.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

COUNTY = ZoneInfo("Asia/Shanghai")
#: Where Debian and others put the library; the first that is there is taken.
PLACES = (
    "/usr/lib/*/faketime/libfaketime.so.1",
    "/usr/lib*/faketime/libfaketime.so.1",
    "/usr/local/lib/faketime/libfaketime.so.1",
)
MISSING = "缺少 libfaketime，不能换时刻测试 / libfaketime was not found: apt install faketime"
#: What loads a library into every program, and where every Python looks for modules before its own.
PRELOAD, PYTHONPATH = "LD_PRELOAD", "PYTHONPATH"
#: By how many seconds the clock of a program is moved; `now` may be asked of one that is.
SPAN = "FAKETIME"
#: Holds what a Python needs in order to sleep under a moved clock.
SLEEPING = Path(__file__).resolve().parent.parent / "tests" / "moved"


@dataclass(frozen=True)
class FakedMoment:
    """A row of the table: its name, day and time in the county, and the zone that the machine is set to."""

    name: str
    county: str
    zone: str = "Asia/Shanghai"

    @property
    def at(self) -> datetime:
        """Return the moment itself."""
        return datetime.fromisoformat(self.county).replace(tzinfo=COUNTY)


MOMENTS = (
    FakedMoment("monday-before-dawn", "2026-11-30 04:47", "UTC"),
    FakedMoment("monday-0829", "2026-11-30 08:29"),  # a minute before the weekly notice
    FakedMoment("saturday-night", "2026-12-05 23:10"),
    FakedMoment("end-of-month", "2026-09-30 23:59", "UTC"),
    FakedMoment("end-of-year", "2026-12-31 23:59"),
    FakedMoment("29-february", "2028-02-29 10:00"),
    FakedMoment("spring-festival", "2026-02-17 12:00"),
    FakedMoment("after-spring-festival", "2026-02-24 09:00"),
    FakedMoment("make-up-day", "2026-02-28 10:00"),  # a Saturday of work
    FakedMoment("year-without-notice", "2027-06-15 10:00", "UTC"),
    FakedMoment("machine-in-america", "2026-11-01 16:30", "America/Los_Angeles"),  # its hour that comes twice
    FakedMoment("machine-in-kiritimati", "2026-12-31 20:00", "Pacific/Kiritimati"),  # there it is next year
)
BY_NAME: Mapping[str, FakedMoment] = {moment.name: moment for moment in MOMENTS}


def of_day(day: date) -> FakedMoment:
    """Draw the moment of a day: the same for everybody, and all of them in turn."""
    return MOMENTS[day.toordinal() % len(MOMENTS)]


def library() -> Path | None:
    """Return the library that moves the clock, or None where there is none."""
    return next(_found(), None)


def _found() -> Iterator[Path]:
    root = Path("/")
    for pattern in PLACES:
        yield from sorted(root.glob(pattern.lstrip("/")))


def environ_of(moment: FakedMoment, moved_by: Path, *, now: datetime) -> dict[str, str]:
    """Return what the environment of a program must hold so that it is this moment for it, and runs on.

    What only lasts is not moved (waiting, and the times of files, which the system writes): a clock that
    jumps under a wait would end it, or never would.
    """
    span = round((moment.at - now).total_seconds()) + int(os.environ.get(SPAN) or 0)
    return {
        PRELOAD: _before(PRELOAD, moved_by),
        PYTHONPATH: _before(PYTHONPATH, SLEEPING),
        SPAN: f"{span:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "TZ": moment.zone,
    }


def _before(variable: str, first: Path) -> str:
    """Put a path before what a variable of the environment holds."""
    others = os.environ.get(variable, "").split(os.pathsep)
    return os.pathsep.join([str(first), *(other for other in others if other not in ("", str(first)))])
