"""Take a complaint in: one submission becomes one case, however often a phone sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.register_values import KnownArea, KnownUnit
from cases.access.visibility import names_user
from cases.configuration.case_rules import CountyRules
from cases.history.entries import OFFLINE_AFTER
from cases.history.facts import RegisterFacts
from cases.history.facts_json import new_salt, words_digest
from cases.intake import category_answers
from cases.intake.numbering import Reserved, reserve
from cases.intake.submission import DoorReply, Intake
from cases.lifecycle import clocks, take_step
from cases.lifecycle.action_values import OutcomeValues, ReplyEntry
from cases.lifecycle.change import ActionResult, Change
from cases.lifecycle.commit_change import REGISTRATION, commit_change, write_change
from cases.lifecycle.conflict_of_interest import add_named
from cases.lifecycle.context import CaseContext, Moment
from cases.lifecycle.effects.amendments import attach_files
from cases.lifecycle.effects.complainants import add
from cases.models.case import Case, Named, Round
from cases.responsibility import receiving_unit
from cases.responsibility.covering_units import CoveringUnits, in_charge
from cases.responsibility.named_in_matter import NamedInMatter, find_named
from cases.responsibility.receiving_unit import RegistrationContext
from core.errors import Conflict, Invalid
from core.persistence.db import ReadAgain
from workflow import deadlines, machine


@dataclass(frozen=True)
class Registered:
    """A case and whether this call made it; `result` has the codes that are shown this one time.

    `withheld` says that whoever registers it gets neither number nor code, for the matter is, or may be,
    about them or their unit: the team issues the slip (domain.md section 1, Roles).
    """

    case: Case
    created: bool
    result: ActionResult | None = None
    withheld: bool = False

    @property
    def codes(self) -> Mapping[int, str]:
        """The receipt codes by complainant id, in this answer alone."""
        return self.result.codes if self.result is not None else {}


def register(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    intake: Intake,
    now: datetime,
    stored_at: datetime | None = None,
    imported: bool = False,
) -> Registered:
    """Make a case of a complaint; the same client reference with the same body gives the same case again.

    Clocks start on the local day of `now`, whatever is claimed of when it happened. Raises Invalid for an
    unknown village, category, household or attachment, for unfit answers and for the same person twice, and
    Conflict `client_ref_reused` for another body.
    """
    policy.require(actor, Permission.CASES_REGISTER)
    place = receiving_unit.load_registration_context(
        session, village=intake.village, client_ref=intake.client_ref
    )
    known = _known(session, place, intake)
    if known is not None:
        if known.body_digest not in intake.digests(rules.services.receipt_keys):
            raise Conflict("client_ref_reused", client_ref=intake.client_ref)
        return Registered(known, created=False, withheld=_is_withheld(session, actor, known))
    moment = Moment.at(
        now,
        rules.zone,
        happened_at=intake.happened_at,
        recorded_at=intake.recorded_at,
        stored_at=stored_at,
        imported=imported,
    )
    if place is None:
        raise Invalid({"village": ["unknown_village"]})
    if not intake.complainants:
        raise Invalid({"complainants": ["required"]})
    repeated = intake.repeated_complainant()
    if repeated is not None and not imported:
        raise Invalid({f"complainants.{repeated}": ["given_twice"]})
    if intake.category not in rules.categories:
        raise Invalid({"category": ["unknown_category"]})
    answers = category_answers.validate_answers(rules, intake.category, intake.answers, imported=imported)
    named = find_named(
        session, actor=actor, over=place.over, units=intake.named_units, users=intake.named_users
    )
    change, reserved = _open(
        session, actor=actor, rules=rules, intake=intake, moment=moment, place=place, named=named
    )
    withheld = named.name(actor) or bool(named.words and change.case.reply_owner_id != actor.unit_id)
    try:
        _add_complainants(change, intake, reserved.complainant_ids, given=not withheld)
    except Invalid:
        if _is_registered(session, intake):  # by a twin of this submission, which has used its codes
            raise ReadAgain from None
        raise
    digests = category_answers.store(change, answers)
    clocks.start(change, "triage", clocks.period(change.before, "triage"))
    if intake.named_units or intake.named_users or intake.attachments:
        write_change(change)  # what is hung on the case needs it to stand
    add_named(change, named)
    attach_files(change, intake.attachments)
    facts = RegisterFacts(
        number=change.case.number,
        complainants=tuple(person.id for person in change.complainants),
        words=words_digest(intake.own_words),
        answers=digests,
    )
    result = commit_change(change, "register", facts, REGISTRATION)
    if intake.reply is not None:
        answered = _answer_at_the_door(result.context, intake.reply)
        result = replace(answered, codes=result.codes)
    if withheld:
        result = replace(result, codes={})
    return Registered(result.case, created=True, result=result, withheld=withheld)


def _known(session: Session, place: RegistrationContext | None, intake: Intake) -> Case | None:
    """Return the case that this submission made before, also when its village is no more."""
    if place is None:
        return session.scalars(select(Case).where(Case.client_ref == intake.client_ref)).first()
    return session.get(Case, place.known_id) if place.known_id is not None else None


def _is_registered(session: Session, intake: Intake) -> bool:
    """Return whether a case has this submission's reference by now."""
    return session.scalars(select(Case.id).where(Case.client_ref == intake.client_ref)).first() is not None


