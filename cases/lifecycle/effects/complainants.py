"""The people on a case: who joins, how their receipt codes work, and whose number was shown."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.access.confidentiality import may_know
from cases.configuration.case_rules import CaseRules
from cases.lifecycle import clocks, receipt_codes
from cases.lifecycle.context import Work
from cases.models.case import Complainant
from cases.persistence import search_index
from cases.persistence.bulk_rows import new_row
from core.chain import row_digest
from core.errors import Forbidden, Invalid
from roster.households import in_village
from roster.models import Household


@dataclass(frozen=True)
class ComplainantEntry:
    """Who raises a matter, as it was entered; without name, phone and household the voice is anonymous."""

    household: str | None = None
    name: str | None = None
    phone: str | None = None
    confidential: bool = False
    receipt_code: str | None = None


def add(
    work: Work, person: ComplainantEntry, own_words: str, field_name: str, *, reserved_id: int | None = None
) -> tuple[Complainant, str]:
    """Put a complainant on the case; give the row and the receipt code, which is shown this one time."""
    household = _household(work, person.household, f"{field_name}.household")
    code = _code(work, person.receipt_code, f"{field_name}.receipt_code")
    basis = clocks.period(work, "reply")
    row = new_row(
        Complainant,
        id=reserved_id,
        case_id=work.case.id,
        origin_case_id=work.case.id,
        household_id=household.id if household else None,
        name=person.name or (household.head if household else None),
        phone=person.phone or (household.phone if household else None),
        confidential=person.confidential,
        anonymous=not (person.name or person.phone or household),
        own_words=own_words,
        receipt_digest=receipt_codes.digest(work.rules.receipt_key, code),
        recorded_by_id=work.actor.user_id,
        joined_at=work.moment.now,
        reply_due_on=clocks.date_of(work, basis),
        reply_basis=basis,
        unreachable=False,
        withdrawn=False,
    )
    if reserved_id is None:
        work.session.add(row)
    else:
        work.fresh.append(row)
    work.complainants.append(row)
    return row, receipt_codes.grouped(code)


def join(work: Work, values: dict[str, Any]) -> None:
    """Add a further complainant with own words and an own code."""
    row, code = add(work, ComplainantEntry(**values["complainant"]), values["own_words"], "complainant")
    work.session.flush()  # the entry names the complainant by id
    search_index.enter(work.session.connection(), {row.id: row.own_words})
    work.facts["complainant"] = row.id
    work.facts["words"] = row_digest({"text": row.own_words})
    work.codes[row.id] = code


def reissue_receipt(work: Work, values: dict[str, Any]) -> None:
    """Replace a lost slip: a new code, and the old one dies."""
    person = work.complainant(values["complainant"])
    code = receipt_codes.read_code(receipt_codes.new_code())
    assert code is not None  # what new_code makes is always a code
    person.receipt_digest = receipt_codes.digest(work.rules.receipt_key, code)
    work.facts.update(complainant=person.id, reason=values.get("reason") or "")
    work.codes[person.id] = receipt_codes.grouped(code)


def reveal(work: Work, values: dict[str, Any]) -> None:
    """Show a masked phone number; that it was shown is what the entry records.

    Raises Forbidden for the number of a confidential voice that this person may not know.
    """
    person = work.complainant(values["complainant"])
    if not may_know(work.actor, person):
        raise Forbidden(action="reveal", reasons=["confidential"])
    work.facts.update(complainant=person.id, reason=values["reason"])
    work.revealed[person.id] = person.phone or ""


def _household(work: Work, key: str | None, field_name: str) -> Household | None:
    if key is None:
        return None
    household = work.session.scalars(
        select(Household).where(Household.key == key, in_village(work.village.path))
    ).first()
    if household is None:
        raise Invalid({field_name: ["unknown_household"]})
    return household


def _code(work: Work, given: str | None, field_name: str) -> str:
    """Take the code the phone printed, or make one; a code is never used twice."""
    if given is None:
        made = receipt_codes.read_code(receipt_codes.new_code())
        assert made is not None  # what new_code makes is always a code
        return made
    code = receipt_codes.read_code(given)
    if code is None:
        raise Invalid({field_name: ["not_a_receipt_code"]})
    if holder(work.session, rules=work.rules, code=code) is not None:
        raise Invalid({field_name: [receipt_codes.USED]})
    return code


def holder(session: Session, *, rules: CaseRules, code: str) -> Complainant | None:
    """Give whose code this is, in its plain form, whichever secret digested it; None for nobody's."""
    digests = receipt_codes.digests(rules.receipt_keys, code)
    return session.scalars(select(Complainant).where(Complainant.receipt_digest.in_(digests))).first()
