"""The people on a case: who joins, how their receipt codes work, and whose number was shown."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.quotas import usage
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.access import identities, receipt_codes
from cases.access.confidentiality import may_know
from cases.configuration.case_rules import CountyRules
from cases.history.facts import ComplainantReasonFacts, JoinFacts
from cases.history.facts_json import words_digest
from cases.lifecycle import clocks
from cases.lifecycle.action_values import ComplainantEntry, JoinValues, ReissueValues, RevealValues
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.identity import identity_of, plain_phone
from cases.models.case import Complainant
from cases.models.receipt_codes import CodeHolder
from cases.persistence.next_ids import next_id
from config.quotas import Quota
from core.errors import Forbidden, Invalid
from roster.households import in_village
from roster.models import Household


def add(
    change: Change,
    entry: ComplainantEntry,
    own_words: str,
    field_name: str,
    *,
    complainant_id: int,
) -> tuple[Complainant, str]:
    """Put a complainant on the case; give the row and the receipt code, which is shown this one time.

    The row has its id beforehand, for what says who it is is sealed for its place.
    """
    household = _household(change.before, entry.household, f"{field_name}.household")
    return _add(change, entry, own_words, field_name, complainant_id, household)


def _add(
    change: Change,
    entry: ComplainantEntry,
    own_words: str,
    field_name: str,
    complainant_id: int,
    household: Household | None,
) -> tuple[Complainant, str]:
    context = change.before
    code = _code(context, entry.receipt_code, f"{field_name}.receipt_code")
    basis = clocks.period(context, "reply")
    row = Complainant(
        id=complainant_id,
        case_id=change.case.id,
        origin_case_id=change.case.id,
        household_id=household.id if household else None,
        confidential=entry.confidential,
        anonymous=not (entry.name or entry.phone or household),
        own_words=own_words,
        receipt_digest=receipt_codes.digest(context.rules.services.receipt_key, code),
        recorded_by_id=context.actor.user_id,
        joined_at=context.moment.now,
        reply_due_on=clocks.date_of(context, basis),
        reply_basis=basis,
        unreachable=False,
        withdrawn=False,
    )
    identities.write_identity(
        row,
        context.rules.services.personal_keys,
        name=entry.name or (household.head if household else None),
        phone=_phone(entry, f"{field_name}.phone") or (household.phone if household else None),
    )
    change.new_rows += [row, *_shown_to(context, row)]
    change.complainants.append(row)
    usage.note(context.session, Quota.COMPLAINANTS)
    return row, receipt_codes.grouped(code)


def join(context: CaseContext, change: Change, values: JoinValues) -> JoinFacts:
    """Add a further complainant with own words and an own code.

    Raises Invalid for somebody who is one already, as far as this person may know.
    """
    entry = values.complainant
    household = _household(context, entry.household, "complainant.household")
    _require_another(context, entry, household)
    complainant_id = next_id(context.session, Complainant.id)
    row, code = _add(change, entry, values.own_words, "complainant", complainant_id, household)
    change.codes[row.id] = code
    return JoinFacts(complainant=row.id, words=words_digest(row.own_words))


def _require_another(context: CaseContext, entry: ComplainantEntry, household: Household | None) -> None:
    """Refuse somebody who is on the case; a name alone may be another person's."""
    known = identity_of(household.id if household else None, entry.name or None, entry.phone)
    if not (known[0] or known[2]):
        return
    keys = context.rules.services.personal_keys
    for person in context.complainants:
        if not may_know(context.actor, person):
            continue
        name = identities.name_of(person, keys) if entry.name else None
        if identity_of(person.household_id, name, identities.phone_of(person, keys)) == known:
            raise Invalid({"complainant": ["already_complainant"]})


def reissue_receipt(context: CaseContext, change: Change, values: ReissueValues) -> ComplainantReasonFacts:
    """Replace a lost slip: a new code, and the old one dies."""
    person = context.complainant(values.complainant)
    code = receipt_codes.read_code(receipt_codes.new_code())
    assert code is not None  # what new_code makes is always a code
    person.receipt_digest = receipt_codes.digest(context.rules.services.receipt_key, code)
    context.session.add_all(_shown_to(context, person))
    change.codes[person.id] = receipt_codes.grouped(code)
    return ComplainantReasonFacts(reason=values.reason, complainant=person.id)


def reveal(context: CaseContext, change: Change, values: RevealValues) -> ComplainantReasonFacts:
    """Show a masked phone number; that it was shown is what the entry records.

    Raises Forbidden for the number of a confidential complainant whom this person may not know.
    """
    person = context.complainant(values.complainant)
    if not may_know(context.actor, person):
        raise Forbidden(action="reveal", reasons=["confidential"])
    change.revealed[person.id] = identities.phone_of(person, context.rules.services.personal_keys) or ""
    shown.note(Event.REVEALED, [change.case.number])
    return ComplainantReasonFacts(reason=values.reason, complainant=person.id)


def _shown_to(context: CaseContext, person: Complainant) -> list[CodeHolder]:
    """Make the note that the unit of whoever does this is shown the code: nobody else is."""
    unit_id = context.actor.unit_id
    if unit_id is None:
        return []
    digest = person.receipt_digest
    return [CodeHolder(receipt_digest=digest, unit_id=unit_id, complainant_id=person.id)]


def _household(context: CaseContext, key: str | None, field_name: str) -> Household | None:
    if key is None:
        return None
    household = context.session.scalars(
        select(Household).where(Household.key == key, in_village(context.village.path))
    ).first()
    if household is None:
        raise Invalid({field_name: ["unknown_household"]})
    return household


def _phone(entry: ComplainantEntry, field_name: str) -> str | None:
    """Take the telephone in the form in which it is kept."""
    if entry.phone is None:
        return None
    return plain_phone(entry.phone, field_name, as_written=entry.phone_as_written)


def _code(context: CaseContext, given: str | None, field_name: str) -> str:
    """Take the code the phone printed, or make one; a code is never used twice."""
    if given is None:
        made = receipt_codes.read_code(receipt_codes.new_code())
        assert made is not None  # what new_code makes is always a code
        return made
    code = receipt_codes.read_code(given)
    if code is None:
        raise Invalid({field_name: ["not_a_receipt_code"]})
    if find_by_code(context.session, rules=context.rules, code=code) is not None:
        raise Invalid({field_name: [receipt_codes.USED]})
    return code


def find_by_code(session: Session, *, rules: CountyRules, code: str) -> Complainant | None:
    """Return whose code this is, in its plain form, whichever secret digested it; None for nobody's."""
    digests = receipt_codes.digests(rules.services.receipt_keys, code)
    return session.scalars(select(Complainant).where(Complainant.receipt_digest.in_(digests))).first()
