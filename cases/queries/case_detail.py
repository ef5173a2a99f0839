"""Show one case: everything its page or answer needs, and its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.models import User
from cases.access.confidentiality import knows_everybody, may_know
from cases.access.visibility import visible
from cases.configuration.case_rules import CountyRules
from cases.history import facts_json
from cases.history.entries import Entry
from cases.history.fact_kinds import FactKind
from cases.history.facts import Facts
from cases.history.facts_json import KINDS
from cases.history.read_facts import load_facts
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.proposals import latest_extension
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_for_reading
from cases.models.case import Case, Clock
from cases.queries.case_file import CaseFile, load_case_file
from cases.queries.case_list import get_case, head_of
from core.errors import NotFound
from core.text import mask_phone
from roster.models import Household
from workflow import explanation, machine


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
    contents = _contents(session, context, found, language)
    return CaseDetail({**_head(context), **contents, "actions": _actions(context)}, found)


def _head(context: CaseContext) -> dict[str, Any]:
    case = context.case
    owner = context.unit(case.owner_id) if case.owner_id is not None else None
    reply_owner = context.unit(case.reply_owner_id)
    return {
        **head_of(case, is_overdue=context.past_date()),
        "village": context.village.code,
        "owner": owner.code if owner else None,
        "owner_name": owner.name if owner else None,
        "reply_owner": reply_owner.code,
        "reply_owner_name": reply_owner.name,
        "merged_into": _number_of(context, case.merged_into_id),
        "promised_on": context.round.promised_on,
        "late": context.round.late,
        "extension_request": context.round.extension_request,
        "extension_latest_on": latest_extension(context),
        "reject_request": context.round.reject_request,
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
        "added_words": found.added,
        "attachments": found.attachments,
        "answers": found.answers,
        "related": _related(context, found.related),
    }


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


def _actions(context: CaseContext) -> list[dict[str, Any]]:
    return [
        {
            "name": opening.name,
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
    shown = []
    for person in context.complainants:
        known = may_know(context.actor, person)
        shown.append(
            {
                "id": person.id,
                "household": keys.get(person.household_id or 0) if known else None,
                "name": person.name if known else None,
                "phone": mask_phone(person.phone) if known and person.phone else None,
                "confidential": person.confidential,
                "anonymous": person.anonymous,
                "own_words": person.own_words,
                "answered": person.answered_round == context.case.round,
                "reply_due_on": person.reply_due_on,
                "unreachable": person.unreachable,
                "visited": person.visited_round == context.case.round,
                "rating": person.rating,
            }
        )
    return shown


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


@dataclass(frozen=True)
class HistoryEntry:
    """One entry of a history as a person may read it.

    `facts` is what it says, or None where the database holds something else; `hidden` names the fields that
    this person may not read.
    """

    entry: Entry
    actor: str
    actor_name: str
    facts: Facts | None
    hidden: frozenset[str] = frozenset()


def load_history(
    session: Session, *, actor: Actor, number: str, system: str = "", case: Case | None = None
) -> list[HistoryEntry]:
    """Return the entries of a case in order, each with its facts and what of them this person may read.

    `system` is what the program itself is called, which has no name of its own; `case` is the row when the
    caller has found it in the person's scope already.
    """
    case = case or get_case(session, actor=actor, number=number)
    rows = session.execute(
        select(Entry, User.username, User.name)
        .outerjoin(User, User.id == Entry.actor_id)
        .where(Entry.case_id == case.id)
        .order_by(Entry.seq)
    )
    found = []
    for entry, username, name in rows:
        facts = load_facts(entry.action, entry.facts)
        shown_name = system if entry.actor_id is None else name or ""
        found.append(
            HistoryEntry(entry, username or "system", shown_name, facts, _hidden(entry, facts, actor))
        )
    return found


def history_view(
    session: Session, *, actor: Actor, number: str, system: str = "", case: Case | None = None
) -> list[dict[str, Any]]:
    """Return the entries of a case in order, as they were chained, in the form of the interface."""
    return [
        {
            "seq": read.entry.seq,
            "action": read.entry.action,
            "actor": read.actor,
            "actor_name": read.actor_name,
            "from": read.entry.from_state,
            "to": read.entry.to_state,
            "facts": _facts(read),
            "happened_at": read.entry.happened_at,
            "recorded_at": read.entry.recorded_at,
            "received_at": read.entry.received_at,
            "prev_hash": read.entry.prev_hash,
            "hash": read.entry.hash,
        }
        for read in load_history(session, actor=actor, number=number, system=system, case=case)
    ]


def _hidden(entry: Entry, facts: Facts | None, actor: Actor) -> frozenset[str]:
    """Name the facts that this person may not read: the households that a complainant was put down to.

    It may be a confidential one; who may know those, and who corrected it, reads the whole entry.
    """
    if facts is None or entry.actor_id == actor.user_id or knows_everybody(actor):
        return frozenset()
    kinds_of_facts = KINDS[type(facts)]
    hidden = {FactKind.HOUSEHOLD, FactKind.IDENTITY}
    if any(FactKind.IDENTITY in kinds for kinds in kinds_of_facts.values()):
        hidden.add(FactKind.FREE_WORDS)  # whoever wrote the reason may have written the name
    return frozenset(name for name, kinds in kinds_of_facts.items() if kinds & hidden)


def _facts(read: HistoryEntry) -> dict[str, Any]:
    """Return the facts under the keys of the database, without what is hidden, and nothing of bad ones."""
    if read.facts is None:
        return {}
    told = facts_json.to_json(read.facts)
    return {name: value for name, value in told.items() if name not in read.hidden}
