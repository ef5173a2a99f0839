"""End a case without handling it: rejection, withdrawal, mis-entry."""

from typing import Any

from sqlalchemy import select

from accounts.models import User
from cases.history.facts import ReasonFacts, RejectFacts, WithdrawFacts
from cases.lifecycle import clocks
from cases.lifecycle.action_values import ReasonValues, RejectValues, ReplyEntry, WithdrawValues
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.replies import add_final_replies
from core.errors import Invalid
from workflow.definition.vocabulary import Outcome


def request_reject(context: CaseContext, change: Change, values: RejectValues) -> ReasonFacts:
    """Ask the leader not to take a case up, with the words each complainant would be told."""
    drafted: set[int] = set()
    for index, said in enumerate(values.replies):
        person = context.complainant(said.complainant, f"replies.{index}.complainant")
        if person.id in drafted:
            raise Invalid({f"replies.{index}.complainant": ["given_twice"]})
        drafted.add(person.id)
    replies: list[dict[str, Any]] = [vars(said) for said in values.replies]
    by = context.actor.user_id
    change.round.reject_request = {"reason": values.reason, "replies": replies, "by": by}
    return ReasonFacts(reason=values.reason)


def refuse_reject(context: CaseContext, change: Change, values: ReasonValues) -> ReasonFacts:
    """Answer a request to reject with no: the case goes on."""
    del context
    change.round.reject_request = None
    return ReasonFacts(reason=values.reason)


def reject(context: CaseContext, change: Change, values: RejectValues) -> RejectFacts:
    """Do not take the case up: every complainant is told why, and where to turn. It counts as answered."""
    request = change.round.reject_request or {}
    _tell_of_lone_decision(context, change, request.get("by"))
    drafted = [ReplyEntry(**said) for said in request.get("replies") or []]
    add_final_replies(change, values.replies or drafted, "reject")
    change.case.handled_by_id = None
    change.case.outcome = change.round.outcome = Outcome.REJECTED.value
    change.round.reject_request = None
    return RejectFacts(reason=values.reason)


def _tell_of_lone_decision(context: CaseContext, change: Change, asked_by: int | None) -> None:
    """Tell the auditors when whoever asked for a rejection decided it as well (domain.md section 1, Roles).

    The step is open to them only where the unit has nobody else who could.
    """
    if asked_by is not None and asked_by == context.actor.user_id:
        change.notices.append(("rejected_alone", {}))


def withdraw(context: CaseContext, change: Change, values: WithdrawValues) -> WithdrawFacts:
    """End a case that its complainants take back, on words that another person recorded.

    With more than one complainant, all of them must be named as withdrawing.
    """
    recorder = context.session.execute(
        select(User.id, User.unit_id).where(User.username == values.recorded_by, User.active)
    ).one_or_none()
    if recorder is None:
        raise Invalid({"recorded_by": ["unknown_user"]})
    if recorder.id == context.actor.user_id:
        raise Invalid({"recorded_by": ["must_be_another_person"]})
    if recorder.id in context.hidden_users or recorder.unit_id in context.named_units:
        raise Invalid({"recorded_by": ["named_in_matter"]})  # no villager takes words back before them
    named = set(values.complainants)
    for complainant_id in named:
        context.complainant(complainant_id, "complainants")
    if len(change.complainants) > 1 and named != {person.id for person in change.complainants}:
        raise Invalid({"complainants": ["every_complainant_must_withdraw"]})
    for person in change.complainants:
        person.withdrawn = True
    if context.definition.rules.withdrawn_goes_on:
        clocks.lift_suspension(change)  # what is taken back does not stand still, should it be taken up again
    return WithdrawFacts(words=values.words, recorded_by=recorder.id)


def void(context: CaseContext, change: Change, values: ReasonValues) -> ReasonFacts:
    """Take a mis-entry out of every count; it stays listed in every report."""
    del context, change
    return ReasonFacts(reason=values.reason)
