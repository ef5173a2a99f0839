"""Let whoever holds a receipt code see their own matter, and nothing else.

What is given out holds no name and no phone of a person, no address, no photo, and nobody else's words
(domain.md section 1, Complainant). A code that is nobody's and one that is mistyped are refused alike. What
the holder may do stands in `public_actions`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.access.permissions import Role
from accounts.models import Area
from accounts.register_values import KnownUnit
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.context import CaseContext
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_for_reading
from cases.models.case import Case, Complainant
from cases.models.correspondence import AddedWords, Reply
from cases.models.receipt_codes import SelfRating
from cases.public_events import PublicEvent, load_public_events
from cases.public_history import load_own_history, read_handling_dates
from cases.vocabulary import HANDLED_STATES
from config.vocabulary import UnitKind
from core.errors import NotFound
from workflow import machine
from workflow.definition.vocabulary import CaseState
from workflow.limits import REOPEN_WITHIN
from workflow.situation import Situation


@dataclass(frozen=True)
class PublicReply:
    """Words told to this one villager; `late_days` is by how many days they came after they were owed."""

    text: str
    final: bool
    said_on: date
    late_days: int


@dataclass(frozen=True)
class PublicAddition:
    """What this one villager added while waiting."""

    text: str
    on: date


@dataclass(frozen=True)
class PublicContact:
    """Whom the villager may ask: the unit that owes the reply, which never is the one that handles it."""

    name: str
    phone: str | None


@dataclass(frozen=True)
class PublicCase:
    """What the holder of a code sees of the matter.

    `state` is one of the program's: the county's own are the office's affair, and
    `state_words` what the definition says of them to villagers, by language.
    `may_rate` says that a reply of this round waits for the villager's word, `may_add` that more can be said
    while it does not, `may_reopen` that it can be demanded that the matter be taken up again, where it has
    ended until `reopen_until`, `appeal_only` that it cannot by code any more. `reply_due_on` is the day by
    which somebody owes a word, `handling_due_on` the one by which the matter is to be handled, `provisional`
    says that a notice may still move one of them; the days late count from the day after.
    `handling_missed_on` is the first handling date of this round that passed, whatever was granted
    afterwards, and `handling_late_days` counts from it, to today or the day of the answer. `promised_on` is
    the day for which a planned matter was promised, as long as it waits for it. `reopened` says that it was
    taken up again since its villager came, `self_rated` that the rating of this round is one by a code that
    the handling unit knows.
    """

    state: str
    state_words: Mapping[str, str] | None
    round: int
    reopened: bool
    own_words: str
    owner: str | None
    contact: PublicContact
    reply_due_on: date | None
    reply_late_days: int
    handling_due_on: date | None
    handling_missed_on: date | None
    handling_late_days: int
    promised_on: date | None
    promised_late_days: int
    provisional: bool
    may_add: bool
    added: list[PublicAddition]
    replies: list[PublicReply]
    outcome: str | None
    rating: str | None
    self_rated: bool
    may_rate: bool
    may_reopen: bool
    appeal_only: bool
    reopen_until: date | None
    happened: list[PublicEvent]


def find_public_case(session: Session, *, rules: CountyRules, code: str, now: datetime) -> PublicCase:
    """Return the matter of a receipt code, however it was typed.

    Raises NotFound for anything that is nobody's code; the caller counts those (threats.md T80).
    """
    found = find_complainant_row(session, rules=rules, code=code)
    context = load_for_reading(
        session, actor=villager_of(found.Area), rules=rules, number=found.number, now=now
    )
    person = context.complainant(found.id)
    case, zone = context.case, rules.zone
    replies = session.scalars(
        select(Reply).where(Reply.complainant_id == person.id).order_by(Reply.id.desc())
    ).all()
    said = find_self_rating(session, case, person)
    visited = person.visited_round == case.round
    team, rating_open = contact_of(context), may_rate(context, person)
    own = load_own_history(session, person, rules.services.personal_keys)
    handling = read_handling_dates(context, own)
    promised_on = context.round.promised_on if case.stage == CaseState.RESOLVED else None
    situation = build_situation(context)
    closed_by = _reasons(context, situation, "reopen")
    reopening = not (rating_open and said is None) and not closed_by
    return PublicCase(
        state=case.stage,
        state_words=_state_words(context),
        round=case.round,
        reopened=handling.reopened,
        own_words=person.own_words,
        owner=context.unit(case.owner_id).name if case.owner_id is not None else None,
        contact=PublicContact(team.name, team.phone),
        reply_due_on=person.reply_due_on,
        reply_late_days=days_late(person.reply_due_on, context.today),
        handling_due_on=case.handling_due_on,
        handling_missed_on=handling.missed_on,
        handling_late_days=handling.late_days,
        promised_on=promised_on,
        promised_late_days=days_late(promised_on, context.today),
        provisional=context.calendar.is_any_provisional(person.reply_due_on, case.handling_due_on),
        may_add=not _reasons(context, situation, "add_words"),
        added=[
            PublicAddition(words.text, words.received_at.astimezone(zone).date())
            for words in load_added(session, person)
        ],
        replies=[
            PublicReply(
                reply.text,
                reply.final,
                reply.said_at.astimezone(zone).date(),
                days_late(reply.due_on, reply.received_at.astimezone(zone).date()),
            )
            for reply in replies
        ],
        outcome=case.outcome,
        rating=person.rating if visited else said.rating if said is not None else None,
        self_rated=said is not None and not visited,
        may_rate=rating_open and said is None,
        may_reopen=reopening,
        appeal_only=closed_by == ("appeal_only",),
        reopen_until=case.entered_on + REOPEN_WITHIN if reopening and case.final else None,
        happened=load_public_events(session, context, person, own),
    )


def contact_of(context: CaseContext) -> KnownUnit:
    """Return the unit that a villager is sent to: that which owes the reply, unless it handles the matter.

    The unit that handles gives no new slip and must not learn the code; then it is a work team of the place.
    """
    case = context.case
    if case.owner_id != case.reply_owner_id or case.stage not in HANDLED_STATES:
        return context.unit(case.reply_owner_id)
    teams = [
        unit
        for unit in context.covering.units.values()
        if unit.active
        and unit.kind == UnitKind.TEAM
        and unit.id not in (case.owner_id, *context.closed_units)
        and context.has_able(unit.id)
    ]
    return min(teams, key=lambda unit: unit.id) if teams else context.unit(case.reply_owner_id)


def find_complainant(session: Session, *, rules: CountyRules, code: str) -> int:
    """Return the id of the complainant who holds a code; raise NotFound for nobody's."""
    return find_complainant_row(session, rules=rules, code=code)[0]


