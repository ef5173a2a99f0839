"""Sum a case and a person up: how the person stands to it, and the one value the engine decides on."""

from sqlalchemy import select

from cases.lifecycle.context import Work
from cases.models.case import Case, Round
from cases.models.correspondence import ReturnVisit
from workflow.definition.vocabulary import Outcome, Rating
from workflow.situation import Situation


def relations(work: Work) -> frozenset[str]:
    """Give every relation in which the person stands to the case.

    It is in scope, or it were not loaded, unless it is just being registered and names the one who does it.
    """
    case, actor = work.case, work.actor
    with_the_team = case.final or case.owner_id == case.reply_owner_id
    handling_unit = case.handled_by_id if with_the_team else case.owner_id
    found = set() if work.names_actor else {"in_scope"}
    if "system" in actor.roles:
        found.add("system")
    if actor.unit_id is not None and actor.unit_id == case.owner_id:
        found.add("owner")
    if any(unit.id == actor.unit_id for unit in work.superiors):
        found.add("superior")
    if actor.unit_id == case.reply_owner_id:
        found.add("reply_owner")
    if not is_handler(work):
        found.add("not_handler")
    if actor.unit_id != handling_unit:
        found.add("not_owner")
    if actor.user_id is not None and actor.user_id == case.recorded_by_id:
        found.add("recorder")
    return frozenset(found)


def is_handler(work: Work) -> bool:
    """Tell whether the person is a handler of any complainant's answer; such a one pays no return visit."""
    actor = work.actor
    return any(
        (actor.unit_id is not None and actor.unit_id == person.handled_by_id)
        or (actor.user_id is not None and actor.user_id == person.handler_id)
        for person in work.complainants
    )


def situation(work: Work) -> Situation:
    """Sum the case and the person up as the one value the engine decides on."""
    case, present = work.case, work.round
    handling, accept = work.clocks.get("handling"), work.clocks.get("accept")
    profile = work.rules.profiles[case.profile]
    return Situation(
        state=case.state,
        round=case.round,
        today=work.today,
        roles=work.actor.roles,
        relations=relations(work),
        complainants=len(work.complainants),
        unanswered=len(work.unanswered()),
        unvisited=len(work.unvisited()),
        merged_in=sum(person.origin_case_id != case.id for person in work.complainants),
        accepted=case.accepted,
        pending_accept=accept is not None and accept.running,
        returns=present.returns,
        return_until=present.return_until,
        binding=present.binding,
        has_superior=bool(work.higher_units()) if case.owner_id else False,
        suspended=handling is not None and handling.suspended_on is not None,
        suspensions=present.suspensions,
        extension_requested=present.extension_request is not None,
        extensions=present.extensions,
        extensions_allowed=profile.extensions,
        handling_due_on=handling.due_on if handling is not None and handling.running else None,
        reject_requested=present.reject_request is not None,
        sent_down_here=case.owner_id in present.sent_down_by,
        explained_rounds=_explained_rounds(work),
        dissatisfied=_dissatisfied(work),
        entered_on=case.entered_on,
        target_open=_target_open(work),
        recorded_on=case.received_on,
    )


def _explained_rounds(work: Work) -> int:
    """Count the rounds that ended in an explanation; only a resolved case of a later round asks for it."""
    if work.case.round < 2:
        return 0
    return len(
        work.session.scalars(
            select(Round.round).where(Round.case_id == work.case.id, Round.outcome == Outcome.EXPLAINED)
        ).all()
    )


def _dissatisfied(work: Work) -> bool:
    if work.case.round < 2:
        return False
    return (
        work.session.scalars(
            select(ReturnVisit.id)
            .where(ReturnVisit.case_id == work.case.id, ReturnVisit.rating == Rating.DISSATISFIED)
            .limit(1)
        ).first()
        is not None
    )


def _target_open(work: Work) -> bool | None:
    if work.case.merged_into_id is None:
        return None
    target = work.session.get(Case, work.case.merged_into_id)
    return target is not None and not target.final