def _is_withheld(session: Session, actor: Actor, case: Case) -> bool:
    """Tell of a matter that was registered before whether this person may know of it by its number."""
    if actor.user_id is None or not names_user(session, number=case.number, user_id=actor.user_id):
        return False
    named = session.scalars(select(Named.id).where(Named.case_id == case.id).limit(1)).first() is not None
    return named or case.reply_owner_id != actor.unit_id


def _open(
    session: Session,
    *,
    actor: Actor,
    rules: CountyRules,
    intake: Intake,
    moment: Moment,
    place: RegistrationContext,
    named: NamedInMatter,
) -> tuple[Change, Reserved]:
    village = place.village
    _check_village(village, actor, moment)
    profile = deadlines.choose_profile(
        rules.profiles,
        urgency=intake.urgency,
        kind=intake.kind,
        category_profile=rules.categories[intake.category].profile,
        channel=intake.channel,
    )
    closed = place.over.closed_by(frozenset(named.units), named.user_ids)
    unit = receiving_unit.find_receiver(place.over, unit_id=actor.unit_id, village=village, closed=closed)
    reserved = reserve(
        session,
        village_id=village.id,
        village_code=village.code,
        year=moment.today.year,
        complainants=len(intake.complainants),
        number_key=rules.services.number_key,
        names_somebody=named.anybody,
    )
    case = Case(
        id=reserved.case_id,
        number=reserved.number,
        village_id=village.id,
        village_name=village.name,
        category=intake.category,
        kind=intake.kind,
        urgency=intake.urgency,
        channel=intake.channel,
        own_words=intake.own_words,
        words_salt=new_salt(),
        client_ref=intake.client_ref,
        body_digest=intake.digests(rules.services.receipt_keys)[0],
        workflow_hash=rules.definition.hash,
        state=machine.initial(rules.definition),
        final=False,
        round=1,
        version=1,
        owner_id=unit.id,
        accepted=False,
        reply_owner_id=unit.id,
        reply_person_id=_in_charge(actor, unit, place.over, named),
        overdue=False,
        profile=profile.code,
        imported=moment.imported,
        offline=moment.now - moment.recorded_at > OFFLINE_AFTER and not moment.imported,
        recorded_by_id=actor.user_id,
        happened_at=moment.happened_at,
        recorded_at=moment.recorded_at,
        received_at=moment.now,
        received_on=moment.today,
        entered_on=moment.today,
        due_on=moment.today,
        handling_due_on=None,
        reply_due_on=None,
        answered_at=None,
        last_seq=1,
        last_hash="",
    )
    present = Round(
        case_id=case.id,
        round=1,
        opened_on=moment.today,
        answered_on=None,
        late=False,
        extended=False,
        returns=0,
        binding=False,
        suspensions=0,
        extensions=0,
        escalated_to=[],
        sent_down_by=[],
    )
    context = CaseContext(
        session=session,
        rules=rules,
        actor=actor,
        moment=moment,
        definition=rules.definition,
        calendar=rules.services.calendars.at(session, place.calendar_revision),
        village=village,
        covering=place.over,
        case=case,
        round=present,
        clocks={},
        complainants=[],
        has_records=False,
    )
    change = Change.of(context)
    change.new_rows += [case, present]
    return change, reserved


def _check_village(village: KnownArea, actor: Actor, moment: Moment) -> None:
    """Raise Invalid for a village outside the person's area or one that is not in force today."""
    if not village.path.startswith(actor.area_path):
        raise Invalid({"village": ["unknown_village"]})
    if village.valid_until is not None and village.valid_until < moment.today and not moment.imported:
        raise Invalid({"village": ["village_no_longer_exists"]})


def _in_charge(actor: Actor, unit: KnownUnit, over: CoveringUnits, named: NamedInMatter) -> int | None:
    """Choose who answers for the replies: the recorder, or whoever of the unit the matter is not about."""
    if actor.unit_id == unit.id and not named.name(actor):
        return actor.user_id
    return in_charge([one for one in over.staff if one.user_id not in named.user_ids], unit.id)


def _add_complainants(change: Change, intake: Intake, ids: list[int], *, given: bool) -> None:
    """Put the complainants on the case; unless `given`, a code that was sent with them is not taken.

    It would be a key in the hands of somebody whom the matter is about.
    """
    for index, sent in enumerate(intake.complainants):
        entry = sent if given else replace(sent, receipt_code=None)
        field_name = f"complainants.{index}"
        row, code = add(change, entry, intake.own_words, field_name, complainant_id=ids[index])
        change.codes[row.id] = code
    if len({row.receipt_digest for row in change.complainants}) != len(intake.complainants):
        raise Invalid({"complainants": ["receipt_code_used"]})


def _answer_at_the_door(context: CaseContext, reply: DoorReply) -> ActionResult:
    """Answer every complainant with the same words, in the same submission."""
    said = tuple(ReplyEntry(person.id, reply.channel, reply.text) for person in context.complainants)
    values = OutcomeValues(outcome=reply.outcome, promised_on=reply.promised_on, replies=said)
    return take_step.apply_action(context, "answer", values)
