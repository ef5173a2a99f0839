"""Tell complainants: interim and final replies, the answer at the door, and resolving a case."""

from collections.abc import Iterable
from datetime import timedelta

from msgspec import UNSET

from cases.history.facts import OutcomeFacts, ReplyFact, ReplyFacts
from cases.history.facts_json import words_digest
from cases.lifecycle import clocks
from cases.lifecycle.action_values import OutcomeValues, ReplyEntry, ReplyValues
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.escalation import answer_reports
from cases.lifecycle.effects.planned import restart_word, start_planned
from cases.models.case import Complainant
from cases.models.correspondence import Reply
from cases.vocabulary import HANDLED_STATES
from core.errors import Invalid
from workflow.definition.vocabulary import CaseState, Outcome

LONGEST_PROMISE = timedelta(days=3 * 366)


def reply(context: CaseContext, change: Change, values: ReplyValues) -> ReplyFacts:
    """Record an interim or final reply to one complainant."""
    person = context.complainant(values.complainant)
    add_reply(change, person, values.channel, values.text, final=values.final)
    return ReplyFacts(replies=())


def answer(context: CaseContext, change: Change, values: OutcomeValues) -> OutcomeFacts:
    """Answer a case at the door (当场答复): received and resolved in one step by the one who registers it."""
    del context
    change.case.handled_by_id = None
    return _conclude(change, values)


def resolve(context: CaseContext, change: Change, values: OutcomeValues) -> OutcomeFacts:
    """Resolve a case: one outcome, and for every complainant a final reply or what stands for it."""
    change.case.handled_by_id = context.case.owner_id
    facts = _conclude(change, values)
    if context.case.stage == CaseState.ESCALATED:
        answer_reports(change)
    change.set_owner(change.case.reply_owner_id)
    return facts


def add_reply(change: Change, person: Complainant, channel: str, text: str, *, final: bool) -> None:
    """Record the words told to one complainant and set the reply date that follows.

    The history keeps a digest of the words, so that a reply edited behind the program's back shows.
    """
    context = change.before
    change.add_record(
        Reply(
            case_id=change.case.id,
            complainant_id=person.id,
            round=change.case.round,
            final=final,
            channel=channel,
            text=text,
            by_id=context.actor.user_id,
            by_unit_id=context.actor.unit_id,
            said_at=context.moment.happened_at,
            received_at=context.moment.now,
            due_on=person.reply_due_on,
        )
    )
    words = words_digest(text)
    change.recorded.replies.append(
        ReplyFact(complainant=person.id, final=final, channel=channel, words=words)
    )
    if context.case.stage == CaseState.RESOLVED:
        restart_word(change)
    if final:
        set_answered(change, person)
    elif person.answered_round != change.case.round:
        person.reply_basis = clocks.period(context, "reply")
        person.reply_due_on = clocks.date_of(context, person.reply_basis)


def set_answered(change: Change, person: Complainant) -> None:
    """Note that a complainant has the final reply of this round; the first time stays the time of answer.

    While the receiving team still has the case it is an answer at the door, handled by the user who gives it;
    later everybody in the owning unit is a handler. What is told again after the case was resolved changes
    neither: it is back with the team then, and the unit that handled it stays the handler.
    """
    context, case = change.before, change.case
    person.answered_round = case.round
    if not context.definition.states[case.state].answered:
        at_the_door = case.stage not in HANDLED_STATES
        person.handled_by_id = None if at_the_door else case.owner_id
        person.handler_id = context.actor.user_id if at_the_door else None
    person.answered_at = person.answered_at or context.moment.now
    person.reply_due_on = person.reply_basis = None


def add_final_replies(change: Change, replies: Iterable[ReplyEntry], action: str) -> None:
    """Record the final replies that come with a step; refuse when a complainant would stay without one."""
    context = change.before
    given: set[int] = set()
    for index, said in enumerate(replies):
        person = context.complainant(said.complainant, f"replies.{index}.complainant")
        if person.id in given:
            raise Invalid({f"replies.{index}.complainant": ["given_twice"]})
        given.add(person.id)
        add_reply(change, person, said.channel, said.text, final=True)
    waiting = context.unanswered()
    if waiting:
        raise context.not_open(action, "reply_missing", complainants=[person.id for person in waiting])


def _conclude(change: Change, values: OutcomeValues) -> OutcomeFacts:
    """Tell everyone, note the outcome and set the day by which the return visits are due."""
    context, promised_on = change.before, values.promised_on
    if values.outcome == Outcome.PLANNED and promised_on is None:
        raise Invalid({"promised_on": ["required_when_planned"]})
    if values.outcome != Outcome.PLANNED and promised_on is not None:
        raise Invalid({"promised_on": ["only_when_planned"]})
    if promised_on is not None and not context.today <= promised_on <= context.today + LONGEST_PROMISE:
        raise Invalid({"promised_on": ["out_of_range"]})
    add_final_replies(change, values.replies, "resolve")
    change.case.outcome = change.round.outcome = values.outcome
    change.round.promised_on = promised_on
    change.round.extension_request = change.round.suspend_request = None
    clocks.start(change, "return", clocks.period(context, "return", start=promised_on))
    start_planned(change, promised_on)
    return OutcomeFacts(outcome=values.outcome, promised_on=UNSET if promised_on is None else promised_on)
