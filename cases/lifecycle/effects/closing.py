"""End a case without handling it: rejection, withdrawal, mis-entry."""

from typing import Any

from sqlalchemy import select

from accounts.models import User
from cases.lifecycle.context import Work
from cases.lifecycle.effects.replies import add_final_replies
from core.errors import Invalid
from workflow.definition.vocabulary import Outcome


def request_reject(work: Work, values: dict[str, Any]) -> None:
    """Ask the leader not to take a case up, with the words each complainant would be told."""
    replies = values.get("replies") or []
    for index, said in enumerate(replies):
        work.complainant(said["complainant"], f"replies.{index}.complainant")
    work.round.reject_request = {"reason": values["reason"], "replies": replies}
    work.facts["reason"] = values["reason"]


def refuse_reject(work: Work, values: dict[str, Any]) -> None:
    """Answer a request to reject with no: the case goes on."""
    work.round.reject_request = None
    work.facts["reason"] = values["reason"]


def reject(work: Work, values: dict[str, Any]) -> None:
    """Do not take the case up: every complainant is told why, and where to turn. It counts as answered."""
    request = work.round.reject_request or {}
    add_final_replies(work, values.get("replies") or request.get("replies") or [], "reject")
    work.case.handled_by_id = None
    work.case.outcome = work.round.outcome = Outcome.REJECTED.value
    work.round.reject_request = None
    work.facts["reason"] = values["reason"]


def withdraw(work: Work, values: dict[str, Any]) -> None:
    """End a case that its complainants take back, on words that another person recorded.

    With more than one complainant, all of them must be named as withdrawing.
    """
    recorder = work.session.execute(
        select(User.id, User.username).where(User.username == values["recorded_by"], User.active)
    ).one_or_none()
    if recorder is None:
        raise Invalid({"recorded_by": ["unknown_user"]})
    if recorder.id == work.actor.user_id:
        raise Invalid({"recorded_by": ["must_be_another_person"]})
    named = set(values.get("complainants") or [])
    for complainant_id in named:
        work.complainant(complainant_id, "complainants")
    if len(work.complainants) > 1 and named != {person.id for person in work.complainants}:
        raise Invalid({"complainants": ["every_complainant_must_withdraw"]})
    for person in work.complainants:
        person.withdrawn = True
    work.facts.update(words=values["words"], recorded_by=recorder.id)


def void(work: Work, values: dict[str, Any]) -> None:
    """Take a mis-entry out of every count; it stays listed in every report."""
    work.facts["reason"] = values["reason"]
