"""Keep every definition that cases run under, and refuse a new one that would strand open cases."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cases.models.case import Case
from cases.models.reference import WorkflowDefinition, WorkflowState, WorkflowStep
from core.errors import Conflict
from workflow.definition.model import Definition
from workflow.definition.reader import parse


class Definitions:
    """Find a definition by its hash; what is once read stays in memory, for definitions never change."""

    def __init__(self) -> None:
        self._known: dict[str, Definition] = {}

    def get(self, session: Session, digest: str) -> Definition:
        """Return the definition with this hash."""
        if digest not in self._known:
            body = session.scalars(
                select(WorkflowDefinition.body).where(WorkflowDefinition.hash == digest)
            ).one()
            self._known[digest] = parse(body, f"workflow_definitions:{digest[:12]}")
        return self._known[digest]


def stranded(session: Session, definition: Definition) -> list[str]:
    """Return the states in which open cases stand and which the definition does not have as open states."""
    held = session.scalars(select(Case.state).where(~Case.final).distinct())
    return sorted(state for state in held if state not in definition.states or definition.states[state].final)


def is_adopted(session: Session, definition: Definition) -> bool:
    """Return whether new cases may run under a definition already, or did so before."""
    return session.get(WorkflowDefinition, definition.hash) is not None


def adopt(session: Session, definition: Definition, body: str, *, now: datetime) -> None:
    """Record the definition that new cases will run under; doing so again changes nothing.

    Raises Conflict `workflow_strands_cases` when open cases stand in a state it does not have, and
    `workflow_version_reused` when its content changed while name and version stayed.
    """
    if is_adopted(session, definition):
        return
    states = stranded(session, definition)
    if states:
        raise Conflict("workflow_strands_cases", states=states)
    same = session.scalars(
        select(WorkflowDefinition.hash).where(
            WorkflowDefinition.name == definition.name, WorkflowDefinition.version == definition.version
        )
    ).first()
    if same:
        raise Conflict("workflow_version_reused", name=definition.name, version=definition.version)
    session.execute(
        insert(WorkflowDefinition).values(
            hash=definition.hash, name=definition.name, version=definition.version, body=body, adopted_at=now
        )
    )
    session.execute(
        insert(WorkflowState),
        [
            {"hash": definition.hash, "state": code, "final": state.final, "answered": state.answered}
            for code, state in definition.states.items()
        ],
    )
    pairs = {
        (source, step.target) for step in definition.steps.values() for source in (step.sources or ("",))
    }
    session.execute(
        insert(WorkflowStep),
        [{"hash": definition.hash, "source": source, "target": target} for source, target in sorted(pairs)],
    )
