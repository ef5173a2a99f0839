"""Commit what an action changed: the one place where the order of everything that follows stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from accounts.quotas import usage
from cases.history import entries
from cases.history.facts import Facts
from cases.history.searched_texts import update_searched_texts
from cases.lifecycle import clocks, recipients
from cases.lifecycle.change import ActionResult, Change
from cases.lifecycle.duties import Duties, list_changes
from cases.models.case import Case, Clock, Complainant, Round
from cases.models.correspondence import CategoryAnswer
from cases.models.receipt_codes import CodeHolder
from cases.persistence.bulk_rows import insert_rows, update_rows
from config.quotas import Quota
from core.persistence.db import Base
from notifications import outbox
from notifications.outbox import Notification
from workflow import machine

#: The tables of a new case in the order in which their rows can stand.
WRITTEN: list[type[Base]] = [Case, Round, Complainant, CodeHolder, Clock, CategoryAnswer]


@dataclass(frozen=True)
class CommitRule:
    """What an entry of one kind brings with it.

    `registers` says that the entry begins the history, `moves_state` that a step moves the state and its
    clocks, `updates_dates` that answers and dates of the case follow, `wakes` that an imported case is swept
    from now on because somebody acted on it, `new_version` that whoever saw the case before is out of date,
    `informs` that people are told: by the table of actions, and whoever it moves a duty of. `quota` is what
    it counts as of whoever did it.
    """

    registers: bool = False
    moves_state: bool = False
    updates_dates: bool = True
    wakes: bool = True
    new_version: bool = True
    informs: bool = True
    quota: Quota | None = None


ACTION = CommitRule(moves_state=True, quota=Quota.ACTS)
REGISTRATION = CommitRule(registers=True, wakes=False, new_version=False, quota=Quota.CASES)
#: What an action on one case does to another: the other side of a merge.
LINKED = CommitRule()
#: A notice of the working days is nobody's act on the case.
CALENDAR_CHANGE = CommitRule(wakes=False)
#: Nobody changed the matter: its version stays, and so do its dates. Who is told hangs on the clock.
RUNG = CommitRule(updates_dates=False, wakes=False, new_version=False, informs=False)


class ChangeWriter(Protocol):
    """Where a change is written: at once, or together with those of other cases."""

    def write(self, change: Change, entry: dict[str, Any]) -> None:
        """Write the rows of a change and after them its entry, which the database checks them by."""

    def send(self, change: Change, notifications: Sequence[Notification]) -> None:
        """Put notices into the outbox."""


def commit_change(
    change: Change,
    action: str,
    facts: Facts,
    rule: CommitRule = ACTION,
    *,
    writer: ChangeWriter | None = None,
    notifications: Sequence[Notification] = (),
) -> ActionResult:
    """Bring a change into the database: state, clocks, answers, dates, version, entry, notices, in order.

    Registration, steps, acts, the other side of a merge, notices of the calendar and rungs all end here. The
    door's transaction commits. `notifications` are sent beside those that the action owes by the tables of
    `recipients`. Raises TypeError where what was recorded has no place in the facts of the action.
    """
    case = change.case
    writer = writer or SessionWriter(change.before.session)
    before = None if rule.registers else case.state
    if rule.moves_state:
        _move_state(change, action)
    if rule.updates_dates:
        clocks.update_answers(change)
        update_dates(change)
    if before is not None and case.state != before:
        case.entered_on = change.before.today
        change.round.reject_request = None
    if rule.wakes:
        _wake(change)
    if rule.new_version:
        case.version += 1
    facts = change.recorded.added_to(facts)
    writer.write(change, _entry(change, action, facts, before))
    update_searched_texts(change.before.session.connection(), case, facts)
    result = ActionResult(change.context, change.codes, change.revealed)
    told = list(notifications)
    if rule.informs:
        told += recipients.notifications_of(result.context, action, change.notices)
        if not rule.registers:
            changed = list_changes(change.duties, Duties.of(result.context))
            told += recipients.notifications_of_changes(result.context, changed, told)
    writer.send(change, told)
    for linked in change.linked_changes:
        commit_change(linked.change, linked.action, linked.facts, LINKED, writer=writer)
    if rule.quota is not None:
        usage.note(change.before.session, rule.quota)
    return result


@dataclass(frozen=True)
class SessionWriter:
    """Write a change at once, through the session that the case was loaded in."""

    session: Session

    def write(self, change: Change, entry: dict[str, Any]) -> None:
        """Write the rows of a change, then its entry."""
        write_change(change)
        entries.add(self.session, [entry])

    def send(self, change: Change, notifications: Sequence[Notification]) -> None:
        """Put notices into the outbox, in the same transaction."""
        outbox.enqueue_all(self.session, notifications, now=change.before.moment.now)


def write_change(change: Change) -> None:
    """Bring the rows of a change into the database, but for its entry.

    `commit_change` does; an effect does before, where what it records needs the rows to stand.
    """
    session, case = change.before.session, change.case
    is_new = case in change.new_rows
    insert_rows(session, sorted(change.new_rows, key=lambda row: WRITTEN.index(type(row))))
    change.new_rows = []
    if is_new:
        change.record_receiver()
    else:
        update_rows(session, [case, change.round, *change.clocks.values(), *change.complainants])
    session.flush()


def _entry(change: Change, action: str, facts: Facts, before: str | None) -> dict[str, Any]:
    """Make the entry of what was just done; the state was `before`, None for a new case."""
    case, moment = change.case, change.before.moment
    if before is not None:
        case.last_seq += 1  # a new case comes with 1, for the entry that registers it
    guard = entries.clock_guard(change.before.session)
    received_at = moment.received_at
    if guard is not None and before is not None:
        received_at = guard.not_before(change.before.session, case.id, received_at)
    return entries.link(
        case,
        chain=change.before.rules.services.chain,
        keys=change.before.rules.services.personal_keys,
        action=action,
        actor=change.before.actor,
        from_state=before,
        facts=facts,
        happened_at=moment.happened_at,
        recorded_at=moment.recorded_at,
        received_at=received_at,
        stored_at=moment.stored_at,
    )


def update_dates(change: Change) -> None:
    """Copy to the case row what its clocks say; a final case has no owner and no date."""
    case = change.case
    state = change.before.definition.states[case.state]
    case.final = state.final
    if state.final:
        for name in list(change.clocks):
            clocks.stop(change, name)
        for person in change.complainants:
            person.reply_due_on = None
        case.owner_id = case.due_on = case.handling_due_on = case.reply_due_on = None
        case.overdue = False
        return
    handling, reply = change.clocks.get("handling"), change.clocks.get("reply")
    case.due_on = change.clocks[state.clock].due_on if state.clock else None
    case.handling_due_on = handling.due_on if handling and handling.running else None
    case.reply_due_on = reply.due_on if reply and reply.running else None
    case.overdue = any(clock.overdue for clock in change.clocks.values())
    if handling is not None and handling.running:
        change.round.handling_due_on = handling.due_on


def _move_state(change: Change, action: str) -> None:
    definition = change.before.definition
    step = definition.steps.get(action)
    if step is not None and not change.keeps_state:
        change.case.state = machine.move(definition, change.case.state, action)
        _set_clocks(change, step.clocks)


def _set_clocks(change: Change, changes: Mapping[str, str]) -> None:
    """Follow the definition's table of what a step does to each clock.

    What depends on the step's own values (a promised day, the level escalated to) its effect has done.
    """
    for name, word in changes.items():
        if word == "stop":
            clocks.stop(change, name)
        elif word == "start" and name != "return":
            of_profile = name == "handling"
            clocks.start(
                change,
                name,
                clocks.handling_basis(change.before) if of_profile else clocks.period(change.before, name),
            )
        elif word == "start_short":
            clocks.start(change, name, clocks.period(change.before, f"{name}_short"))
        elif word == "start_once":
            _start_once(change, name)
        elif word == "go_on":
            clocks.resume_running(change, name)


def _start_once(change: Change, name: str) -> None:
    """Start the handling clock at the first assignment of a round; later ones keep its date."""
    if change.round.handling_due_on is None:
        clocks.start(change, name, clocks.handling_basis(change.before))
    else:
        clocks.resume_running(change, name)


def _wake(change: Change) -> None:
    """Let the sweep look at an imported case from now on: somebody has taken it up."""
    if not change.case.imported or change.before.moment.imported:
        return
    for clock in change.clocks.values():
        if clock.running and clock.next_check_on is None:
            clocks.schedule_next_check(change, clock)
