"""Draw the fields of an action of a county's own: each by its type alone, whatever it is called."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from cases.lifecycle.own_actions.entered import people_to_name
from cases.lifecycle.unit_choices import unit_choices
from core.i18n import mark as _
from web.forms.controls import Choice, Control, Field
from web.forms.drawing import FILES, ActionFormContext, Maker, draw_control, of_kind
from web.framework.request_context import PageRequest
from workflow.definition.field_limits import PUBLIC

#: What a form says of the limits of a field, by the keys that the file gives: the first row that fits.
HINTS: Mapping[tuple[str, ...], str] = {
    ("shortest", "longest"): _("写 {shortest} 到 {longest} 个字"),
    ("shortest",): _("至少写 {shortest} 个字"),
    ("longest",): _("最多写 {longest} 个字"),
    ("not_in_future",): _("今天或者以前"),
    ("not_in_past",): _("今天或者以后"),
    ("least", "most"): _("从 {least} 到 {most}"),
    ("least",): _("不小于 {least}"),
    ("most",): _("不大于 {most}"),
}
WHOLE = _("整数")
READ_BY_VILLAGERS = _("反映的人会看到")


def _text(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    control = draw_control(drawing, action, field, name, "long", group=group)
    return replace(control, shortest=field.get("shortest"))


def _date(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    control, today = draw_control(drawing, action, field, name, "date", group=group), drawing.context.today
    return replace(
        control,
        first_day=today if field.get("not_in_past") else None,
        last_day=today if field.get("not_in_future") else None,
    )


def _number(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    control = draw_control(drawing, action, field, name, "number", group=group)
    return replace(control, whole=field.get("whole", False))


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


_MAKERS: Mapping[str, Maker] = {
    "text": _text,
    "choice": _choice,
    "boolean": of_kind("tick"),
    "date": _date,
    "number": _number,
    "unit": _unit,
    "person": _person,
    "files": _files,
}


def own_control(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    """Draw a field with what its file says of it: what may be entered, and whether villagers read it."""
    control = _MAKERS[field["type"]](drawing, action, field, name, group)
    hints = [control.hint, *_hints(drawing.page_request, field)]
    return replace(control, hint=drawing.page_request.translate(_("；")).join(hint for hint in hints if hint))


def _hints(page_request: PageRequest, field: Field) -> Iterator[str]:
    for keys, words in HINTS.items():
        if all(key in field for key in keys):
            bounds = {key: field[key] for key in keys if field[key] is not True}
            yield page_request.say(
                words, **{key: format(Decimal(str(one)), "f") for key, one in bounds.items()}
            )
            break
    if field.get("whole"):
        yield page_request.translate(WHOLE)
    if field.get(PUBLIC):
        yield page_request.translate(READ_BY_VILLAGERS)
