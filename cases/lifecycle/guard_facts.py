"""Sum a case and a person up: how the person stands to it, and the one value the engine decides on."""

from sqlalchemy import select

from cases.access.confidentiality import may_know
from cases.history.entries import Entry
from cases.lifecycle.contact_attempts import why_not_yet
from cases.lifecycle.context import CaseContext
from cases.models.case import Case, Round
from cases.models.correspondence import ReturnVisit
from cases.vocabulary import HANDLED_STATES
from workflow.definition.vocabulary import CaseState, Outcome, Rating
from workflow.situation import Situation

#: The role that decides on a request to reject.
DECIDES = "leader"


def relations(context: CaseContext) -> frozenset[str]:
    """Return every relation in which the person stands to the case.

    It is in scope, or it were not loaded, unless it is just being registered and names the one who does it.
    """
    case, actor = context.case, context.actor
    with_the_team = case.stage not in HANDLED_STATES
    handling_unit = case.handled_by_id if with_the_team else case.owner_id
    found = set() if context.is_about_actor else {"in_scope"}
    if "system" in actor.roles:
        found.add("system")
    if actor.unit_id is not None and actor.unit_id == case.owner_id:
        found.add("owner")
    if any(unit.id == actor.unit_id for unit in context.superiors):
        found.add("superior")
    if actor.unit_id == case.reply_owner_id:
        found.add("reply_owner")
    if not is_handler(context):
        found.add("not_handler")
    if actor.unit_id != handling_unit:
        found.add("not_owner")
    if actor.user_id is not None and actor.user_id == case.recorded_by_id:
        found.add("recorder")
    return frozenset(found)


def is_handler(context: CaseContext) -> bool:
    """Return whether the person is a handler of any complainant's answer; such a one pays no return visit."""
    actor = context.actor
    return any(
        (actor.unit_id is not None and actor.unit_id == person.handled_by_id)
        or (actor.user_id is not None and actor.user_id == person.handler_id)
        for person in context.complainants
    )


def build_situation(context: CaseContext) -> Situation:
    """Sum the case and the person up as the one value the engine decides on."""
    case, present = context.case, context.round
    handling, accept = context.clocks.get("handling"), context.clocks.get("accept")
    profile = context.rules.profiles[case.profile]
    return Situation(
        state=case.state,
        round=case.round,
        today=context.today,
        roles=context.roles,
        relations=relations(context),
        complainants=len(context.complainants),
        unanswered=len(context.unanswered()),
        unvisited=len(context.unvisited()),
        merged_in=sum(person.origin_case_id != case.id for person in context.complainants),
        accepted=case.accepted,
        pending_accept=accept is not None and accept.running,
        returns=present.returns,
        return_until=present.return_until,
        binding=present.binding,
        has_superior=bool(context.higher_units()) if case.owner_id else False,
        suspended=handling is not None and handling.suspended_on is not None,
        suspensions=present.suspensions,
        extension_requested=present.extension_request is not None,
        extensions=present.extensions,
        extensions_allowed=profile.extensions,
        handling_due_on=handling.due_on if handling is not None and handling.running else None,
        reject_requested=present.reject_request is not None,
        sent_down_here=case.owner_id in present.sent_down_by,
        explained_rounds=_explained_rounds(context),
        dissatisfied=_dissatisfied(context),
        entered_on=case.entered_on,
        target_open=_target_open(context),
        recorded_on=case.received_on,
        promised_on=present.promised_on,
        suspension_requested=present.suspend_request is not None,
        attempts_missing=_attempts_missing(context),
        open_names=context.open_names,
        appeal_only=_appeal_only(context),
        numbers_hidden=_hides_numbers(context),
        second_person_needed=needs_second_person(context),
    )


def _appeal_only(context: CaseContext) -> bool:
    """Return whether the last answer is one that a villager may not object to any more but by an appeal.

    It was rejected a second time, or closed after review (domain.md section 2); only a villager is asked for.
    """
    state = context.case.stage
    if "villager" not in context.roles or state not in (CaseState.REJECTED, CaseState.CLOSED):
        return False
    ends = context.session.scalars(
        select(Entry.action)
        .where(Entry.case_id == context.case.id, Entry.action.in_(("reject", "close_reviewed", "reopen")))
        .order_by(Entry.seq)
    ).all()
    return ends[-1:] == ["close_reviewed"] or (state == CaseState.REJECTED and ends.count("reject") > 1)


def needs_second_person(context: CaseContext) -> bool:
    """Return whether the person asked for the rejection and another of the unit could decide it."""
    request, actor = context.round.reject_request, context.actor
    if request is None or request.get("by") is None or request["by"] != actor.user_id:
        return False
    return any(
        one.unit_id == actor.unit_id and DECIDES in one.roles and one.user_id != actor.user_id
        for one in context.staff
    )


def _hides_numbers(context: CaseContext) -> bool:
    """Return whether somebody whom the person may not know is on the case, and nobody else has a number."""
    known = [person for person in context.complainants if may_know(context.actor, person)]
    return len(known) < len(context.complainants) and not any(person.phone for person in known)


def _attempts_missing(context: CaseContext) -> str | None:
    """Return what is missing before somebody counts as unreachable; only who may accept it asks for it."""
    if "attempt" not in context.definition.acts:
        return None
    accepting = context.definition.acts["unreachable"]
    if context.case.state not in accepting.sources or accepting.roles.isdisjoint(context.roles):
        return None
    return why_not_yet(context)


def _explained_rounds(context: CaseContext) -> int:
    """Count the rounds that ended in an explanation; only a resolved case of a later round asks for it."""
    if context.case.round < 2:
        return 0
    return len(
        context.session.scalars(
            select(Round.round).where(Round.case_id == context.case.id, Round.outcome == Outcome.EXPLAINED)
        ).all()
    )


def _dissatisfied(context: CaseContext) -> bool:
    if context.case.round < 2:
        return False
    return (
        context.session.scalars(
            select(ReturnVisit.id)
            .where(ReturnVisit.case_id == context.case.id, ReturnVisit.rating == Rating.DISSATISFIED)
            .limit(1)
        ).first()
        is not None
    )


def _target_open(context: CaseContext) -> bool | None:
    if context.case.merged_into_id is None:
        return None
    target = context.session.get(Case, context.case.merged_into_id)
    return target is not None and not target.final
