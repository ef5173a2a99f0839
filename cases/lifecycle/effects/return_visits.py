"""Go back and ask: return visits, closing, reopening, and those who could not be reached."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from cases.lifecycle import clocks
from cases.lifecycle.conflict_of_interest import ensure_reply_owner
from cases.lifecycle.context import Work
from cases.lifecycle.effects.replies import set_answered
from cases.lifecycle.guard_facts import is_handler
from cases.models.case import Complainant, Round
from cases.models.correspondence import ReturnVisit, Unreachable
from cases.vocabulary import CONTENT_RATINGS, StandsFor
from core.errors import Conflict, Invalid
from workflow.definition.vocabulary import AttemptMode, CaseState, Rating

ATTEMPTS = 3
MODES = 2
LEAST_SPAN = timedelta(days=7)


def confirm(work: Work, values: dict[str, Any]) -> None:
    """Record a return visit; the case closes with the last complainant's.

    Whoever did not hear the reply or is dissatisfied does not confirm: that is `reopen`. When the last one to
    be visited has left with a merge that was undone, naming one who was visited closes the case.
    """
    person = work.complainant(values["complainant"])
    visited = person.visited_round == work.case.round
    if visited and work.unvisited():
        raise Invalid({"complainant": ["already_visited"]})
    if not visited and not _is_unreachable(work, person):
        _visit(work, person, values)
    person.visited_round = work.case.round
    work.facts["complainant"] = person.id
    waiting = work.unvisited()
    work.stays = bool(waiting)
    if not waiting:
        work.case.rating = _worst(work)


def reopen(work: Work, values: dict[str, Any]) -> None:
    """Begin the next round: every clock starts anew, the history and the old dates stay.

    When a visitor reopens what was answered, the dissatisfaction is kept as that complainant's rating; a
    handler may reopen too, but what a handler hears is no return visit.
    """
    case = work.case
    if (
        case.state == CaseState.RESOLVED
        and work.actor.roles & work.definition.visitors
        and not is_handler(work)
    ):
        _note_dissatisfaction(work, values)
    if case.state == CaseState.CLOSED:
        case.rating = None
    case.round += 1
    work.round = Round(case_id=case.id, round=case.round, opened_on=work.today)
    for name, default in (("late", False), ("extended", False), ("binding", False)):
        setattr(work.round, name, default)
    work.round.returns = work.round.suspensions = work.round.extensions = 0
    work.round.escalated_to, work.round.sent_down_by = [], []
    work.session.add(work.round)
    for person in work.complainants:
        person.withdrawn = False
        person.reply_basis = clocks.period(work, "reply")
        person.reply_due_on = clocks.date_of(work, person.reply_basis)
    clocks.stop(work, "reply")
    case.outcome = None
    case.accepted = False
    ensure_reply_owner(work)
    work.own(case.reply_owner_id)
    work.facts["reason"] = values["reason"]


def close_reviewed(work: Work, values: dict[str, Any]) -> None:
    """Close a case that was explained twice and still does not satisfy; it counts as dissatisfied."""
    work.case.rating = Rating.DISSATISFIED.value
    work.facts["reason"] = values["reason"]


def unreachable(work: Work, values: dict[str, Any]) -> None:
    """Accept the record that a complainant could not be reached.

    Three attempts in two ways over seven days, one of them by phone where there is a number (domain.md
    section 2). It stands for the final reply, or in a resolved case for the return visit.
    """
    person = work.complainant(values["complainant"])
    attempts = values["attempts"]
    stands_for = (StandsFor.VISIT if work.case.state == CaseState.RESOLVED else StandsFor.REPLY).value
    _check_attempts(work, person, attempts, since=_owed_since(work, person, stands_for))
    waiting = work.unvisited() if stands_for == StandsFor.VISIT else work.unanswered()
    if person not in waiting or _is_unreachable(work, person):
        raise Invalid({"complainant": ["already_reached"]})
    work.session.add(
        Unreachable(
            case_id=work.case.id,
            complainant_id=person.id,
            round=work.case.round,
            stands_for=stands_for,
            attempts=[{"mode": one["mode"], "at": one["at"].isoformat()} for one in attempts],
            accepted_by_id=work.actor.user_id,
            received_at=work.moment.now,
        )
    )
    person.unreachable = True
    if stands_for == StandsFor.REPLY:
        set_answered(work, person)
    work.facts.update(complainant=person.id, stands_for=stands_for, attempts=len(attempts))


def _visit(work: Work, person: Complainant, values: dict[str, Any]) -> None:
    missing = {name: ["required"] for name in ("heard", "rating") if values.get(name) is None}
    if missing:
        raise Invalid(missing)
    if not values["heard"] or values["rating"] not in CONTENT_RATINGS:
        raise Conflict(
            "action_not_open",
            action="confirm",
            reasons=["use_reopen"],
            state=work.case.state,
            version=work.case.version,
        )
    _add_visit(work, person, heard=True, rating=values["rating"], words=values.get("words") or "")


def _add_visit(work: Work, person: Complainant, *, heard: bool, rating: str, words: str) -> None:
    person.rating = rating
    work.file(
        ReturnVisit(
            case_id=work.case.id,
            complainant_id=person.id,
            round=work.case.round,
            heard=heard,
            rating=rating,
            words=words,
            by_id=work.actor.user_id,
            received_at=work.moment.now,
        )
    )
    work.facts["rating"] = rating


def _note_dissatisfaction(work: Work, values: dict[str, Any]) -> None:
    """Keep whose dissatisfaction it is: the one named, or the only complainant there is."""
    if values.get("complainant") is not None:
        person = work.complainant(values["complainant"])
    elif len(work.complainants) == 1:
        person = work.complainants[0]
    else:
        return
    words = values.get("words") or values["reason"]
    _add_visit(work, person, heard=True, rating=Rating.DISSATISFIED.value, words=words)
    work.facts["complainant"] = person.id


def _is_unreachable(work: Work, person: Complainant) -> bool:
    record = select(Unreachable.id).where(
        Unreachable.case_id == work.case.id,
        Unreachable.complainant_id == person.id,
        Unreachable.round == work.case.round,
        Unreachable.stands_for == StandsFor.VISIT,
    )
    return work.session.scalars(record.limit(1)).first() is not None


def _worst(work: Work) -> str | None:
    """Give the case's rating: the lowest of those who answered, or nothing when nobody could be reached."""
    order = list(Rating)
    rated = [order.index(Rating(person.rating)) for person in work.complainants if person.rating is not None]
    return order[max(rated)].value if rated else None


