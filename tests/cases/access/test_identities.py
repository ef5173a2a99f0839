"""Who a complainant is: found by the telephone however it is typed, and readable in its own row alone."""

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement, select

from cases.access import identities
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from cases.vocabulary import FORGOTTEN, UNREADABLE
from core.persistence.db import Database
from core.sealing.sealed_columns import SEALED, SealedText
from tests.builders import PERSONAL_KEYS
from tests.cases.breaking_in import break_in, found

ACase = Callable[..., Case]


def people(town: Database, *where: ColumnElement[bool]) -> list[tuple[str | None, str | None]]:
    with town.reading() as session:
        rows = session.scalars(select(Complainant).where(*where).order_by(Complainant.id))
        return [
            (identities.name_of(row, PERSONAL_KEYS), identities.phone_of(row, PERSONAL_KEYS)) for row in rows
        ]


@pytest.fixture
def three(a_case: ACase, town: Database) -> Database:
    """Return a township with somebody on a mobile, on a line with an extension, and without a number."""
    for name, phone in (("田某", "13800002046"), ("覃某", "0834-1234567转12"), ("向某", None)):
        a_case(complainants=(ComplainantEntry(name=name, phone=phone),))
    return town


@pytest.mark.parametrize(
    "typed", ["13800002046", "138 0000 2046", "+86 13800002046", "１３８００００２０４６"]
)
def test_a_telephone_is_found_however_it_is_typed(three: Database, typed: str) -> None:
    assert people(three, identities.with_phone(PERSONAL_KEYS, [typed])) == [("田某", "13800002046")]


@pytest.mark.parametrize(
    ("typed", "names"),
    [("2046", ["田某"]), ("４５６７", ["覃某"]), ("0012", []), ("046", []), ("13800002047", [])],
)
def test_a_telephone_is_found_by_its_last_four_digits_before_an_extension(
    three: Database, typed: str, names: list[str]
) -> None:
    where = identities.with_phone_or_end(PERSONAL_KEYS, typed)
    assert [name for name, _phone in people(three, where)] == names


def test_of_neither_the_database_tells_anything(three: Database) -> None:
    with three.reading() as session:
        rows = session.execute(select(Complainant.name, Complainant.phone, Complainant.phone_digest)).all()
    assert not any(told in repr(rows) for told in ("田", "覃", "13800002046", "2046", "4567"))
    assert len({row.phone_digest for row in rows}) == 3


def test_what_somebody_moves_to_another_row_is_nobodys_name_and_is_named(
    three: Database, rules: CountyRules
) -> None:
    break_in(
        three, "UPDATE complainants SET name = (SELECT name FROM complainants WHERE id = 1) WHERE id = 3"
    )
    assert people(three, Complainant.id.in_([1, 3])) == [("田某", "13800002046"), (None, None)]
    assert {rule for rule, _case in found(three, rules)} == {"sealed"}


@pytest.mark.parametrize("stored", ["向秀英", "", f"{SEALED}{PERSONAL_KEYS.present.id}not in base64"])
def test_what_is_no_sealed_value_of_its_row_is_no_name_and_is_told_as_such(
    stored: str,
) -> None:
    """Whoever may write to the database puts no name into a page."""
    person = Complainant(id=1, name=SealedText(stored), phone=SealedText("13900001234"))
    assert (identities.name_of(person, PERSONAL_KEYS), identities.phone_of(person, PERSONAL_KEYS)) == (
        None,
        None,
    )
    assert identities.shown_name_of(person, PERSONAL_KEYS) == UNREADABLE
    person.name = SealedText(FORGOTTEN)
    assert identities.shown_name_of(person, PERSONAL_KEYS) == FORGOTTEN
    person.name = None
    assert identities.shown_name_of(person, PERSONAL_KEYS) is None
