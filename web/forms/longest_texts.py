"""Say how many characters each field of a form takes: as many as whoever reads it lets through."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length

from accounts.registers.import_cells import LONGEST_CODE
from accounts.registers.user_validation import LONGEST_ADDRESS, LONGEST_USERNAME
from accounts.sign_in.passwords import MOST as LONGEST_PASSWORD
from cases.intake.category_answers import LONGEST as LONGEST_ANSWER
from cases.intake.coded_actions import REGISTER
from cases.lifecycle.effects.identity import LONGEST_PHONE
from core.text import LONGEST_NAME
from workflow.definition.model import Definition
from workflow.limits import DECIMALS, LARGEST_NUMBER, LONGEST_TEXT
from wsgi.schemas.action_schemas import action_schema
from wsgi.schemas.request_schemas import NewCase

#: What is typed into a field for numbers at most: a sign, thousands with signs between them, and decimals.
LONGEST_NUMBER = len(f"{-LARGEST_NUMBER:,}.") + DECIMALS
#: The name of a notice of the calendar, such as that of the State Council.
LONGEST_NOTICE = 100
#: What the registers take, by the name of the field.
OF_REGISTERS: Mapping[str, int] = {
    **dict.fromkeys(("name", "new_name", "area_name", "unit_name"), LONGEST_NAME),
    **dict.fromkeys(("code", "new_code", "area_code", "unit_code"), LONGEST_CODE),
    **dict.fromkeys(("password", "again"), LONGEST_PASSWORD),
    "username": LONGEST_USERNAME,
    "email": LONGEST_ADDRESS,
    "notice": LONGEST_NOTICE,
    "phone": LONGEST_PHONE,
}
#: The forms of the registers, as they are called where they are drawn.
REGISTERS = frozenset({"area", "unit", "person", "set_up", "calendar"})
ANSWERS = "answers"


@lru_cache(maxsize=1024)
def longest_text(definition: Definition, form: str, name: str) -> int:
    """Return the greatest length of a field by its dotted name in a form: of an action, or of a register.

    What nobody reads as a text, as the choice of a unit, and what has no other limit is as long as any text.
    """
    if form in REGISTERS:
        return OF_REGISTERS.get(name, LONGEST_TEXT)
    if name.partition(".")[0] == ANSWERS:
        return LONGEST_ANSWER
    if form == REGISTER:
        path = name.replace("complainant.", "complainants.")
        return _longest_in(NewCase(), path)
    return _longest_in(action_schema(definition, form), name) if definition.has_action(form) else LONGEST_TEXT


def _longest_in(schema: Schema, name: str) -> int:
    found: Any = schema
    for part in name.split("."):
        if isinstance(found, fields.List) and not isinstance(found.inner, fields.Nested):
            break  # the line beside the choices, for several names
        while isinstance(found, fields.List | fields.Nested):
            found = found.inner if isinstance(found, fields.List) else found.schema
        if isinstance(found, Schema) and not part.isdigit():
            found = found.fields.get(part)
    if isinstance(found, fields.List):
        return _most(found) * (_most(found.inner) + 1)
    return _most(found)


def _most(field: Any) -> int:
    """Return the greatest length of a text or list; of what is neither, that of any text."""
    lengths = [one.max for one in getattr(field, "validators", ()) if isinstance(one, Length) and one.max]
    return min(lengths, default=LONGEST_TEXT)
