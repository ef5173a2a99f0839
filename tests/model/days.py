"""Count days in the plainest way, and say on which one a rung falls (domain.md sections 2 and 3)."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import groupby

Works = Callable[[date], bool]
ONE = timedelta(days=1)

#: The ladder of each clock, from the lowest rung, each with its working days from the due date.
DISTANCE = {"remind": -2, "urge": 1, "supervise": 3, "publish": 8, "raise": 10}
LADDER = {
    "triage": ("urge", "supervise"),
    "accept": ("urge", "supervise"),
    "return": ("urge", "supervise"),
    "reply": ("remind", "urge", "supervise", "publish"),
    "handling": ("remind", "urge", "supervise", "publish", "raise"),
    "promise": ("remind", "urge"),
    "word": ("urge",),
}
#: Who promised something for a day is reminded two weeks before it.
EARLY = {("promise", "remind"): -10}
#: Planned matters: being past these dates makes no case overdue.
UNRATED = ("promise", "word")
LATE = frozenset({"urge", "supervise", "publish", "raise"})
SHORT = 3  # a clock of so many working days has no reminder


def after(day: date, number: int, unit: str, works: Works, *, exact: bool = False) -> date:
    """Return the day so many working or calendar days after another.

    The latter never end on a day off, unless they are counted to the very day.
    """
    if unit == "cd":
        day += number * ONE
        while not exact and not works(day):
            day += ONE
        return day
    while number:
        day += ONE if number > 0 else -ONE
        if works(day):
            number += -1 if number > 0 else 1
    return day


def span(first: date, last: date, unit: str, works: Works) -> int:
    """Count the days after the first up to and with the last."""
    days = [first + number * ONE for number in range(1, (last - first).days + 1)]
    return len(days) if unit == "cd" else sum(map(works, days))


def rung_days(clock: str, *, since: date, due: date, urgent: bool, works: Works) -> dict[str, date]:
    """Return the day of each rung that the present period of a clock has."""
    found = {}
    for rung in LADDER[clock]:
        if rung == "remind" and span(since, due, "wd", works) <= SHORT:
            continue
        any_day = urgent and rung == "urge"
        found[rung] = (
            due + ONE if any_day else after(due, EARLY.get((clock, rung), DISTANCE[rung]), "wd", works)
        )
    return found


def in_order(history: Iterable[str]) -> list[str]:
    """Return a history with rungs that came together in one order; which clock comes first is open."""
    runs = groupby(history, lambda action: action in DISTANCE)
    return [action for rungs, run in runs for action in (sorted(run) if rungs else run)]
