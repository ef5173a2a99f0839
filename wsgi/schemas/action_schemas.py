"""Make the schema of an action from what the definition says it takes: there is one truth about fields."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from marshmallow import Schema, fields

from cases.lifecycle.action_values import ActionValues
from cases.lifecycle.build_values import VALUES, build_values
from cases.lifecycle.effects.identity import LONGEST_PHONE
from cases.models.case import Complainant
from core.errors import Invalid
from core.text import LONGEST_NAME
from workflow.definition.model import Definition
from workflow.limits import LONGEST_TEXT
from wsgi.schemas.external import RowId
from wsgi.schemas.fields import (
    AwareDateTime,
    Date,
    JsonBoolean,
    JsonInteger,
    JsonNumber,
    ListField,
    Name,
    Nested,
    OneOfField,
    StrictSchema,
    Text,
)
from wsgi.schemas.validation_errors import load_strictly

FieldSpec = Mapping[str, Any]

#: Texts of one line, whatever the definition calls them, and how long they are at most.
ONE_LINE: Mapping[str, int] = {
    **dict.fromkeys(("name", "number", "addressee"), LONGEST_NAME),
    "phone": LONGEST_PHONE,
}
LONGEST_CODE = 100
#: What the description of the API says of a day that may lie on one side of today alone.
DAYS: Mapping[str, str] = {"not_in_future": "today or before", "not_in_past": "today or later"}


def _text(given: FieldSpec, **rest: Any) -> fields.Field[Any]:
    longest = ONE_LINE.get(given["name"])
    return Text(**rest) if longest is None else Name(longest=longest, **rest)


def _own_text(given: FieldSpec, **rest: Any) -> fields.Field[Any]:
    return Text(shortest=given.get("shortest", 1), longest=given.get("longest", LONGEST_TEXT), **rest)


def _number(given: FieldSpec, **rest: Any) -> fields.Field[Any]:
    return JsonNumber(**{name: given[name] for name in ("least", "most", "whole") if name in given}, **rest)


def _date(given: FieldSpec, **rest: Any) -> fields.Field[Any]:
    described = [words for name, words in DAYS.items() if given.get(name)]
    return Date(described="".join(described), **rest)


def _code(given: FieldSpec, **rest: Any) -> fields.Field[Any]:
    del given
    return Name(longest=LONGEST_CODE, **rest)


def _list(given: FieldSpec, **rest: Any) -> fields.Field[Any]:
    return ListField(field_of(given["items"]), **rest)


def _object(given: FieldSpec, **rest: Any) -> fields.Field[Any]:
    return Nested(schema_of(given["fields"]), **rest)


MAKERS: Mapping[str, Callable[..., fields.Field[Any]]] = {
    "text": _text,
    "code": _code,
    "unit": _code,
    "user": _code,
    "person": _code,
    "files": lambda given, **rest: ListField(Name(longest=LONGEST_CODE), **rest),
    "number": _number,
    "choice": lambda given, **rest: OneOfField(given["values"], **rest),
    "complainant": lambda given, **rest: RowId(Complainant.__tablename__, **rest),
    "integer": lambda given, **rest: JsonInteger(least=0, **rest),
    "boolean": lambda given, **rest: JsonBoolean(**rest),
    "date": _date,
    "datetime": lambda given, **rest: AwareDateTime(**rest),
    "list": _list,
    "object": _object,
}


#: What is read otherwise in an action of the county's own, whose fields may be called anything.
OWN_MAKERS: Mapping[str, Callable[..., fields.Field[Any]]] = {**MAKERS, "text": _own_text}


def field_of(
    given: FieldSpec, makers: Mapping[str, Callable[..., fields.Field[Any]]] = MAKERS
) -> fields.Field[Any]:
    """Make one field; what may be left out may also be null."""
    required = given.get("required", True)
    rest = {"required": True} if required else {"allow_none": True}
    return makers[given["type"]](given, **rest)


def schema_of(given: Sequence[FieldSpec]) -> type[Schema]:
    """Make an object of fields; the same fields are the same object wherever they stand."""
    return _schema(json.dumps(given, sort_keys=True))


@lru_cache(maxsize=128)
def _schema(given: str) -> type[Schema]:
    parts = json.loads(given)
    name = "".join(part["name"].title().replace("_", "") for part in parts)
    return StrictSchema.from_dict({part["name"]: field_of(part) for part in parts}, name=f"Part{name}")


@lru_cache(maxsize=512)
def action_schema(definition: Definition, action: str) -> Schema:
    """Return the schema of what an action takes beside its name; raise KeyError for an unknown one."""
    makers = MAKERS if action in VALUES else OWN_MAKERS
    made = {field["name"]: field_of(field, makers) for field in definition.action(action).fields}
    return StrictSchema.from_dict(made, name=f"{action.title().replace('_', '')}Fields")()


def fields_of(definition: Definition, action: str) -> Sequence[FieldSpec]:
    """Return the fields that an action takes; raise Invalid for an action that there is not."""
    if not definition.has_action(action):
        raise Invalid({"action": ["unknown_action"]})
    return definition.action(action).fields


def load_values(definition: Definition, action: str, given: Mapping[str, Any]) -> ActionValues:
    """Load what an action takes as the definition types it; raise Invalid for anything else."""
    fields_of(definition, action)
    return build_values(action, load_strictly(action_schema(definition, action), given))
