"""Record attempts to reach a complainant; that they failed stands for the reply or the return visit."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from cases.history.contact_facts import AttemptFacts, TriedFact, UnreachableFacts
from cases.lifecycle import contact_attempts
from cases.lifecycle.action_values import AttemptEntry, AttemptValues, UnreachableValues
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.replies import set_answered
from cases.models.case import Complainant
from cases.models.correspondence import ContactAttempt, Unreachable
from cases.vocabulary import StandsFor
from core.errors import Invalid
from workflow.definition.vocabulary import AttemptMode
from workflow.limits import ATTEMPTS, LEAST_SPAN, MODES


def attempt(context: CaseContext, change: Change, values: AttemptValues) -> AttemptFacts:
    """Record one failed attempt; it counts on the day on which the server received it."""
    person = _waiting(context, values.complainant)
    _add_attempt(change, person, values.mode, values.words)
    kind = contact_attempts.stands_for(context)
    return AttemptFacts(complainant=person.id, stands_for=kind.value, mode=values.mode, words=values.words)


def unreachable(context: CaseContext, change: Change, values: UnreachableValues) -> UnreachableFacts:
    """Accept that a complainant could not be reached, on the attempts that are recorded.

    Attempts that are sent with it are recorded as of now. Under the first rules the attempts are told
    afterwards, with their own times.
    """
    if "attempt" not in context.definition.acts:
        return _accept_told(context, change, values)
    person = _waiting(context, values.complainant)
    for one in values.attempts:
        _add_attempt(change, person, one.mode, one.words)
    context.session.flush()  # what was sent with it counts as well
    rows = contact_attempts.load_attempts(context, [person])[person.id]
    problems = contact_attempts.missing(contact_attempts.count(rows), has_phone=bool(person.phone))
    if problems:
        raise context.not_open("unreachable", *problems)
    tried = [{"mode": row.mode, "at": row.received_at.isoformat()} for row in rows]
    _add_record(change, person, tried, values.text)
    kind = contact_attempts.stands_for(context)
    facts = UnreachableFacts(
        complainant=person.id, stands_for=kind.value, attempts=len(rows), words=values.text
    )
    return facts.with_recorded(TriedFact(mode=one.mode, words=one.words) for one in values.attempts)


def is_unreachable(context: CaseContext, person: Complainant) -> bool:
    """Return whether a record stands for the return visit of this round."""
    record = select(Unreachable.id).where(
        Unreachable.case_id == context.case.id,
        Unreachable.complainant_id == person.id,
        Unreachable.round == context.case.round,
        Unreachable.stands_for == StandsFor.VISIT,
    )
    return context.session.scalars(record.limit(1)).first() is not None


def _waiting(context: CaseContext, complainant_id: int) -> Complainant:
    """Find a complainant who still waits for the reply or the visit; raise Invalid for any other."""
    person = context.complainant(complainant_id)
    visit = contact_attempts.stands_for(context) == StandsFor.VISIT
    waiting = context.unvisited() if visit else context.unanswered()
    if person not in waiting or is_unreachable(context, person):
        raise Invalid({"complainant": ["already_reached"]})
    return person


def _add_attempt(change: Change, person: Complainant, mode: str, words: str) -> None:
    context = change.before
    change.add_record(
        ContactAttempt(
            case_id=context.case.id,
            complainant_id=person.id,
            round=context.case.round,
            stands_for=contact_attempts.stands_for(context).value,
            mode=mode,
            words=words,
            by_id=context.actor.user_id,
            received_at=context.moment.now,
            received_on=context.today,
        )
    )


def _add_record(
    change: Change, person: Complainant, attempts: list[dict[str, str]], text: str | None
) -> None:
    context, kind = change.before, contact_attempts.stands_for(change.before)
    change.add_record(
        Unreachable(
            case_id=change.case.id,
            complainant_id=person.id,
            round=change.case.round,
            stands_for=kind.value,
            attempts=attempts,
            accepted_by_id=context.actor.user_id,
            received_at=context.moment.now,
            text=text,
        )
    )
    person.unreachable = True
    if kind == StandsFor.REPLY:
        set_answered(change, person)


def _accept_told(context: CaseContext, change: Change, values: UnreachableValues) -> UnreachableFacts:
    """Accept attempts that are told with their times, as cases of the first rules do."""
    person = context.complainant(values.complainant)
    kind = contact_attempts.stands_for(context)
    _check_told(context, person, values.attempts, since=_owed_since(context, person, kind))
    _waiting(context, values.complainant)
    tried = [{"mode": one.mode, "at": one.at.isoformat()} for one in values.attempts if one.at is not None]
    _add_record(change, person, tried, None)
    return UnreachableFacts(complainant=person.id, stands_for=kind.value, attempts=len(values.attempts))


def _owed_since(context: CaseContext, person: Complainant, kind: StandsFor) -> date:
    """Return the first day that an attempt counts on: nobody can be sought before there is something to tell.

    That is the day on which the case was resolved for a return visit, else the day on which this matter was
    raised, as claimed, for a phone may have been without signal. Who joined later was not there before.
    """
    if kind == StandsFor.VISIT:
        return context.case.entered_on
    case = context.case
    came_with_it = person.origin_case_id == case.id and person.joined_at == case.received_at
    raised = min(case.happened_at, person.joined_at) if came_with_it else person.joined_at
    return raised.astimezone(context.rules.zone).date()


def _check_told(
    context: CaseContext, person: Complainant, attempts: Sequence[AttemptEntry], *, since: date
) -> None:
    times = [one.at for one in attempts if one.at is not None]
    problems: list[str] = []
    if len(times) < ATTEMPTS:
        problems.append("fewer_than_three_attempts")
    if len({one.mode for one in attempts}) < MODES:
        problems.append("fewer_than_two_modes")
    if times and max(times) - min(times) < LEAST_SPAN:
        problems.append("within_less_than_seven_days")
    if person.phone and not any(one.mode == AttemptMode.PHONE for one in attempts):
        problems.append("phone_not_tried")
    if any(time > context.moment.now for time in times):
        problems.append("in_the_future")
    if any(time.astimezone(context.rules.zone).date() < since for time in times):
        problems.append("before_it_was_owed")
    if problems:
        raise Invalid({"attempts": problems})
