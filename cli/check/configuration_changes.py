"""Say what a start with a configuration does: it is begun as a start begins, looked at, and taken back.

Nothing here knows the rules: what is announced is what the code of the start did, and what it refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.models.case import Case, Clock
from cli.check.findings import Findings
from cli.framework import error_messages
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from cli.serve.database_setup import enter_configuration
from config.marked_text import COMMA
from core.errors import Conflict
from core.i18n import mark
from workflow.definition.reader import BadDefinition
from workflow.texts import labels

_STRANDED = mark("新流程里没有这些事项所在的状态：{cases}")
Dates = Mapping[tuple[str, str], date]


@dataclass(frozen=True)
class ChangedDate:
    """A running date of an open case before and after a start."""

    number: str
    clock: str
    before: date
    after: date
    becomes_overdue: bool


class _TakenBack(Exception):
    """Leaves the transaction of a rehearsal, so that nothing of it stays."""


def rehearse_start(services: ProgramServices, *, now: datetime) -> list[ChangedDate]:
    """List the running dates that a start with this configuration moves, in a transaction that is taken back.

    Raises what the start raises: Conflict for a life cycle that strands open cases or reuses a version,
    BadDefinition for a new one that the code could not follow.
    """
    moved: list[ChangedDate] = []
    today = now.astimezone(services.rules.zone).date()
    try:
        with services.db.transaction() as session:
            before = _running_dates(session)
            enter_configuration(session, services, now=now)
            session.flush()
            moved = list(_compare(before, _running_dates(session), today))
            raise _TakenBack
    except _TakenBack:
        return moved


def check_start(found: Findings, services: ProgramServices, folder: Path, context: Context) -> None:
    """Say what the next start does with a configuration folder, or why it refuses it."""
    _ = context.words
    try:
        moved = rehearse_start(services, now=services.clock.now())
    except BadDefinition as wrong:
        for problem in wrong.problems:
            found.fail(problem.in_words(_))
        return
    except Conflict as error:
        found.fail(error_messages.sentence(error, _))
        _name_stranded(found, services, error, context)
        return
    for one in moved:
        found.warn(
            _("{number} 的「{clock}」会从 {before} 变为 {after}").format(
                number=one.number,
                clock=labels.clock(services.rules.definition, one.clock, context.language),
                before=one.before,
                after=one.after,
            )
            + (_("，随即超期") if one.becomes_overdue else "")
        )
    if not moved:
        found.ok(_("改用 {folder} 不影响未办完的事项").format(folder=folder))


def _name_stranded(found: Findings, services: ProgramServices, error: Conflict, context: Context) -> None:
    states = error.facts.get("states")
    if not isinstance(states, list):
        return
    with services.db.reading() as session:
        cases = list_cases_in(session, states)
    listed = context.words(COMMA).join(f"{number} ({state})" for number, state in cases)
    found.fail(context.words(_STRANDED).format(cases=listed))


def list_cases_in(session: Session, states: list[str]) -> list[tuple[str, str]]:
    """List the open cases that stand in some states, each with its state."""
    statement = select(Case.number, Case.state).where(~Case.final, Case.state.in_(states)).order_by(Case.id)
    return [(number, state) for number, state in session.execute(statement)]


def _running_dates(session: Session) -> Dates:
    """Read every running date of an open case, by number and clock, in the order of the cases."""
    rows = session.execute(
        select(Case.number, Clock.clock, Clock.due_on)
        .join(Case, Case.id == Clock.case_id)
        .where(Clock.running, ~Case.final)
        .order_by(Case.id, Clock.clock)
    )
    return {(number, clock): due_on for number, clock, due_on in rows}


def _compare(before: Dates, after: Dates, today: date) -> list[ChangedDate]:
    return [
        ChangedDate(number, clock, day, after[number, clock], day >= today > after[number, clock])
        for (number, clock), day in before.items()
        if after.get((number, clock), day) != day
    ]
