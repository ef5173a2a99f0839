"""Let whoever holds a receipt code see their own matter and say whether they are satisfied; nothing else.

What is given out holds no name, no phone, no address, no photo, and nobody else's words (domain.md section 1,
Complainant). A code that is nobody's and one that is mistyped are refused alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.access.permissions import Role
from accounts.models import Area, Unit
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.history.facts import AddedWordsFacts, ConfirmFacts, Facts, JoinFacts, RegisterFacts, RungFacts
from cases.history.read_facts import load_facts, new_owner
from cases.history.villager_actions import is_villager_action
from cases.lifecycle import receipt_codes, take_step
from cases.lifecycle.action_values import ActionValues, AddWordsValues, ConfirmValues, ReopenValues
from cases.lifecycle.effects.complainants import find_by_code
from cases.models.case import Case, Complainant
from cases.models.correspondence import AddedWords, Reply
from cases.vocabulary import CONTENT_RATINGS
from core.errors import Conflict, NotFound
from workflow.definition.vocabulary import CaseState

__all__ = ["PublicCase", "add_words", "find_complainant", "find_public_case", "is_villager_action", "rate"]

#: Entries that a villager is told of; everything else is the office's own affair.
SHOWN_ACTIONS = (
    "register",
    "join",
    "add_words",
    "answer",
    "assign",
    "escalate",
    "raise",
    "resolve",
    "reopen",
    "confirm",
    "reject",
)


@dataclass(frozen=True)
class PublicReply:
    """Words told to this one villager."""

    text: str
    final: bool
    said_on: date


@dataclass(frozen=True)
class PublicAddition:
    """What this one villager added while waiting."""

    text: str
    on: date


@dataclass(frozen=True)
class PublicEvent:
    """One thing that happened, by the name of the step, on a day; `unit` is who has the matter since."""

    action: str
    on: date
    unit: str | None


@dataclass(frozen=True)
class PublicCase:
    """What the holder of a code sees of the matter.

    `may_rate` says that a reply of this round waits for the villager's word, `may_add` that more can be said
    while it does not; `reply_due_on` is the day by which somebody owes a word.
    """

    state: str
    round: int
    own_words: str
    owner: str | None
    reply_due_on: date | None
    may_add: bool
    added: list[PublicAddition]
    replies: list[PublicReply]
    outcome: str | None
    rating: str | None
    may_rate: bool
    happened: list[PublicEvent]


def find_public_case(session: Session, *, rules: CountyRules, code: str) -> PublicCase:
    """Return the matter of a receipt code, typed in any case, with or without its dash.

    Raises NotFound for anything that is nobody's code; the caller counts those (trust.md T80).
    """
    person, case = _find(session, rules, code)
    zone = rules.zone
    replies = session.scalars(
        select(Reply).where(Reply.complainant_id == person.id).order_by(Reply.id.desc())
    ).all()
    owner = session.get(Unit, case.owner_id) if case.owner_id is not None else None
    entries = session.scalars(
        select(Entry).where(Entry.case_id == case.id, Entry.action.in_(SHOWN_ACTIONS)).order_by(Entry.seq)
    ).all()
    told = [
        (entry, facts)
        for entry in entries
        if (facts := load_facts(entry.action, entry.facts)) is not None and _concerns(entry, facts, person)
    ]
    codes = {new_owner(facts) for _, facts in told}
    named = session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes - {None})))
    names: dict[str, str] = {unit: name for unit, name in named}
    return PublicCase(
        state=case.state,
        round=case.round,
        own_words=person.own_words,
        owner=owner.name if owner is not None else None,
        reply_due_on=person.reply_due_on,
        may_add=_may_add(session, rules, case),
        added=[
            PublicAddition(words.text, words.received_at.astimezone(zone).date())
            for words in _added(session, person)
        ],
        replies=[
            PublicReply(reply.text, reply.final, reply.said_at.astimezone(zone).date()) for reply in replies
        ],
        outcome=case.outcome,
        rating=person.rating if person.visited_round == case.round else None,
        may_rate=_may_rate(case, person),
        happened=[
            PublicEvent(
                entry.action,
                entry.received_at.astimezone(zone).date(),
                names.get(new_owner(facts) or ""),
            )
            for entry, facts in told
        ],
    )


def add_words(session: Session, *, rules: CountyRules, code: str, text: str, now: datetime) -> PublicCase:
    """Add words to the holder's own matter; the same words a second time change nothing.

    Raises NotFound for nobody's code and Conflict `action_not_open` once the matter does not wait any more.
    """
    person, case = _find(session, rules, code)
    if all(words.text != text for words in _added(session, person)):
        take_step.take_step(
            session,
            actor=_villager(session, case),
            rules=rules,
            number=case.number,
            action="add_words",
            values=AddWordsValues(complainant=person.id, text=text),
            now=now,
        )
    return find_public_case(session, rules=rules, code=code)


def find_complainant(session: Session, *, rules: CountyRules, code: str) -> int:
    """Return the id of the complainant with a receipt code; raise NotFound for nobody's."""
    return _find(session, rules, code)[0].id


