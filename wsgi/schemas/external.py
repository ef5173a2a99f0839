"""What has another form outside of the program than within: ids of rows, and where a list goes on.

Both are turned at the doors: within, an id is that of its row, and a cursor can be read
(docs/decisions/0056).
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from flask import Flask, current_app
from marshmallow import Schema, ValidationError, fields
from werkzeug.routing import BaseConverter, Map
from werkzeug.routing import ValidationError as NoSuchAddress

from cases.models.case import Complainant
from core.encryption import Encryptor
from core.persistence.row_ids import LARGEST_ID, row_ids
from wsgi.schemas.fields import JsonInteger, Name

EXTENSION = "huiyin_external"
LONGEST_CURSOR = 400
MOST_DIGITS = len(str(LARGEST_ID))
#: Where a sealed cursor belongs: it opens as nothing else.
_PLACE = "cursor"
#: Facts of refusals that are ids, and of which table.
REFUSED: Mapping[str, str] = {"complainants": Complainant.__tablename__}
Change = Callable[["ExternalForms", Any], Any]


class ExternalForms:
    """How one installation shows ids and cursors; `keys` are those of its secrets, the newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self.ids = row_ids(keys)
        self._cursors = Encryptor(keys, "cursors")

    def seal(self, cursor: str | None) -> str | None:
        """Return a cursor in a form that nobody can read; None at the end of a list stays None."""
        if cursor is None:
            return None
        return base64.urlsafe_b64encode(self._cursors.close(cursor.encode(), _PLACE)).decode().rstrip("=")

    def open(self, sealed: str) -> str:
        """Return the cursor that was sealed; for anything else an empty one, which no list takes."""
        plain: bytes | None
        try:
            plain = self._cursors.open(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)), _PLACE)
        except (ValueError, binascii.Error):
            plain = None
        return "" if plain is None else plain.decode()


def attach(app: Flask, keys: Sequence[bytes]) -> None:
    """Hand an application the forms of its installation."""
    app.extensions[EXTENSION] = ExternalForms(keys)


def external_forms() -> ExternalForms:
    """Return the forms of the application that answers the present request."""
    return cast(ExternalForms, current_app.extensions[EXTENSION])


def external_id(table: str, row_id: int) -> int:
    """Return what stands outside for the id of a row."""
    return external_forms().ids.external(table, row_id)


def internal_id(table: str, written: str) -> int | None:
    """Return the id for which a number stands that somebody sent, or None for what can stand for none."""
    if not (written.isascii() and written.isdigit() and len(written) <= MOST_DIGITS):
        return None
    try:
        return external_forms().ids.internal(table, int(written))
    except ValueError:
        return None


class RowId(JsonInteger):
    """The id of a row of one table, in bodies and answers."""

    def __init__(self, table: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.table = table

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> int:
        try:
            return external_forms().ids.internal(
                self.table, super()._deserialize(value, attr, data, **rest) or 0
            )
        except ValueError:
            raise ValidationError("out_of_range") from None


class Cursor(Name):
    """Where a list goes on: a parameter of addresses, and `next` of answers."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(longest=LONGEST_CURSOR, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        return external_forms().open(super()._deserialize(value, attr, data, **rest))


class RowIdConverter(BaseConverter):
    """The id of a row of one table in an address."""

    regex = r"[0-9]{1,10}"

    def __init__(self, url_map: Map, table: str) -> None:
        super().__init__(url_map)
        self.table = table

    def to_python(self, value: str) -> int:
        """Return the id of the row; a number that stands for none is no such address."""
        found = internal_id(self.table, value)
        if found is None:
            raise NoSuchAddress
        return found

    def to_url(self, value: int) -> str:
        """Return what stands for the id of a row."""
        return str(external_id(self.table, value))


def in_external_form(data: Any, shapes: Sequence[type[Schema]]) -> Any:
    """Return an answer as it leaves: every id and cursor that its shape declares is turned.

    Of several shapes the answer has one; what they share has the same form in each.
    """
    forms = external_forms()
    for shape in shapes:
        changes = _changes(shape)
        if changes:
            return _changed(forms, changes, data)
    return data


def refusal_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a refusal as they leave."""
    return {
        name: [external_id(REFUSED[name], one) for one in value] if name in REFUSED else value
        for name, value in facts.items()
    }


@lru_cache(maxsize=128)
def _changes(shape: type[Schema]) -> Mapping[str, Change]:
    """Find which members of an object have another form outside."""
    found = {}
    for name, field in shape().fields.items():
        change = _change(field)
        if change is not None:
            found[field.data_key or name] = change
    return found


def _change(field: fields.Field[Any]) -> Change | None:
    if isinstance(field, RowId):
        table = field.table
        return lambda forms, value: forms.ids.external(table, value)
    if isinstance(field, Cursor):
        return lambda forms, value: forms.seal(value)
    if isinstance(field, fields.Nested):
        changes = _changes(type(field.schema))
        return (lambda forms, value: _changed(forms, changes, value)) if changes else None
    if isinstance(field, fields.List):
        change = _change(field.inner)
        return None if change is None else lambda forms, value: [change(forms, one) for one in value]
    return None


def _changed(forms: ExternalForms, changes: Mapping[str, Change], data: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(data)
    for name, change in changes.items():
        if made.get(name) is not None:
            made[name] = change(forms, made[name])
    return made
