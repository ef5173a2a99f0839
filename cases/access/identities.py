"""Open, write and find who a complainant is: name and telephone are sealed at rest (decision 0052).

A telephone is found by a keyed digest of its one form, or of its last four digits; a name by opening the
names of the rows in question. Who may know what is opened says `cases.access.confidentiality`.
"""

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import ColumnElement, or_

from cases.models.case import Complainant
from cases.vocabulary import FORGOTTEN, UNREADABLE
from core.normalization.telephones import read_phone
from core.sealing.personal_keys import NotOpened, PersonalKeys
from core.text import plain

Column = Literal["name", "phone"]
COLUMNS: tuple[Column, ...] = ("name", "phone")
#: So many digits at the end of a telephone are enough to look for it.
END_DIGITS = 4
#: Those of a telephone and of its end; none of one that is not there.
Digests = tuple[str | None, str | None]
WHOLE, END = "phone", "phone end"


def name_of(person: Complainant, keys: PersonalKeys) -> str | None:
    """Return a complainant's name; None without one, and for what does not open, which `verify` names."""
    return _opened(person, "name", keys)


def shown_name_of(person: Complainant, keys: PersonalKeys) -> str | None:
    """Return a complainant's name as it is shown; UNREADABLE for what does not open."""
    return None if person.name is None else name_of(person, keys) or UNREADABLE


def phone_of(person: Complainant, keys: PersonalKeys) -> str | None:
    """Return a complainant's telephone; None without one, and for what does not open."""
    return _opened(person, "phone", keys)


def write_identity(person: Complainant, keys: PersonalKeys, *, name: str | None, phone: str | None) -> None:
    """Write who a complainant is, whose row has its id by now."""
    write_name(person, keys, name)
    write_phone(person, keys, phone)


def write_name(person: Complainant, keys: PersonalKeys, name: str | None) -> None:
    """Write a complainant's name, sealed for its row."""
    person.name = None if name is None else keys.seal(name, place_of("name", person.id))


def write_phone(person: Complainant, keys: PersonalKeys, phone: str | None) -> None:
    """Write a complainant's telephone, sealed for its row, and the digests by which it is found."""
    person.phone = None if phone is None else keys.seal(phone, place_of("phone", person.id))
    person.phone_digest, person.phone_end_digest = digests_of(phone, keys)


def digests_of(phone: str | None, keys: PersonalKeys) -> Digests:
    """Return the digests of a telephone and of its end, under the key that seals."""
    return all_digests_of(phone, keys)[0]


def all_digests_of(phone: str | None, keys: PersonalKeys) -> list[Digests]:
    """Return the same under every key, the one that seals first."""
    if phone is None:
        return [(None, None)]
    whole = one_form(phone)
    end = end_of(whole)
    return [(key.digest(WHOLE, whole), None if end is None else key.digest(END, end)) for key in keys.all]


def one_form(phone: str) -> str:
    """Return a telephone in the one form in which it is compared; what cannot be dialled as it is typed."""
    return read_phone(phone) or plain(phone)


def end_of(form: str) -> str | None:
    """Return the last four digits of a telephone in its one form, before its extension; None for fewer."""
    digits = "".join(filter(str.isdigit, form.partition("转")[0]))
    return digits[-END_DIGITS:] if len(digits) >= END_DIGITS else None


def with_phone(keys: PersonalKeys, phones: Iterable[str]) -> ColumnElement[bool]:
    """Keep the complainants who have one of these telephones, however they were typed."""
    digests = [digest for phone in phones for digest in keys.digests(WHOLE, one_form(phone))]
    return Complainant.phone_digest.in_(digests)


def with_phone_end(keys: PersonalKeys, digits: str) -> ColumnElement[bool]:
    """Keep the complainants whose telephone ends with these four digits."""
    return Complainant.phone_end_digest.in_(keys.digests(END, digits))


def with_phone_or_end(keys: PersonalKeys, typed: str) -> ColumnElement[bool]:
    """Keep the complainants whose telephone is, or of four digits ends with, what was typed."""
    digits = plain(typed)
    if len(digits) == END_DIGITS and digits.isdecimal():
        return or_(with_phone(keys, [typed]), with_phone_end(keys, digits))
    return with_phone(keys, [typed])


def place_of(column: Column, complainant_id: int) -> str:
    """Return where a name or telephone belongs: table, column and row."""
    return f"complainants.{column}.{complainant_id}"


def _opened(person: Complainant, column: Column, keys: PersonalKeys) -> str | None:
    sealed = getattr(person, column)
    if sealed is None or (sealed.key_id is None and sealed.stored != FORGOTTEN):
        return None  # a start seals what earlier versions wrote: what is clear now the program did not write
    try:
        return keys.open(sealed, place_of(column, person.id))
    except NotOpened:
        return None
