"""Keep who raised a matter: telephones in the one form in which they are compared, and corrections."""

from typing import Any

from cases.access import identities
from cases.access.confidentiality import may_know
from cases.history.amendment_facts import AmendIdentityFacts
from cases.lifecycle.action_values import AmendValues
from cases.lifecycle.change import Change
from cases.models.case import Complainant
from core.errors import Forbidden, Invalid
from core.normalization.folding import fold
from core.normalization.telephones import read_phone
from core.text import mask_phone, problem_of_name

LONGEST_PHONE = 40


def amend_identity(change: Change, values: AmendValues) -> AmendIdentityFacts:
    """Correct the name or the telephone of a complainant; of a number the history keeps the masked form.

    Raises what `amended_complainant` does, and Invalid by `value`.
    """
    person = amended_complainant(change, values)
    keys = change.before.rules.services.personal_keys
    if values.field == "name":
        before, after = identities.name_of(person, keys), _name(values)
        identities.write_name(person, keys, after)
    else:
        before = identities.phone_of(person, keys)
        after = plain_phone(values.value, "value", as_written=values.phone_as_written)
        identities.write_phone(person, keys, after)
    person.anonymous = False
    shown = mask_phone if values.field == "phone" else str
    return AmendIdentityFacts(
        reason=values.reason,
        field=values.field,
        complainant=person.id,
        before=shown(before) if before is not None else None,
        after=shown(after),
    )


def amended_complainant(change: Change, values: AmendValues) -> Complainant:
    """Find whose household, name or telephone is corrected.

    Raises Invalid where it is not said of several, Forbidden for a confidential complainant whom this person
    may not know: the entry would tell what stood there before.
    """
    if values.complainant is None and len(change.complainants) != 1:
        raise Invalid({"field": ["more_than_one_complainant"]})
    given = values.complainant
    person = change.complainants[0] if given is None else change.before.complainant(given)
    if not may_know(change.before.actor, person):
        raise Forbidden(action="amend", reasons=["confidential"])
    return person


def identity_of(household: Any, name: str | None, phone: str | None) -> tuple[Any, str, str]:
    """Return what tells a person from others, whatever way it was written: household, name and telephone."""
    return household, "".join(fold(name or "").split()), read_phone(phone or "") or (phone or "").strip()


def plain_phone(given: str, field_name: str, *, as_written: bool) -> str:
    """Return a telephone as it is kept.

    Raises Invalid for what cannot be dialled, unless somebody was asked and stands by it.
    """
    number = read_phone(given)
    if number is None and not as_written:
        raise Invalid({field_name: ["not_a_phone"]})
    if number is None and (problem := problem_of_name(given, LONGEST_PHONE)):
        raise Invalid({field_name: [problem]})
    return number or given.strip()


def _name(values: AmendValues) -> str:
    problem = problem_of_name(values.value)
    if problem is not None:
        raise Invalid({"value": [problem]})
    return values.value.strip()
