"""Read what somebody entered into the fields of an action of the county's own, each by its type."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from cases.lifecycle.change import Change
from cases.lifecycle.conflict_of_interest import find_unit
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.amendments import attach_files
from cases.responsibility.covering_units import UnitMember
from core.errors import Invalid
from workflow.definition.model import Act

#: The field of the facts in which the values of each type are kept; files are kept with the case.
KEPT_IN: Mapping[str, str] = {
    "text": "words",
    "date": "dates",
    "choice": "choices",
    "number": "numbers",
    "boolean": "ticks",
    "unit": "units",
    "person": "users",
}
KEPT = frozenset(KEPT_IN.values())


def read_entered(change: Change, action: Act, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what was entered by the field of the facts that keeps it, and hang the files on the case.

    Raises Invalid by field for what is missing, of another type, or names a unit or person that may not be
    named there.
    """
    unknown = given.keys() - {field["name"] for field in action.fields}
    if unknown:
        raise Invalid({name: ["unknown_member"] for name in sorted(unknown)})
    needed = [field["name"] for field in action.fields if field["required"]]
    missing = [name for name in needed if given.get(name) in (None, "", [])]
    if missing:
        raise Invalid({name: ["required"] for name in missing})
    kept: dict[str, dict[str, Any]] = {}
    for field in action.fields:
        name, kind, value = field["name"], field["type"], given.get(field["name"])
        if value is None:
            continue
        if kind == "files":
            attach_files(change, value, name)
            continue
        read = READERS.get(kind, _as_it_is)
        kept.setdefault(KEPT_IN[kind], {})[name] = read(change.context, field, value)
    return kept


def people_to_name(context: CaseContext) -> Sequence[UnitMember]:
    """List whom a field of the type `person` may name: who may know of the matter in the owning unit."""
    return sorted(
        (person for person in context.staff if person.unit_id == context.case.owner_id),
        key=lambda person: person.username,
    )


def _as_it_is(context: CaseContext, field: Mapping[str, Any], value: Any) -> Any:
    del context, field
    return value


def _choice(context: CaseContext, field: Mapping[str, Any], value: str) -> str:
    del context
    if value not in field["values"]:
        raise Invalid({field["name"]: ["not_a_choice"]})
    return value


def _date(context: CaseContext, field: Mapping[str, Any], value: date) -> date:
    if field.get("not_in_future") and value > context.today:
        raise Invalid({field["name"]: ["day_not_come_yet"]})
    if field.get("not_in_past") and value < context.today:
        raise Invalid({field["name"]: ["day_is_over"]})
    return value


def _unit(context: CaseContext, field: Mapping[str, Any], value: str) -> str:
    """Return the code of a unit over the village; one that the matter is about takes no part in it."""
    unit = find_unit(context, value, field["name"])
    if unit.id not in context.covering.units:
        raise Invalid({field["name"]: ["does_not_cover_village"]})
    if unit.id in context.closed_units:
        raise Invalid({field["name"]: ["named_in_matter"]})
    return unit.code


def _person(context: CaseContext, field: Mapping[str, Any], value: str) -> int:
    for person in people_to_name(context):
        if person.username == value:
            return person.user_id
    raise Invalid({field["name"]: ["unknown_user"]})


READERS: Mapping[str, Callable[[CaseContext, Mapping[str, Any], Any], Any]] = {
    "choice": _choice,
    "date": _date,
    "unit": _unit,
    "person": _person,
}
