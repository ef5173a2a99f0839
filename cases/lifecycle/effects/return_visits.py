"""Go back and ask: return visits, closing and reopening."""

from accounts.access.permissions import Role
from cases.history.facts import ConfirmFacts, ReasonFacts, ReopenFacts
from cases.lifecycle import clocks
from cases.lifecycle.action_values import (
    ConfirmValues,
    ReasonValues,
    ReopenValues,
)
from cases.lifecycle.change import Change
from cases.lifecycle.code_holders import is_known_to_handler
from cases.lifecycle.conflict_of_interest import ensure_reply_owner
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.planned import is_planned, waits_for_promise
from cases.lifecycle.effects.unreachable import is_unreachable
from cases.lifecycle.guard_facts import is_handler
from cases.models.case import Complainant, Round
from cases.models.correspondence import ReturnVisit
from cases.models.receipt_codes import SelfRating
from cases.vocabulary import CONTENT_RATINGS
from core.errors import Invalid
from workflow.definition.vocabulary import CaseState, Rating


def confirm(context: CaseContext, change: Change, values: ConfirmValues) -> ConfirmFacts:
    """Record a return visit; the case closes with the last complainant's.

    Whoever did not hear the reply or is dissatisfied does not confirm: that is `reopen`. When the last one to
    be visited has left with a merge that was undone, naming one who was visited closes the case. Before the
    promised day of what was planned the rating is kept and the case stays resolved; from that day on naming
    one who was visited closes it, with another rating where one is given. What is said by a code that the
    handling unit knows is no return visit.
    """
    person = context.complainant(values.complainant)
    if context.actor.roles == {Role.VILLAGER} and is_known_to_handler(context, person):
        return _add_self_rating(change, person, values)
    visited = person.visited_round == change.case.round
    if visited and context.unvisited():
        raise Invalid({"complainant": ["already_visited"]})
    facts = ConfirmFacts(complainant=person.id)
    asked_again = visited and is_planned(context) and values.rating is not None
    if asked_again or (not visited and not is_unreachable(context, person)):
        facts = ConfirmFacts(complainant=person.id, rating=_visit(change, person, values))
    person.visited_round = change.case.round
    change.keeps_state = bool(context.unvisited()) or waits_for_promise(context)
    if not change.keeps_state:
        change.case.rating = _worst(context)
    return facts


def reopen(context: CaseContext, change: Change, values: ReopenValues) -> ReopenFacts:
    """Begin the next round: every clock starts anew, the history and the old dates stay.

    A withdrawal goes on in the round in which it was.

    When a visitor reopens what was answered, the dissatisfaction is kept as that complainant's rating; a
    handler may reopen too, but what a handler hears is no return visit.
    """
    case = change.case
    facts = ReopenFacts(reason=values.reason)
    if (
        case.stage == CaseState.RESOLVED
        and context.actor.roles & context.definition.visitors
        and not is_handler(context)
    ):
        facts = _add_dissatisfaction(change, values)
    elif context.actor.roles == {Role.VILLAGER} and values.complainant is not None:
        # Of what has ended it is no rating, but it stays known whose demand it was.
        facts = ReopenFacts(reason=values.reason, complainant=values.complainant)
    if case.stage == CaseState.CLOSED:
        case.rating = None
    if case.state == CaseState.WITHDRAWN and context.definition.rules.withdrawn_goes_on:
        _go_on(change)
    else:
        _begin_round(change)
    case.outcome = None
    case.accepted = False
    ensure_reply_owner(change)
    change.set_owner(case.reply_owner_id)
    return facts


def close_reviewed(context: CaseContext, change: Change, values: ReasonValues) -> ReasonFacts:
    """Close a case that was explained twice and still does not satisfy; it counts as dissatisfied."""
    del context
    change.case.rating = Rating.DISSATISFIED.value
    return ReasonFacts(reason=values.reason)


