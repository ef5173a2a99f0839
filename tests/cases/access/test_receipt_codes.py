"""Receipt codes, however people and their keyboards write them."""

import inspect
import sys
import unicodedata

import pytest
from marshmallow import Schema, ValidationError

from cases.access.receipt_codes import LONGEST_TYPED, grouped, read_code
from wsgi.schemas import request_schemas
from wsgi.schemas.fields import Name, StrictSchema

pytestmark = pytest.mark.one_database

CODE = "Y99GA-BXVQ5"
PLAIN = CODE.replace("-", "")
WIDE = "".join(chr(ord(char) + 0xFEE0) for char in CODE)


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), PLAIN, WIDE, WIDE.lower(), f"  {CODE}\n"])
def test_width_and_case_do_not_matter(typed: str) -> None:
    assert read_code(typed) == PLAIN


def test_nothing_that_stands_between_the_characters_matters() -> None:
    """Every dash, space and sign that cannot be seen says nothing."""
    between = [
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char) in {"Pd", "Zs", "Cf"} or char in "−·.。_~～"
    ]
    unread = [char for char in between if read_code(char.join(PLAIN)) != PLAIN]
    assert [f"U+{ord(char):04X}" for char in unread] == []


@pytest.mark.parametrize("typed", ["", "-", PLAIN[:-1], PLAIN + "2", PLAIN[::-1], "这不是回执码", "0" * 10])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_a_code_that_was_read_is_written_as_on_the_slip() -> None:
    assert grouped(PLAIN) == CODE


def taking_codes() -> list[type[Schema]]:
    """Return every schema of a body in which somebody may write a receipt code."""
    found = [
        one for _, one in inspect.getmembers(request_schemas, inspect.isclass) if issubclass(one, Schema)
    ]
    return [one for one in found if "receipt_code" in one().fields]


def problems(schema: type[Schema], typed: str) -> list[str]:
    """Return what is wrong about a code as it was typed, to a schema; the code itself is judged later."""
    try:
        schema(partial=True).load({"receipt_code": typed})
    except ValidationError as error:
        return [str(one) for one in error.messages_dict.get("receipt_code", [])]
    return []


def test_every_body_that_takes_a_code_takes_it_however_it_is_typed() -> None:
    typed = [WIDE, " ".join(PLAIN), "——".join((PLAIN[:5], PLAIN[5:])), f"{CODE}\u200b\n"]
    assert len(taking_codes()) >= 5
    wrong = [(one.__name__, text) for one in taking_codes() for text in typed if problems(one, text)]
    assert wrong == []
    assert problems(request_schemas.VillagersCode, "-" * (LONGEST_TYPED + 1))


def test_a_body_that_refuses_a_way_of_typing_is_found() -> None:
    class Planted(StrictSchema):
        """A body that takes a code as a name."""

        receipt_code = Name(longest=10)

    assert problems(Planted, CODE)
