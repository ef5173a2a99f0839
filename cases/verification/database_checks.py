"""Find what shows in the database as a whole: lost and doubled rows, missing guards, changed definitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKeyConstraint,
    Integer,
    Select,
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
from cases.verification import register_names, trigger_names
from config.marked_text import MarkedText, Translate
from config.marked_text import mark as _
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
    detail: MarkedText

    def to_json(self) -> dict[str, Any]:
        """Return it in a form that JSON holds, for readers of either language."""
        return {"rule": self.rule, "case": self.case, "detail": self.detail.to_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Finding":
        """Return what `to_json` wrote."""
        return cls(stored["rule"], stored["case"], MarkedText.from_json(stored["detail"]))

    def in_words(self, translate: Translate) -> dict[str, str | None]:
        """Return it with what is wrong said in a language."""
        return {"rule": self.rule, "case": self.case, "detail": self.detail.in_words(translate)}


def missing_guards(session: Session) -> Iterator[Finding]:
    """Yield the triggers that somebody took away or switched off."""
    for name in trigger_names.missing_triggers(session):
        yield Finding("guards", None, MarkedText(_("缺少守卫 {name}"), {"name": name}))


def duplicate_rows(session: Session) -> Iterator[Finding]:
    """Invariant 6: no submission makes a second case, no notice is written twice."""
    for column in UNIQUE:
        statement = select(column, func.count()).group_by(column).having(func.count() > 1).limit(NAMED)
        for value, number in session.execute(statement).all():
            case = value if column is Case.number else None
            place = f"{column.class_.__tablename__}.{column.key}"
            facts = {"column": place, "value": value, "number": number}
            yield Finding("unique", case, MarkedText(_("{column} 里的 {value} 有 {number} 份"), facts))


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
        facts = {"name": row.name, "version": row.version}
        definition = _parse(row.body, row.name)
        if definition is None or definition.hash != row.hash:
            changed = MarkedText(_("流程 {name} 第 {version} 版和它的摘要对不上"), facts)
            yield Finding("definitions", None, changed)
            continue
        if {state for state in states if state[0] == row.hash} != _states_of(definition):
            states_differ = MarkedText(_("流程 {name} 第 {version} 版：状态表不是它的"), facts)
            yield Finding("definitions", None, states_differ)
        if {step for step in steps if step[0] == row.hash} != _steps_of(definition):
            steps_differ = MarkedText(_("流程 {name} 第 {version} 版：步骤表不是它的"), facts)
            yield Finding("definitions", None, steps_differ)


def registers(session: Session, rules: CountyRules) -> Iterator[Finding]:
    """The chains of areas, units, users, households and settings hold, and the rows are as they say."""
    for broken in verify_chains(session, rules.services.chain, REGISTERED):
        subject = register_names.subject(session, broken.subject_kind, broken.subject_id)
        facts = {"subject": subject, "seq": broken.seq}
        yield Finding("registers", None, MarkedText(register_names.FAULTS[broken.reason], facts))


def _pointing_nowhere(session: Session, table: Table, constraint: ForeignKeyConstraint) -> Iterator[Finding]:
    columns = "+".join(element.parent.name for element in constraint.elements)
    for case_id, case, number in session.execute(_select_lost(table, constraint)).all():
        facts = {
            "columns": f"{table.name}.{columns}",
            "number": number,
            "table": constraint.referred_table.name,
        }
        detail = MarkedText(_("{columns}：{number} 行指向 {table} 里没有的行"), facts)
        if case is None and case_id is not None:
            case = _number_of_deleted(session, case_id)
        yield Finding("orphans", case, detail)


@cache
def _select_lost(table: Table, constraint: ForeignKeyConstraint) -> Select[Any]:
    """Select case id, number of the case and number of rows that a key of a table does not find, by case.

    Made once: there are many keys, and they are those of the models.
    """
    parent = constraint.referred_table.alias()
    pairs = [(element.parent, parent.c[element.column.name]) for element in constraint.elements]
    found = exists().where(and_(*(there == here for here, there in pairs)))
    lost = (
        select(_case_of(table).label("case_id"))
        .select_from(table)
        .where(*(here.is_not(None) for here, _there in pairs), ~found)
        .subquery()
    )
    return (
        select(lost.c.case_id, Case.number, func.count())
        .select_from(lost)
        .outerjoin(Case, Case.id == lost.c.case_id)
        .group_by(lost.c.case_id, Case.number)
        .limit(NAMED)
    )


def _number_of_deleted(session: Session, case_id: int) -> str | None:
    """Find the number of a case whose row somebody deleted: the entry of its registration has it.

    Those of earlier versions do not, but the notice of the registration may be there.
    """
    first = session.execute(
        select(Entry.facts, Entry.received_at).where(Entry.case_id == case_id, Entry.seq == 1)
    ).one_or_none()
    if first is None:
        return None
    if number := first.facts.get("number"):
        return str(number)
    known = exists().where(Case.number == Notice.subject)
    told = select(Notice.subject).where(Notice.created_at == first.received_at, ~known)
    return session.scalars(told.where(Notice.kind == "registered").distinct().limit(1)).first()


def _case_of(table: Table) -> ColumnElement[Any]:
    if table.name == Case.__tablename__:
        return table.c.id
    return table.c.case_id if "case_id" in table.c else cast(null(), Integer)


@lru_cache(maxsize=16)
def _parse(body: str, name: str) -> Definition | None:
    try:
        return parse(body, name)
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
