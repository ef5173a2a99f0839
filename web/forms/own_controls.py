"""Draw the fields of an action of a county's own: each by its type alone, whatever it is called."""

from collections.abc import Mapping
from dataclasses import replace

from cases.lifecycle.own_actions.entered import people_to_name
from cases.lifecycle.unit_choices import unit_choices
from web.forms.controls import Choice, Control, Field
from web.forms.drawing import FILES, ActionFormContext, Maker, draw_control, of_kind


def _person(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    people = [Choice(one.username, one.name) for one in people_to_name(drawing.context)]
    return draw_control(drawing, action, field, name, "choice", choices=people, group=group)


def _choice(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    language = drawing.page_request.language
    choices = [Choice(value, field["words"][value][language]) for value in field["values"]]
    return draw_control(drawing, action, field, name, "choice", choices=choices, group=group)


def _unit(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    units = [Choice(unit.code, unit.name) for unit in unit_choices(drawing.context, action, name)]
    return draw_control(drawing, action, field, name, "choice", choices=units, group=group)


def _files(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    control = draw_control(drawing, action, field, FILES, "files", group=group)
    return replace(control, mistakes=[*control.mistakes, *drawing.mistakes.by_field.get(name, ())])


OWN_MAKERS: Mapping[str, Maker] = {
    "text": of_kind("long"),
    "choice": _choice,
    "boolean": of_kind("tick"),
    "date": of_kind("date"),
    "number": of_kind("number"),
    "unit": _unit,
    "person": _person,
    "files": _files,
}
