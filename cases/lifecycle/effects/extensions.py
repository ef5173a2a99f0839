"""Grant or refuse more time, and let the handling clock stand still for a while."""

from datetime import date

from cases.history.facts import (
    ExtensionRequestFacts,
    MovedReasonFacts,
    ReasonFacts,
    SuspendFacts,
    SuspensionRequestFacts,
)
from cases.lifecycle import clocks
from cases.lifecycle.action_values import (
    ExtensionValues,
    OptionalReasonValues,
    ReasonValues,
    SuspendValues,
)
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.proposals import extension_limit
from core.errors import Invalid
from workflow.limits import LONGEST_SUSPENSION


def request_extension(context: CaseContext, change: Change, values: ExtensionValues) -> ExtensionRequestFacts:
    """Ask for a later handling date, before the present one has passed and within the profile's limit."""
    _require_within_limit(context, values.due_on)
    change.round.extension_request = {"due_on": values.due_on.isoformat(), "reason": values.reason}
    return ExtensionRequestFacts(reason=values.reason, due_on=values.due_on)


def extend(context: CaseContext, change: Change, values: ExtensionValues) -> MovedReasonFacts:
    """Grant a later handling date; the complainants are to be told."""
    _require_within_limit(context, values.due_on)
    due_on = values.due_on.isoformat()
    change.round.extension_request = None
    change.round.extensions += 1
    change.round.extended = True
    clocks.move(change, "handling", {"why": "extension", "to": due_on})
    change.notices.append(("tell_extension", {"due_on": due_on}))
    return MovedReasonFacts(reason=values.reason)


def refuse_extension(context: CaseContext, change: Change, values: ReasonValues) -> ReasonFacts:
    """Answer a request for more time with no, and why."""
    del context
    change.round.extension_request = None
    return ReasonFacts(reason=values.reason)


def suspend(context: CaseContext, change: Change, values: SuspendValues) -> SuspendFacts:
    """Pause the handling clock until a day; its date moves by exactly the days it stands still."""
    until = values.until
    _require_possible_day(context, until)
    clock = change.clocks["handling"]
    change.round.suspend_request = None
    change.round.suspensions += 1
    clocks.move(change, "handling", {"why": "suspension", "until": until.isoformat()})
    clock.suspended_on, clock.resume_on = context.today, until
    clocks.schedule_next_check(change, clock)
    return SuspendFacts(reason=values.reason, until=until)


def request_suspend(context: CaseContext, change: Change, values: SuspendValues) -> SuspensionRequestFacts:
    """Ask for the handling clock to stand still until a day."""
    _require_possible_day(context, values.until)
    change.round.suspend_request = {"until": values.until.isoformat(), "reason": values.reason}
    return SuspensionRequestFacts(reason=values.reason, until=values.until)


def refuse_suspend(context: CaseContext, change: Change, values: ReasonValues) -> ReasonFacts:
    """Answer a request for a pause with no, and why."""
    del context
    change.round.suspend_request = None
    return ReasonFacts(reason=values.reason)


def resume(context: CaseContext, change: Change, values: OptionalReasonValues) -> MovedReasonFacts:
    """Let the handling clock run again; when earlier than promised, the date moves back accordingly."""
    del context
    clocks.lift_suspension(change)
    return MovedReasonFacts(reason=values.reason)


def _require_possible_day(context: CaseContext, until: date) -> None:
    """Check the day until which the clock is to stand still."""
    if until <= context.today:
        raise Invalid({"until": ["not_in_the_future"]})
    if until > context.today + LONGEST_SUSPENSION:
        raise Invalid({"until": ["longer_than_90_days"]})


def _require_within_limit(context: CaseContext, due_on: date) -> None:
    """Check a proposed handling date against the profile's limit, counted from the present date."""
    clock = context.clocks["handling"]
    profile = context.rules.profiles[context.case.profile]
    if not context.calendar.is_working(due_on):
        raise Invalid({"due_on": ["not_a_working_day"]})
    if due_on <= clock.due_on:
        raise Invalid({"due_on": ["not_later"]})
    if due_on > extension_limit(context, profile, clock.due_on):
        raise Invalid({"due_on": ["beyond_limit"]})
