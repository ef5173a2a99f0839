"""Move a case: the one function through which every step and act of every door goes."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from cases.configuration.case_rules import CountyRules
from cases.history import entries
from cases.history.facts import Facts
from cases.lifecycle.action_values import ActionValues, NoValues, OwnValues
from cases.lifecycle.build_values import VALUES
from cases.lifecycle.change import ActionResult, Change
from cases.lifecycle.commit_change import commit_change
from cases.lifecycle.context import CaseContext, Moment
from cases.lifecycle.effects.registry import EFFECTS
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_context
from cases.lifecycle.own_actions.effect import take_own_action
from core.errors import Forbidden, Invalid, Stale
from workflow import machine
from workflow.definition.vocabulary import RUNGS

#: Acts that add to a case and change nothing that another act rests on.
ADDITIONS = frozenset({"note", "attach"})
#: So many rungs are read past between the entries that count; beyond, a form is out of date anyhow.
MOST_RUNGS = 60


def take_step(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    number: str,
    action: str,
    values: ActionValues | None = None,
    now: datetime,
    happened_at: datetime | None = None,
    recorded_at: datetime | None = None,
    stored_at: datetime | None = None,
    expected_version: int | None = None,
    imported: bool = False,
) -> ActionResult:
    """Take a step or act of the definition on a case.

    `values` is what the action takes, none for one that takes nothing. The times are those of `Moment.at`.
    Raises NotFound outside the person's scope, Stale when the case has changed since `expected_version`,
    Forbidden when role or relation do not allow it, Conflict `action_not_open` with the reasons otherwise.
    """
    context = load_for_action(
        session,
        actor=actor,
        rules=rules,
        number=number,
        now=now,
        happened_at=happened_at,
        recorded_at=recorded_at,
        stored_at=stored_at,
        imported=imported,
    )
    return apply_action(context, action, values, expected_version)


def load_for_action(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    number: str,
    now: datetime,
    happened_at: datetime | None = None,
    recorded_at: datetime | None = None,
    stored_at: datetime | None = None,
    imported: bool = False,
) -> CaseContext:
    """Load and lock a case without doing anything yet, for a door that needs its definition first.

    The times are those of `Moment.at`. Raises NotFound outside the person's scope.
    """
    moment = Moment.at(
        now,
        rules.zone,
        happened_at=happened_at,
        recorded_at=recorded_at,
        stored_at=stored_at,
        imported=imported,
    )
    return load_context(session, actor=actor, rules=rules, number=number, moment=moment)


def apply_action(
    context: CaseContext,
    action: str,
    values: ActionValues | None = None,
    expected_version: int | None = None,
) -> ActionResult:
    """Check and do an action on a case that is loaded for it; the refusals are those of `take_step`.

    Raises TypeError for values of another action.
    """
    case = context.case
    if expected_version is not None and _is_outdated(context, expected_version):
        raise Stale(number=case.number, version=case.version, state=case.state)
    require_open(context, action)
    change = Change.of(context)
    facts = _do(context, change, action, values)
    return commit_change(change, action, facts)


def _do(context: CaseContext, change: Change, action: str, values: ActionValues | None) -> Facts:
    """Let the code of an action do what it does, or that of the county's own where there is none."""
    taken = VALUES.get(action, OwnValues)
    values = values or (OwnValues(given={}) if taken is OwnValues else NoValues())
    if not isinstance(values, taken):
        raise TypeError(f"{action} takes {taken.__name__}, not {type(values).__name__}")
    if isinstance(values, OwnValues):
        return take_own_action(context, change, context.definition.action(action), values)
    return EFFECTS[action](context, change, values)


def _is_outdated(context: CaseContext, version: int) -> bool:
    """Return whether a case has changed since a version, but for the notes and files of colleagues.

    Those are no reason to refuse what somebody else is about to say (domain.md section 1, Attachment, Note);
    one's own are, for it may be the same form that is sent twice.
    """
    missed = context.case.version - version
    if missed <= 0:
        return missed < 0
    last = entries.load_last(context.session, context.case.id, missed + MOST_RUNGS)
    found = [row for row in last if not _is_rung(row.action, row.facts)][:missed]
    harmless = [row for row in found if row.action in ADDITIONS and row.actor_id != context.actor.user_id]
    return len(harmless) < missed


def _is_rung(action: str, facts: dict[str, Any]) -> bool:
    """Return whether an entry is of a rung that has not moved the case, and so left its version."""
    return action in RUNGS and (action != "raise" or bool(facts.get("skipped")))


def require_open(context: CaseContext, action: str) -> None:
    """Refuse an action that the definition does not allow this person on this case now."""
    definition = context.definition
    if not definition.has_action(action):
        raise Invalid({"action": ["unknown_action"]})
    availability = machine.availability(definition, build_situation(context), action)
    if availability.status == "forbidden":
        raise Forbidden(action=action, reasons=list(availability.reasons))
    if availability.status != "allowed":
        raise context.not_open(action, *availability.reasons)