def find_complainant_row(session: Session, *, rules: CountyRules, code: str) -> Row[int, str, Area]:
    """Return who holds a code: `id`, the `number` of the case, and its village as `Area`.

    Nothing of the case itself is loaded, so that whoever locks it afterwards reads it as it is then. Raises
    NotFound for anything that is nobody's code.
    """
    plain = receipt_codes.read_code(code)
    found: Row[int, str, Area] | None = None
    if plain is not None:
        digests = receipt_codes.digests(rules.services.receipt_keys, plain)
        found = session.execute(
            select(Complainant.id, Case.number, Area)
            .join(Case, Case.id == Complainant.case_id)
            .join(Area, Area.id == Case.village_id)
            .where(Complainant.receipt_digest.in_(digests))
        ).first()
    if found is None:
        raise NotFound(receipt_code="unknown")
    return found


def villager_of(village: Area) -> Actor:
    """Make the actor for the village of the one case whose code was proved (accounts.access.permissions)."""
    return Actor(None, "villager", None, None, village.path, frozenset({Role.VILLAGER.value}), village.id)


def days_late(due_on: date | None, today: date) -> int:
    """Count the days since a date that has passed; none where there is no date or it lies ahead."""
    return max((today - due_on).days, 0) if due_on is not None else 0


def _state_words(context: CaseContext) -> Mapping[str, str] | None:
    """Return what the definition of a case says to villagers of a state of the county's own, if it does."""
    said = context.definition.states[context.case.state].public
    return said._asdict() if said is not None else None


def may_rate(context: CaseContext, person: Complainant) -> bool:
    """Return whether a reply of this round waits for the return visit of this complainant.

    A county may let a matter be visited from some of the states after the reply alone.
    """
    case, confirm = context.case, context.definition.steps.get("confirm")
    answered = person.answered_round == case.round and person.visited_round != case.round
    return answered and confirm is not None and case.state in confirm.sources


def find_self_rating(session: Session, case: Case, person: Complainant) -> SelfRating | None:
    """Return the good rating that is kept beside the case in this round, if there is one."""
    return session.scalars(
        select(SelfRating).where(
            SelfRating.complainant_id == person.id,
            SelfRating.case_id == case.id,
            SelfRating.round == case.round,
        )
    ).first()


def load_added(session: Session, person: Complainant) -> Sequence[AddedWords]:
    """Return what somebody added, oldest first, to whichever matter theirs was merged into meanwhile."""
    of_person = select(AddedWords).where(AddedWords.complainant_id == person.id)
    return session.scalars(of_person.order_by(AddedWords.id)).all()


def _reasons(context: CaseContext, situation: Situation, action: str) -> tuple[str, ...]:
    """Return why the definition of a case keeps its villager from an action now; nothing where it is open."""
    definition = context.definition
    if not definition.has_action(action):
        return ("no_such_action",)
    return machine.availability(definition, situation, action).reasons
