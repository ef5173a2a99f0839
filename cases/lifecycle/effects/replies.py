"""Tell complainants: interim and final replies, the answer at the door, and resolving a case."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from cases.lifecycle import clocks
from cases.lifecycle.context import Work
from cases.lifecycle.effects.escalation import answer_reports
from cases.models.case import Complainant
from cases.models.correspondence import Reply
from core.chain import row_digest
from core.errors import Conflict, Invalid
from workflow.definition.vocabulary import CaseState, Outcome

LONGEST_PROMISE = timedelta(days=3 * 366)


def reply(work: Work, values: dict[str, Any]) -> None:
    """Record an interim or final reply to one complainant."""
    person = work.complainant(values["complainant"])
    add_reply(work, person, values["channel"], values["text"], final=values["final"])


def answer(work: Work, values: dict[str, Any]) -> None:
    """Answer a case at the door (当场答复): received and resolved in one step by the one who registers it."""
    work.case.handled_by_id = None
    _conclude(work, values)


def resolve(work: Work, values: dict[str, Any]) -> None:
    """Resolve a case: one outcome, and for every complainant a final reply or what stands for it."""
    work.case.handled_by_id = work.case.owner_id
    _conclude(work, values)
    if work.case.state == CaseState.ESCALATED:
        answer_reports(work)
    work.own(work.case.reply_owner_id)


def add_reply(work: Work, person: Complainant, channel: str, text: str, *, final: bool) -> None:
    """Record the words told to one complainant and set the reply date that follows.

    The history keeps a digest of the words, so that a reply edited behind the program's back shows.
    """
    said = Reply(
        case_id=work.case.id,
        complainant_id=person.id,
        round=work.case.round,
        final=final,
        channel=channel,
        text=text,
        by_id=work.actor.user_id,
        by_unit_id=work.actor.unit_id,
        said_at=work.moment.happened_at,
        received_at=work.moment.now,
    )
    work.file(said)
    work.facts.setdefault("replies", []).append(
        {"complainant": person.id, "final": final, "channel": channel, "words": row_digest({"text": text})}
    )
    if final:
        set_answered(work, person)
    elif person.answered_round != work.case.round:
        person.reply_basis = clocks.period(work, "reply")
        person.reply_due_on = clocks.date_of(work, person.reply_basis)


def set_answered(work: Work, person: Complainant) -> None:
    """Note that a complainant has the final reply of this round; the first time stays the time of answer.

    While the receiving team still has the case it is an answer at the door, handled by the user who gives it;
    later everybody in the owning unit is a handler. What is told again after the case was resolved changes
    neither: it is back with the team then, and the unit that handled it stays the handler.
    """
    person.answered_round = work.case.round
    if not work.definition.states[work.case.state].answered:
        at_the_door = work.case.owner_id == work.case.reply_owner_id
        person.handled_by_id = None if at_the_door else work.case.owner_id
        person.handler_id = work.actor.user_id if at_the_door else None
    person.answered_at = person.answered_at or work.moment.now
    person.reply_due_on = person.reply_basis = None


def add_final_replies(work: Work, replies: Iterable[dict[str, Any]], action: str) -> None:
    """Record the final replies that come with a step; refuse when a complainant would stay without one."""
    given: set[int] = set()
    for index, said in enumerate(replies):
        person = work.complainant(said["complainant"], f"replies.{index}.complainant")
        if person.id in given:
            raise Invalid({f"replies.{index}.complainant": ["given_twice"]})
        given.add(person.id)
        add_reply(work, person, said["channel"], said["text"], final=True)
    waiting = work.unanswered()
    if waiting:
        raise Conflict(
            "action_not_open",
            action=action,
            reasons=["reply_missing"],
            complainants=[person.id for person in waiting],
            state=work.case.state,
            version=work.case.version,
        )


def _conclude(work: Work, values: dict[str, Any]) -> None:
    """Tell everyone, note the outcome and set the day by which the return visits are due."""
    outcome, promised_on = values["outcome"], values.get("promised_on")
    if outcome == Outcome.PLANNED and promised_on is None:
        raise Invalid({"promised_on": ["required_when_planned"]})
    if outcome != Outcome.PLANNED and promised_on is not None:
        raise Invalid({"promised_on": ["only_when_planned"]})
    if promised_on is not None and not work.today <= promised_on <= work.today + LONGEST_PROMISE:
        raise Invalid({"promised_on": ["out_of_range"]})
    add_final_replies(work, values.get("replies") or [], "resolve")
    work.case.outcome = work.round.outcome = outcome
    work.round.promised_on = promised_on
    work.round.extension_request = None
    work.facts["outcome"] = outcome
    if promised_on is not None:
        work.facts["promised_on"] = promised_on.isoformat()
    clocks.start(work, "return", clocks.period(work, "return", start=promised_on))
