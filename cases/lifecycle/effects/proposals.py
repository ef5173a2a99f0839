"""Find what somebody proposed that an action now decides: whoever signs sees it, and may change it.

A request for more time, for a pause or for a rejection carries what would be granted; a unit that gives a
matter back names the one that ought to have it (domain.md section 2, `reject`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from cases.history.entries import Entry
from cases.history.facts import ReturnFacts
from cases.history.read_facts import load_facts
from cases.lifecycle.action_values import ReplyEntry
from cases.lifecycle.context import CaseContext
from workflow.deadlines import Profile
from workflow.due_dates import ends_on


@dataclass(frozen=True)
class Proposal:
    """What an action would decide, as far as it was proposed; `replies` are the drafts by complainant."""

    reason: str = ""
    day: date | None = None
    unit: str = ""
    replies: Mapping[int, ReplyEntry] = field(default_factory=dict)


NOTHING = Proposal()


def find_proposal(context: CaseContext, action: str) -> Proposal:
    """Return what was proposed to whoever takes this action on the case; `NOTHING` when nothing was."""
    present = context.round
    if action == "reject":
        return _of_rejection(present.reject_request or {})
    if action == "extend":
        return _of_day(present.extension_request or {}, "due_on")
    if action == "suspend":
        return _of_day(present.suspend_request or {}, "until")
    if action == "assign" and present.returns:
        return Proposal(unit=_proposed_unit(context))
    return NOTHING


def latest_extension(context: CaseContext) -> date | None:
    """Return the last working day to which an extension may move the handling date; None without one."""
    clock = context.clocks.get("handling")
    profile = context.rules.profiles[context.case.profile]
    if clock is None or not clock.running or not profile.extensions:
        return None
    latest = extension_limit(context, profile, clock.due_on)
    while not context.calendar.is_working(latest):
        latest = context.calendar.add(latest, -1)
    return latest if latest > clock.due_on else None


def extension_limit(context: CaseContext, profile: Profile, present: date) -> date:
    """Return the date beyond which a profile lets nobody extend, counted from the present one."""
    unit = profile.extension_unit or profile.unit
    return ends_on(present, profile.extension_days, unit, context.calendar)


def _of_rejection(request: Mapping[str, Any]) -> Proposal:
    drafts = [ReplyEntry(**said) for said in request.get("replies") or []]
    return Proposal(reason=request.get("reason", ""), replies={said.complainant: said for said in drafts})


def _of_day(request: Mapping[str, Any], key: str) -> Proposal:
    day = request.get(key)
    return Proposal(reason=request.get("reason", ""), day=date.fromisoformat(day) if day else None)


def _proposed_unit(context: CaseContext) -> str:
    """Return the code of the unit that was named at the last return."""
    row = context.session.execute(
        select(Entry.case_id, Entry.seq, Entry.action, Entry.facts, Entry.personal)
        .where(Entry.case_id == context.case.id, Entry.action == "return")
        .order_by(Entry.seq.desc())
        .limit(1)
    ).one_or_none()
    facts = load_facts(row, context.rules.services.personal_keys) if row is not None else None
    return facts.proposed_unit if isinstance(facts, ReturnFacts) else ""
