"""Offer whom a matter may be about: units and people over its village, and a line for other names."""

from collections.abc import Iterable, Mapping

from accounts.models import Area
from cases.queries.filter_values import find_known_area
from cases.responsibility.covering_units import CoveringUnits, load_covering_units
from cases.responsibility.named_in_matter import nameable_people, nameable_units
from core.i18n import mark as _
from web.forms.controls import BETWEEN, Choice, Control, Mistakes, build_control
from web.framework.blueprint import Form, Typed
from web.framework.request_context import PageRequest

UNITS, USERS = "named_units", "named_users"
#: The line for a name that is not among those offered, beside the field that it belongs to.
OTHER = "named_users.other"
PERSON = _("{name}（{unit}）")
#: How many choices stand one below the other; more of them become a list to choose from.
FEW = 8


def named_choices(page_request: PageRequest, over: CoveringUnits) -> Mapping[str, list[Choice]]:
    """Return the units and the people who may be named, each under the name of its field."""
    people = [
        Choice(
            person.username,
            page_request.say(PERSON, name=person.name, unit=over.units[person.unit_id].name),
        )
        for person in nameable_people(over)
    ]
    return {UNITS: [Choice(unit.code, unit.name) for unit in nameable_units(over)], USERS: people}


def naming_controls(
    page_request: PageRequest, typed: Typed, mistakes: Mistakes, over: CoveringUnits | None, action: str
) -> list[Control]:
    """Draw the fields that name whom a matter is about; without units only the line for a name."""
    offered = named_choices(page_request, over) if over is not None else {}
    made = [(name, "several", choices) for name, choices in offered.items() if choices]
    lines: list[tuple[str, str, list[Choice]]] = [*made, (OTHER, "line", [])]
    return [
        build_control(
            page_request,
            typed,
            mistakes,
            action=action,
            name=name,
            kind=kind,
            required=False,
            choices=choices,
        )
        for name, kind, choices in lines
    ]


def load_over_village(page_request: PageRequest, code: str) -> CoveringUnits | None:
    """Load what stands over a village that the person registers for, by its code; None for any other."""
    village: Area | None = find_known_area(page_request.session, page_request.actor, code) if code else None
    if village is None or village.village_id is None:
        return None
    return load_covering_units(page_request.session, village.path)


def named_in(form: Form) -> dict[str, list[str]]:
    """Read whom a form names, as a program would send it: codes, user names, and other names as written."""
    given = {name: [one for one in form.getlist(name) if one.strip()] for name in (UNITS, USERS)}
    given[USERS] += split_names(form.getlist(OTHER))
    return {name: values for name, values in given.items() if values}


def split_names(texts: Iterable[str]) -> list[str]:
    """Split lines in which several names may stand."""
    return [part.strip() for text in texts for part in BETWEEN.split(text) if part.strip()]
