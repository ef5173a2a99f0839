"""Show one case: everything its page or answer needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.access import identities
from cases.access.confidentiality import may_know
from cases.access.visibility import visible
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.conflict_of_interest import open_names
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.proposals import latest_extension
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_for_reading
from cases.models.case import Case, Clock
from cases.queries.case_file import CaseFile, load_case_file
from cases.queries.case_list import head_of
from core.errors import NotFound
from core.text import mask_phone
from roster.models import Household
from workflow import explanation, machine
from workflow.texts import labels


@dataclass(frozen=True)
class CaseDetail:
    """A case in the form of the interface, and its file, which holds more than the interface tells."""

    view: dict[str, Any]
    file: CaseFile


def case_view(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    number: str,
    now: datetime,
    language: str = "zh",
    context: CaseContext | None = None,
) -> dict[str, Any]:
    """Return everything this person may see of a case, with each step and act and why it is closed.

    `language` is that of the sentences that explain the dates, `zh` or `en`. `context` is the case as
    what was just done to it left it; it spares reading it again. Raises NotFound
    for a case that the person may not, or may no longer, see.
    """
    return load_detail(
        session, actor=actor, rules=rules, number=number, now=now, language=language, context=context
    ).view


def load_detail(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    number: str,
    now: datetime,
    language: str = "zh",
    context: CaseContext | None = None,
) -> CaseDetail:
    """Return what `case_view` gives together with the file of the case; raises NotFound as it does."""
    policy.require(actor, Permission.CASES_READ)
    if context is None:
        context = load_for_reading(session, actor=actor, rules=rules, number=number, now=now)
    elif not context.is_visible():
        raise NotFound(number=number)
    if context.has_records:
        found = load_case_file(session, context.case.id)
    else:
        found = CaseFile(answers=dict(context.answers))
    _hide_other_cases(context, found)
    shown.note(Event.CASE, [context.case.number])
    contents = _contents(session, context, found, language)
    return CaseDetail({**_head(context, language), **contents, "actions": _actions(context, language)}, found)


def _head(context: CaseContext, language: str) -> dict[str, Any]:
    case = context.case
    owner = context.unit(case.owner_id) if case.owner_id is not None else None
    reply_owner = context.unit(case.reply_owner_id)
    head = head_of(case, is_overdue=context.past_date(), calendar=context.calendar)
    latest = latest_extension(context)
    return {
        **head,
        "state_name": labels.state(context.definition, case.state, language),
        "village": context.village.code,
        "owner": owner.code if owner else None,
        "owner_name": owner.name if owner else None,
        "reply_owner": reply_owner.code,
        "reply_owner_name": reply_owner.name,
        "merged_into": _number_of(context, case.merged_into_id),
        "promised_on": context.round.promised_on,
        "late": context.round.late,
        "extension_request": context.round.extension_request,
        "extension_latest_on": latest,
        "provisional": head["provisional"] or context.calendar.is_any_provisional(latest),
        "reject_request": _drafts(context.round.reject_request),
        "suspend_request": context.round.suspend_request,
    }


def _contents(session: Session, context: CaseContext, found: CaseFile, language: str) -> dict[str, Any]:
    return {
        "clocks": [_clock(context, clock, language) for _, clock in sorted(context.clocks.items())],
        "complainants": _complainants(session, context),
        "replies": found.replies,
        "return_visits": found.visits,
        "self_ratings": found.self_ratings,
        "notes": found.notes,
        "added_words": _added_words(context, found.added),
        "attachments": found.attachments,
        "answers": found.answers,
        "related": _related(context, found.related),
        "named_words": open_names(context),
    }


def _drafts(request: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a request to reject as it is read, without the id of who asked."""
    return None if request is None else {key: value for key, value in request.items() if key != "by"}


def _hide_other_cases(context: CaseContext, found: CaseFile) -> None:
    """Leave out the number of another case where the person may not see that case."""
    records = [*found.replies, *found.visits, *found.added]
    numbers = {one["case"] for one in records} - {None}
    if not numbers:
        return
    known = visible(select(Case.number), context.actor).where(Case.number.in_(numbers))
    seen = set(context.session.scalars(known))
    for one in records:
        one["case"] = one["case"] if one["case"] in seen else None


def _actions(context: CaseContext, language: str) -> list[dict[str, Any]]:
    return [
        {
            "name": opening.name,
            "label": labels.action(context.definition, opening.name, language),
            "allowed": opening.allowed,
            "reasons": opening.reasons,
            "fields": opening.fields,
        }
        for opening in machine.available_actions(context.definition, build_situation(context))
    ]


def _clock(context: CaseContext, clock: Clock, language: str) -> dict[str, Any]:
    names = (
        {code: profile.zh for code, profile in context.rules.profiles.items()} if language == "zh" else None
    )
    return {
        "clock": clock.clock,
        "cycle": clock.cycle,
        "running": clock.running,
        "suspended_until": clock.resume_on,
        "started_on": clock.started_on,
        "due_on": clock.due_on,
        "provisional": context.calendar.is_provisional(clock.due_on),
        "basis": clock.basis,
        "moves": clock.moves,
        "explanation": explanation.explain(clock.basis, clock.moves, context.calendar, language, names),
    }


def _complainants(session: Session, context: CaseContext) -> list[dict[str, Any]]:
    """Show who raised the matter; phones masked, confidential ones only to those who may know."""
    ids = [person.household_id for person in context.complainants if person.household_id is not None]
    keys: dict[int, str] = {}
    if ids:
        rows = session.execute(select(Household.id, Household.key).where(Household.id.in_(ids)))
        keys = {household_id: key for household_id, key in rows}
    shown, personal = [], context.rules.services.personal_keys
    for person in context.complainants:
        known = may_know(context.actor, person)
        phone = identities.phone_of(person, personal) if known else None
        shown.append(
            {
                "id": person.id,
                "household": keys.get(person.household_id or 0) if known else None,
                "name": identities.shown_name_of(person, personal) if known else None,
                "phone": mask_phone(phone) if phone else None,
                "confidential": person.confidential,
                "anonymous": person.anonymous,
                "own_words": person.own_words,
                "answered": person.answered_round == context.case.round,
                "reply_due_on": person.reply_due_on,
                "provisional": context.calendar.is_any_provisional(person.reply_due_on),
                "unreachable": person.unreachable,
                "visited": person.visited_round == context.case.round,
                "rating": person.rating,
            }
        )
    return shown


def _added_words(context: CaseContext, added: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Show what was added, and on which other case only to whoever may see that one."""
    numbers = {one["case"] for one in added if one["case"] is not None}
    if not numbers:
        return added
    seen = visible(select(Case.number), context.actor).where(Case.number.in_(numbers))
    known = set(context.session.scalars(seen))
    return [{**one, "case": one["case"] if one["case"] in known else None} for one in added]


def _related(context: CaseContext, ids: list[int]) -> list[str]:
    """Return the numbers of related cases, of those only that the person may see."""
    if not ids:
        return []
    found = visible(select(Case.number), context.actor).where(Case.id.in_(ids)).order_by(Case.number)
    return list(context.session.scalars(found))


def _number_of(context: CaseContext, case_id: int | None) -> str | None:
    """Return the number of the case that another was merged into, if the person may see that one."""
    if case_id is None:
        return None
    found = visible(select(Case.number), context.actor).where(Case.id == case_id)
    return context.session.scalars(found).first()
