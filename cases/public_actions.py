"""Let whoever holds a receipt code act on their own matter: add words, rate the reply, have it reopened.

A form may be sent twice, by a second click or a page loaded again: the second time nothing is done, and the
matter is shown as the first time has left it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.history.facts import ReopenFacts
from cases.history.read_facts import load_facts
from cases.lifecycle import take_step
from cases.lifecycle.action_values import AddWordsValues, ConfirmValues, ReopenValues
from cases.lifecycle.context import CaseContext
from cases.models.case import Complainant
from cases.models.correspondence import ReturnVisit
from cases.models.receipt_codes import SelfRating
from cases.public_status import (
    PublicCase,
    find_complainant_row,
    find_public_case,
    find_self_rating,
    load_added,
    may_rate,
    villager_of,
)
from cases.vocabulary import CONTENT_RATINGS
from core.errors import Conflict
from workflow.definition.vocabulary import Rating

#: How a rating by code counts: as a return visit, or beside the case as the villager's own word.
VISIT, SELF = "visit", "self"
#: What stands as the reason where a villager gave none.
NO_REASON = "不满意"


@dataclass(frozen=True)
class PublicRating:
    """A matter after its villager has rated the reply, and how that counts."""

    matter: PublicCase
    counted: str


def add_words(session: Session, *, rules: CountyRules, code: str, text: str, now: datetime) -> PublicCase:
    """Add words to the holder's own matter; the same words a second time change nothing.

    Raises NotFound for nobody's code and Conflict `action_not_open` once the matter does not wait any more.
    """
    context, person = _load(session, rules, code, now)
    if all(words.text != text for words in load_added(session, person)):
        take_step.apply_action(context, "add_words", AddWordsValues(complainant=person.id, text=text))
    return find_public_case(session, rules=rules, code=code, now=now)


def rate(
    session: Session,
    *,
    rules: CountyRules,
    code: str,
    rating: str,
    words: str,
    now: datetime,
    round_no: int | None = None,
) -> PublicRating:
    """Take the villager's own word on the reply: satisfied or fair is a return visit, else it is reopened.

    A good rating by a code that the handling unit knows is no visit. `round_no` is the round that was shown
    when the word was given. Raises NotFound for nobody's code and Conflict `action_not_open` before any reply
    or after another rating.
    """
    context, person = _load(session, rules, code, now)
    content = rating in CONTENT_RATINGS
    waits = may_rate(context, person) and round_no in (None, context.case.round)
    if waits and not (content and find_self_rating(session, context.case, person)):
        if content:
            values = ConfirmValues(complainant=person.id, heard=True, rating=rating, words=words)
            take_step.apply_action(context, "confirm", values)
        else:
            _reopen(context, person, words or NO_REASON)
    elif not _is_last_word(session, person, rating, words):
        reasons = ["nothing_to_rate"]
        raise Conflict("action_not_open", action="confirm", reasons=reasons, state=context.case.state)
    last = _last_word(session, person)
    counted = SELF if isinstance(last, SelfRating) else VISIT
    return PublicRating(find_public_case(session, rules=rules, code=code, now=now), counted)


def reopen(
    session: Session,
    *,
    rules: CountyRules,
    code: str,
    words: str,
    now: datetime,
    round_no: int | None = None,
) -> PublicCase:
    """Take the matter up again on its villager's demand (domain.md section 2, `reopen`).

    Of one that is resolved it is the word of somebody dissatisfied. Raises NotFound for nobody's code and
    Conflict `action_not_open` where the life cycle does not let a villager reopen.
    """
    context, person = _load(session, rules, code, now)
    if not _was_reopened(session, context, words, round_no):
        _reopen(context, person, words)
    return find_public_case(session, rules=rules, code=code, now=now)


def _load(session: Session, rules: CountyRules, code: str, now: datetime) -> tuple[CaseContext, Complainant]:
    """Lock the matter of a code and read it as it is then: of two sendings the second sees the first."""
    found = find_complainant_row(session, rules=rules, code=code)
    context = take_step.load_for_action(
        session, actor=villager_of(found.Area), rules=rules, number=found.number, now=now
    )
    return context, context.complainant(found.id)


def _reopen(context: CaseContext, person: Complainant, words: str) -> None:
    values = ReopenValues(complainant=person.id, reason=words, words=words)
    take_step.apply_action(context, "reopen", values)


def _last_word(session: Session, person: Complainant) -> ReturnVisit | SelfRating | None:
    """Return the last rating that came by the code of a complainant; in one round a visit is the last."""
    visit = session.scalars(
        select(ReturnVisit)
        .where(ReturnVisit.complainant_id == person.id, ReturnVisit.by_id.is_(None))
        .order_by(ReturnVisit.id.desc())
    ).first()
    own = session.scalars(
        select(SelfRating).where(SelfRating.complainant_id == person.id).order_by(SelfRating.id.desc())
    ).first()
    if visit is None or own is None:
        return visit or own
    return own if own.round > visit.round else visit


def _is_last_word(session: Session, person: Complainant, rating: str, words: str) -> bool:
    """Return whether a rating is the one that came last, sent once more."""
    last = _last_word(session, person)
    given = words or (NO_REASON if rating == Rating.DISSATISFIED else "")
    return last is not None and (last.rating, last.words) == (rating, given)


def _was_reopened(session: Session, context: CaseContext, words: str, round_no: int | None) -> bool:
    """Return whether this very demand has begun the present round, or one after the round that was shown."""
    fresh = context.case.state in context.definition.steps["reopen"].sources
    if round_no == context.case.round and fresh:  # a withdrawal that goes on keeps its round
        return False
    last = session.scalars(
        select(Entry)
        .where(Entry.case_id == context.case.id, Entry.action == "reopen", Entry.actor_id.is_(None))
        .order_by(Entry.seq.desc())
    ).first()
    keys = context.rules.services.personal_keys
    facts = load_facts(last, keys) if last is not None else None
    began = isinstance(facts, ReopenFacts) and facts.reason == words
    return began and (round_no is not None or not context.case.final)
