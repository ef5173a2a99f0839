"""Read the handling clock of a case, for the tests of what moves it."""

from datetime import date

from cases.models.case import Case, Clock
from core.persistence.db import Database
from workflow import explanation, working_days

CALENDAR = working_days.seed().calendar()


def clock_of(town: Database, case: Case, name: str = "handling") -> Clock:
    with town.reading() as session:
        return session.get_one(Clock, (case.id, name))


def due_on(town: Database, case: Case, name: str = "handling") -> date:
    return clock_of(town, case, name).due_on


def explained(town: Database, case: Case) -> str:
    clock = clock_of(town, case)
    return explanation.explain(clock.basis, clock.moves, CALENDAR, "zh")
