"""Find everything that is kept of one person: who may be meant, and what is known to be the same person.

Names are sealed, so that looking for one opens every name in question: those of a village, or of everything,
and never more than 2,000.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from accounts.models import Area
from cases.access import identities
from cases.models.case import Case, Complainant
from cases.vocabulary import FORGOTTEN
from core.errors import Conflict, Invalid
from core.normalization.telephones import read_phone
from core.sealing.personal_keys import PersonalKeys
from core.text import plain

#: So many names are opened at most to look for one.
MOST_OPENED = 2000


def find_people(
    session: Session, keys: PersonalKeys, who: str, *, name: str | None, village: str | None
) -> list[Complainant]:
    """Return who may be meant: by a telephone or its last four digits, a case number in full, or a name.

    `name` tells several people apart, `village` is the code of the only one in which a name is looked for.
    Raises Invalid for an unknown village, and Conflict `too_many_names` where more than 2,000 names would
    have to be opened.
    """
    typed = plain(who)
    if any(char.isdigit() for char in typed):
        asked = identities.with_phone_or_end(keys, typed)
        if read_phone(who) is None:
            case = select(Case.id).where(Case.number == typed.upper()).scalar_subquery()
            asked = or_(asked, Complainant.case_id == case, Complainant.origin_case_id == case)
        found = list(session.scalars(select(Complainant).where(asked).order_by(Complainant.id)))
    else:
        found = _of_name(_within(session, village), keys, typed)
    return found if name is None else _of_name(found, keys, plain(name))


def same_person(session: Session, keys: PersonalKeys, first: Complainant) -> Sequence[Complainant]:
    """Return everything that is known to be the same person: of one name, and one telephone or household.

    Who gave no name is the same only where the telephone is; who gave neither stands alone, and so does
    somebody whose name was forgotten.
    """
    known, name = {first.id: first}, identities.name_of(first, keys)
    if name == FORGOTTEN:
        return [first]
    while True:
        phones = {phone for one in known.values() if (phone := identities.phone_of(one, keys)) is not None}
        houses = {person.household_id for person in known.values() if person.household_id is not None}
        reached: ColumnElement[bool] = identities.with_phone(keys, phones) if phones else false()
        if name is not None and houses:
            reached = or_(reached, Complainant.household_id.in_(houses))
        near = session.scalars(select(Complainant).where(reached)).all()
        further = [person for person in near if identities.name_of(person, keys) == name]
        if all(person.id in known for person in further):
            return [known[key] for key in sorted(known)]
        known |= {person.id: person for person in further}


def _of_name(people: Sequence[Complainant], keys: PersonalKeys, name: str) -> list[Complainant]:
    return [person for person in people if identities.name_of(person, keys) == name]


def _within(session: Session, village: str | None) -> Sequence[Complainant]:
    """Return the complainants among whom a name is looked for, those of one village or all."""
    statement = select(Complainant).where(Complainant.name.is_not(None)).order_by(Complainant.id)
    if village is not None:
        area = session.scalars(select(Area.id).where(Area.code == village)).one_or_none()
        if area is None:
            raise Invalid({"village": ["unknown_village"]})
        statement = statement.join(Case, Case.id == Complainant.case_id).where(Case.village_id == area)
    found = session.scalars(statement.limit(MOST_OPENED + 1)).all()
    if len(found) > MOST_OPENED:
        raise Conflict("too_many_names", most=MOST_OPENED)
    return found
