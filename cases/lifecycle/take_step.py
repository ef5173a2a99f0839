"""Move a case: the one function through which every step and act of every door goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from cases.configuration.case_rules import CaseRules
from cases.history import entries
from cases.lifecycle import clocks, recipients
from cases.lifecycle.context import Moment, Work
from cases.lifecycle.effects.registry import EFFECTS
from cases.lifecycle.guard_facts import situation
from cases.lifecycle.loading import load_context
from cases.models.case import Case
from cases.responsibility.covering_units import load_covering_units
from core.errors import Conflict, Forbidden, Invalid, Stale
from workflow import machine
from workflow.definition.model import Definition


def take_step(
    session: Session,
    *,
    actor: Actor,
    rules: CaseRules,
    number: str,
    action: str,
    values: dict[str, Any] | None = None,
    now: datetime,
    happened_at: datetime | None = None,
    recorded_at: datetime | None = None,
    stored_at: datetime | None = None,
    expected_version: int | None = None,
    imported: bool = False,
) -> Case:
    """Take a step or act of the definition on a case and give the changed case.

    `values` are the fields of the action, already of the right types. `now` is when the server received it,
    `happened_at` and `recorded_at` are claims; `stored_at` differs from `now` only for imported history.
    Raises NotFound outside the person's scope, Stale when `expected_version` is not the present one,
    Forbidden when role or relation do not allow it, Conflict `action_not_open` with the reasons otherwise.
    """
    work = load_for_action(
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
    return apply_action(work, action, values or {}, expected_version)


def load_for_action(
    session: Session,
    *,
    actor: Actor,
    rules: CaseRules,
    number: str,
    now: datetime,
    happened_at: datetime | None = None,
    recorded_at: datetime | None = None,
    stored_at: datetime | None = None,
    imported: bool = False,
) -> Work:
    """Take a case in hand without doing anything yet, for a door that needs its definition or its results.

    The times are those of `take_step`. Raises NotFound outside the person's scope.
    """
    moment = Moment(
        now=now,
        happened_at=happened_at or now,
        recorded_at=recorded_at or now,
        stored_at=stored_at or now,
        today=now.astimezone(rules.zone).date(),
        imported=imported,
    )
    work = load_context(session, actor=actor, rules=rules, number=number, moment=moment)
    # Asked for once, it answers who stands above the owner, before and after, who may own and who is told.
    work.over = load_covering_units(session, work.village.path)
    return work


def apply_action(
    work: Work, action: str, values: dict[str, Any], expected_version: int | None = None
) -> Case:
    """Check and do an action on a case that is already in hand."""
    case = work.case
    if expected_version is not None and expected_version != case.version:
        raise Stale(number=case.number, version=case.version, state=case.state)
    require_open(work, action)
    EFFECTS[action](work, values)
    commit_change(work, action)
    return case


def require_open(work: Work, action: str) -> None:
    """Refuse an action that the definition does not allow this person on this case now."""
    case = work.case
    if action not in work.definition.steps and action not in work.definition.acts:
        raise Invalid({"action": ["unknown_action"]})
    opening = machine.availability(work.definition, situation(work), action)
    if opening.status == "forbidden":
        raise Forbidden(action=action, reasons=list(opening.reasons))
    if opening.status != "allowed":
        raise Conflict(
            "action_not_open",
            action=action,
            reasons=list(opening.reasons),
            state=case.state,
            version=case.version,
        )


def commit_change(work: Work, action: str) -> None:
    """Move the state, set the clocks and dates, record the entry and tell the people."""
    case = work.case
    before = case.state
    step = work.definition.steps.get(action)
    if step is not None and not work.stays:
        case.state = machine.move(work.definition, case.state, action)
        _set_clocks(work, step.clocks)
    clocks.settle_answers(work)
    settle_dates(work, work.definition)
    if case.state != before:
        case.entered_on = work.today
        work.round.reject_request = None
    _wake(work)
    case.version += 1
    record(work, action, before)
    recipients.inform(work, action)
    for other, name in work.also:
        _commit_linked_change(other, name)


def _commit_linked_change(work: Work, action: str) -> None:
    """Record on a second case what an action on the first did to it: a merge has an entry on both."""
    before = work.case.state
    clocks.settle_answers(work)
    settle_dates(work, work.definition)
    _wake(work)
    work.case.version += 1
    record(work, action, before)


def record(work: Work, action: str, before: str | None) -> None:
    """Write the one history entry of what was just done, after everything it describes."""
    entry = entry_of(work, action, before)
    work.write()
    entries.add(work.session, [entry])


def entry_of(work: Work, action: str, before: str | None) -> dict[str, Any]:
    """Make the one history entry of what was just done; the state was `before`, None for a new case."""
    case, moment = work.case, work.moment
    if before is not None:
        case.last_seq += 1  # a new case comes with 1, for the entry that registers it
    return entries.link(
        case,
        chain=work.rules.chain,
        action=action,
        actor=work.actor,
        from_state=before,
        facts=work.facts,
        happened_at=moment.happened_at,
        recorded_at=moment.recorded_at,
        received_at=moment.now,
        stored_at=moment.stored_at,
    )


def settle_dates(work: Work, definition: Definition) -> None:
    """Copy to the case row what its clocks say, and remember a new owner."""
    case = work.case
    state = definition.states[case.state]
    case.final = state.final
    if state.final:
        for name in list(work.clocks):
            clocks.stop(work, name)
        for person in work.complainants:
            person.reply_due_on = None
        case.owner_id = case.due_on = case.handling_due_on = case.reply_due_on = None
        case.overdue = False
        return
    handling, reply = work.clocks.get("handling"), work.clocks.get("reply")
    case.due_on = work.clocks[state.clock].due_on if state.clock else None
    case.handling_due_on = handling.due_on if handling and handling.running else None
    case.reply_due_on = reply.due_on if reply and reply.running else None
    case.overdue = any(clock.overdue for clock in work.clocks.values())
    if handling is not None and handling.running:
        work.round.handling_due_on = handling.due_on


def _set_clocks(work: Work, changes: Mapping[str, str]) -> None:
    """Follow the definition's table of what a step does to each clock.

    What depends on the step's own values (a promised day, the level escalated to) its effect has done.
    """
    for name, change in changes.items():
        if change == "stop":
            clocks.stop(work, name)
        elif change == "start" and name != "return":
            basis = clocks.handling_basis(work) if name == "handling" else clocks.period(work, name)
            clocks.start(work, name, basis)
        elif change == "start_short":
            clocks.start(work, name, clocks.period(work, f"{name}_short"))
        elif change == "start_once":
            _start_once(work, name)
        elif change == "go_on":
            clocks.resume_running(work, name)


def _start_once(work: Work, name: str) -> None:
    """Start the handling clock at the first assignment of a round; later ones keep its date."""
    if work.round.handling_due_on is None:
        clocks.start(work, name, clocks.handling_basis(work))
    else:
        clocks.resume_running(work, name)


def _wake(work: Work) -> None:
    """Let the sweep look at an imported case from now on: somebody has taken it up."""
    if not work.case.imported or work.moment.imported:
        return
    for clock in work.clocks.values():
        if clock.running and clock.next_look_on is None:
            clocks.schedule_next_check(work, clock)