def _owed_since(work: Work, person: Complainant, stands_for: str) -> date:
    """Give the first day on which an attempt counts: nobody can be sought before there is something to tell.

    That is the day on which the case was resolved for a return visit, else the day on which this voice was
    raised, as claimed, for a phone may have been without signal. Who joined later was not there before.
    """
    if stands_for == StandsFor.VISIT:
        return work.case.entered_on
    case = work.case
    came_with_it = person.origin_case_id == case.id and person.joined_at == case.received_at
    raised = min(case.happened_at, person.joined_at) if came_with_it else person.joined_at
    return raised.astimezone(work.rules.zone).date()


def _check_attempts(work: Work, person: Complainant, attempts: list[dict[str, Any]], *, since: date) -> None:
    times: list[datetime] = [one["at"] for one in attempts]
    problems: list[str] = []
    if len(attempts) < ATTEMPTS:
        problems.append("fewer_than_three_attempts")
    if len({one["mode"] for one in attempts}) < MODES:
        problems.append("fewer_than_two_modes")
    if times and max(times) - min(times) < LEAST_SPAN:
        problems.append("within_less_than_seven_days")
    if person.phone and not any(one["mode"] == AttemptMode.PHONE for one in attempts):
        problems.append("phone_not_tried")
    if any(time > work.moment.now for time in times):
        problems.append("in_the_future")
    if any(time.astimezone(work.rules.zone).date() < since for time in times):
        problems.append("before_it_was_owed")
    if problems:
        raise Invalid({"attempts": problems})