def rate(
    session: Session, *, rules: CountyRules, code: str, rating: str, words: str, now: datetime
) -> PublicCase:
    """Take the villager's own word on the reply: satisfied or fair is a return visit, else it is reopened.

    Raises NotFound for nobody's code and Conflict `action_not_open` before any reply or after the rating.
    """
    person, case = _find(session, rules, code)
    if not _may_rate(case, person):
        raise Conflict("action_not_open", action="confirm", reasons=["nothing_to_rate"], state=case.state)
    values: ActionValues
    if rating in CONTENT_RATINGS:
        action = "confirm"
        values = ConfirmValues(complainant=person.id, heard=True, rating=rating, words=words)
    else:
        action = "reopen"
        values = ReopenValues(complainant=person.id, reason=words or "不满意", words=words)
    take_step.take_step(
        session,
        actor=_villager(session, case),
        rules=rules,
        number=case.number,
        action=action,
        values=values,
        now=now,
    )
    return find_public_case(session, rules=rules, code=code)


def _find(session: Session, rules: CountyRules, code: str) -> tuple[Complainant, Case]:
    plain = receipt_codes.read_code(code)
    person = find_by_code(session, rules=rules, code=plain) if plain is not None else None
    if person is None:
        raise NotFound(receipt_code="unknown")
    return person, session.get_one(Case, person.case_id)


def _villager(session: Session, case: Case) -> Actor:
    """Make the actor for the village of the one case whose code was proved (accounts.access.permissions)."""
    village = session.get_one(Area, case.village_id)
    return Actor(None, "villager", None, None, village.path, frozenset({Role.VILLAGER.value}), village.id)


def _concerns(entry: Entry, facts: Facts, person: Complainant) -> bool:
    """Return whether an entry is about the whole matter or this villager, and not another one's own affair.

    A rung that only notes that nobody above could take the matter over is the office's affair.
    """
    if isinstance(facts, RegisterFacts):
        return person.id in facts.complainants
    if isinstance(facts, JoinFacts | AddedWordsFacts | ConfirmFacts):
        return facts.complainant == person.id
    return not (isinstance(facts, RungFacts) and facts.skipped)


def _added(session: Session, person: Complainant) -> Sequence[AddedWords]:
    """Return what somebody added, oldest first, to whichever matter theirs was merged into meanwhile."""
    of_person = select(AddedWords).where(AddedWords.complainant_id == person.id)
    return session.scalars(of_person.order_by(AddedWords.id)).all()


def _may_add(session: Session, rules: CountyRules, case: Case) -> bool:
    """Return whether the definition that the case runs under lets its villager add words in this state."""
    act = rules.services.definitions.get(session, case.workflow_hash).acts.get("add_words")
    return act is not None and case.state in act.sources


def _may_rate(case: Case, person: Complainant) -> bool:
    answered = person.answered_round == case.round
    return case.state == CaseState.RESOLVED and answered and person.visited_round != case.round