def _begin_round(change: Change) -> None:
    """Begin the next round, in which everybody waits for a reply."""
    context = change.before
    change.case.round += 1
    change.round = _next_round(change)
    for person in change.complainants:
        person.withdrawn = False
        person.reply_basis = clocks.period(context, "reply")
        person.reply_due_on = clocks.date_of(context, person.reply_basis)
    clocks.stop(change, "reply")


def _go_on(change: Change) -> None:
    """Go on in the round of a withdrawal: the handling date stands, replies have at least three working days.

    A date that passed meanwhile makes the round late (domain.md section 4).
    """
    context = change.before
    clocks.resume_running(change, "handling")
    clocks.record_lateness(change)
    short = clocks.period(context, "reply_escalated")
    for person in change.complainants:
        person.withdrawn = False
        if person.answered_round == change.case.round:
            continue
        old = person.reply_basis or short
        later = max((old, short), key=lambda basis: clocks.date_of(context, basis))
        person.reply_basis, person.reply_due_on = later, clocks.date_of(context, later)


def _next_round(change: Change) -> Round:
    """Add the row of the round that the case has come to."""
    context = change.before
    present = Round(case_id=context.case.id, round=context.case.round, opened_on=context.today)
    present.late = present.extended = present.binding = False
    present.returns = present.suspensions = present.extensions = 0
    present.escalated_to, present.sent_down_by = [], []
    context.session.add(present)
    return present


def _visit(change: Change, person: Complainant, values: ConfirmValues) -> str:
    """Record a visit with a good rating, and give the rating."""
    return _add_visit(change, person, rating=_good_rating(change, values), words=values.words)


def _good_rating(change: Change, values: ConfirmValues) -> str:
    """Return the good rating that was heard; raise Invalid where one is missing, and refuse any other."""
    if values.heard is None or values.rating is None:
        missing = {"heard": values.heard, "rating": values.rating}
        raise Invalid({name: ["required"] for name, value in missing.items() if value is None})
    if not values.heard or values.rating not in CONTENT_RATINGS:
        raise change.before.not_open("confirm", "use_reopen")
    return values.rating


def _add_self_rating(change: Change, person: Complainant, values: ConfirmValues) -> ConfirmFacts:
    """Record a good rating beside the case, which stays resolved until somebody else has asked (凭码自评)."""
    rating = _good_rating(change, values)
    change.add_record(
        SelfRating(
            case_id=change.case.id,
            complainant_id=person.id,
            round=change.case.round,
            rating=rating,
            words=values.words,
            received_at=change.before.moment.now,
        )
    )
    change.keeps_state = True
    return ConfirmFacts(complainant=person.id, rating=rating, self_rated=True)


def _add_visit(change: Change, person: Complainant, *, rating: str, words: str) -> str:
    person.rating = rating
    change.add_record(
        ReturnVisit(
            case_id=change.case.id,
            complainant_id=person.id,
            round=change.case.round,
            heard=True,
            rating=rating,
            words=words,
            by_id=change.before.actor.user_id,
            received_at=change.before.moment.now,
        )
    )
    return rating


def _add_dissatisfaction(change: Change, values: ReopenValues) -> ReopenFacts:
    """Keep whose dissatisfaction it is: the one named, or the only complainant there is."""
    context = change.before
    if values.complainant is not None:
        person = context.complainant(values.complainant)
    elif len(context.complainants) == 1:
        person = context.complainants[0]
    else:
        return ReopenFacts(reason=values.reason)
    rating = _add_visit(change, person, rating=Rating.DISSATISFIED.value, words=values.words or values.reason)
    return ReopenFacts(reason=values.reason, complainant=person.id, rating=rating)


def _worst(context: CaseContext) -> str | None:
    """Return the case's rating: the lowest of those who answered, or nothing when nobody could be reached."""
    order = [rating.value for rating in Rating]
    rated = [order.index(person.rating) for person in context.complainants if person.rating is not None]
    return order[max(rated)] if rated else None
