"""Find what shows in the database as a whole: lost and doubled rows, missing guards, changed definitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKeyConstraint,
    Integer,
    Table,
    and_,
    cast,
    exists,
    func,
    null,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.fixed_settings import FixedSetting
from accounts.history import REGISTERS, verify_chains
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case, Complainant
from cases.models.reference import WorkflowDefinition, WorkflowState, WorkflowStep
from cases.verification import trigger_names
from core.paging import NAMED
from core.persistence.db import Base
from notifications.models import Notice
from roster.models import Household
from workflow.definition.model import Definition
from workflow.definition.reader import BadDefinition, parse

UNIQUE: tuple[InstrumentedAttribute[str], ...] = (
    Case.number,
    Case.client_ref,
    Complainant.receipt_digest,
    Notice.key,
)
REGISTERED: Mapping[str, type[Base]] = {**REGISTERS, "household": Household, "setting": FixedSetting}


@dataclass(frozen=True)
class Finding:
    """A counter-example: the rule it breaks, the number of the case if it is one's, and what is wrong."""

    rule: str
    case: str | None
    detail: str


def missing_guards(session: Session) -> Iterator[Finding]:
    """Yield the triggers that somebody took away or switched off."""
    for name in trigger_names.missing_triggers(session):
        yield Finding("guards", None, f"{name} is missing")


def duplicate_rows(session: Session) -> Iterator[Finding]:
    """Invariant 6: no submission makes a second case, no notice is written twice."""
    for column in UNIQUE:
        statement = select(column, func.count()).group_by(column).having(func.count() > 1).limit(NAMED)
        for value, number in session.execute(statement).all():
            case = value if column is Case.number else None
            detail = f"{column.class_.__tablename__}.{column.key} {value!r} is there {number} times"
            yield Finding("unique", case, detail)


def orphans(session: Session) -> Iterator[Finding]:
    """Yield the rows that point to nothing, as only somebody with the keys switched off leaves them."""
    for table in Base.metadata.sorted_tables:
        for constraint in sorted(table.foreign_key_constraints, key=lambda one: tuple(one.column_keys)):
            yield from _pointing_nowhere(session, table, constraint)


def definitions(session: Session) -> Iterator[Finding]:
    """Every definition is what its hash says, and the tables of states and steps are its own."""
    states = {
        (row.hash, row.state, row.final, row.answered) for row in session.scalars(select(WorkflowState))
    }
    steps = {(row.hash, row.source, row.target) for row in session.scalars(select(WorkflowStep))}
    for row in session.scalars(select(WorkflowDefinition).order_by(WorkflowDefinition.adopted_at)).all():
        name = f"{row.name} version {row.version}"
        definition = _parsed(row)
        if definition is None or definition.hash != row.hash:
            yield Finding("definitions", None, f"{name} is not what its hash says")
            continue
        if {state for state in states if state[0] == row.hash} != _states_of(definition):
            yield Finding("definitions", None, f"{name}: the table of states is not its own")
        if {step for step in steps if step[0] == row.hash} != _steps_of(definition):
            yield Finding("definitions", None, f"{name}: the table of steps is not its own")


def registers(session: Session, rules: CountyRules) -> Iterator[Finding]:
    """The chains of areas, units, users, households and settings hold, and the rows are as they say."""
    for broken in verify_chains(session, rules.services.chain, REGISTERED):
        where = f"{broken.subject_kind} {broken.subject_id}, entry {broken.seq}"
        yield Finding("registers", None, f"{where}: {broken.reason}")


def _pointing_nowhere(session: Session, table: Table, constraint: ForeignKeyConstraint) -> Iterator[Finding]:
    parent = constraint.referred_table.alias()
    pairs = [(element.parent, parent.c[element.column.name]) for element in constraint.elements]
    found = exists().where(and_(*(there == here for here, there in pairs)))
    lost = (
        select(_case_of(table).label("case_id"))
        .select_from(table)
        .where(*(here.is_not(None) for here, _ in pairs), ~found)
        .subquery()
    )
    rows = session.execute(
        select(lost.c.case_id, Case.number, func.count())
        .select_from(lost)
        .outerjoin(Case, Case.id == lost.c.case_id)
        .group_by(lost.c.case_id, Case.number)
        .limit(NAMED)
    ).all()
    columns = "+".join(here.name for here, _ in pairs)
    for case_id, case, number in rows:
        detail = f"{table.name}.{columns}: {number} rows point to no row of {constraint.referred_table.name}"
        if case is None and case_id is not None:
            case = _number_of_deleted(session, case_id)
        yield Finding("orphans", case, detail)


def _number_of_deleted(session: Session, case_id: int) -> str | None:
    """Find the number of a case whose row somebody deleted: the notice of its registration has it."""
    registered = select(Entry.received_at).where(Entry.case_id == case_id, Entry.seq == 1).scalar_subquery()
    known = exists().where(Case.number == Notice.subject)
    told = select(Notice.subject).where(Notice.kind == "registered", Notice.created_at == registered, ~known)
    return session.scalars(told.distinct().limit(1)).first()


def _case_of(table: Table) -> ColumnElement[Any]:
    if table.name == Case.__tablename__:
        return table.c.id
    return table.c.case_id if "case_id" in table.c else cast(null(), Integer)


def _parsed(row: WorkflowDefinition) -> Definition | None:
    try:
        return parse(row.body, row.name)
    except BadDefinition:
        return None


def _states_of(definition: Definition) -> set[tuple[str, str, bool, bool]]:
    return {(definition.hash, code, one.final, one.answered) for code, one in definition.states.items()}


def _steps_of(definition: Definition) -> set[tuple[str, str, str]]:
    return {
        (definition.hash, source, step.target)
        for step in definition.steps.values()
        for source in (step.sources or ("",))
    }
