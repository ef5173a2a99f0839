"""Draw the form of a step or act from the fields that the definition names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cases.lifecycle.build_values import VALUES
from cases.lifecycle.effects.assignment import MAY_BIND, third_assignment_due
from cases.lifecycle.effects.proposals import find_proposal, latest_extension
from cases.lifecycle.unit_choices import unit_choices
from core.i18n import mark as _
from web.forms.action_words import AMENDABLE, CONSEQUENCES, GROUPS
from web.forms.amendments import amended_controls
from web.forms.controls import YES, Choice, Control, Field, Mistakes, phone_confirmation
from web.forms.drawing import FILES, ActionFormContext, Maker, complainant_value, draw_control, of_kind
from web.forms.naming import UNITS, USERS, naming_controls
from web.forms.own_controls import own_control
from web.framework.blueprint import Typed
from web.framework.request_context import PageRequest
from workflow.texts import labels

HOUSEHOLD = "household"
#: The first of these that is open stands open on the page; the others are a click away.
MAIN = ("resolve", "assign", "answer", "reject")
#: What proposes or grants a later day, within the limit of the profile.
EXTENDING = frozenset({"request_extension", "extend"})


@dataclass(frozen=True)
class ActionForm:
    """One step or act that somebody may take: its name, what it does, and its controls."""

    name: str
    label: str
    consequence: str
    controls: Sequence[Control]
    is_open: bool


def action_form(drawing: ActionFormContext, name: str, fields: Sequence[Field]) -> ActionForm:
    """Draw the form of an action that is open, from the fields it takes."""
    page_request = drawing.page_request
    tried = drawing.action == name
    own = (
        drawing
        if tried
        else ActionFormContext(page_request, drawing.context, drawing.families, Typed(), Mistakes())
    )
    own = replace(own, proposal=find_proposal(drawing.context, name))
    controls = [one for field in fields for one in _controls(own, name, field, "")]
    confirmation = phone_confirmation(
        page_request, own.typed, action=name, field="value" if name == "amend" else "complainant.phone"
    )
    controls += [confirmation] if confirmation is not None else []
    if name == "amend":
        controls += amended_controls(page_request, own.typed, own.mistakes, drawing.context.covering)
    if name == "resolve":  # photos are kept as an act of their own, and asked for where they convince most
        controls.append(draw_control(own, name, {"required": False}, FILES, "files"))
    return ActionForm(
        name=name,
        label=labels.action(drawing.context.definition, name, page_request.language),
        consequence=page_request.translate(CONSEQUENCES[name]) if name in CONSEQUENCES else "",
        controls=controls,
        is_open=tried,
    )


def _controls(
    drawing: ActionFormContext, action: str, field: Field, prefix: str, group: str = ""
) -> list[Control]:
    name, kind = prefix + field["name"], field["type"]
    if kind == "object":
        return [
            one for inner in field["fields"] for one in _controls(drawing, action, inner, f"{name}.", group)
        ]
    if kind == "list":
        return _list(drawing, action, field, name)
    if action not in VALUES:
        return [own_control(drawing, action, field, name, group)]
    if field["name"] == HOUSEHOLD and not drawing.page_request.asks_for_households:
        return []
    if field["name"] == "binding" and not drawing.page_request.actor.roles & MAY_BIND:
        return []
    return [_MAKERS.get(kind, _text)(drawing, action, field, name, group)]


def _list(drawing: ActionFormContext, action: str, field: Field, name: str) -> list[Control]:
    items = field["items"]
    if field["name"] == "attachments":
        return [draw_control(drawing, action, {"required": False}, FILES, "files")]
    if items["type"] == "complainant":
        if len(drawing.families) < 2:
            return []
        return [draw_control(drawing, action, field, name, "several", choices=_people(drawing))]
    if field["name"] in (UNITS, USERS):
        return _naming(drawing, action, field["name"])
    if items["type"] != "object":
        return [draw_control(drawing, action, field, name, "line")]
    if field["name"] == "replies":
        return _replies(drawing, action, items["fields"], name)
    return [
        one
        for place in range(3 if field["required"] else 2)
        for inner in items["fields"]
        for one in _controls(
            drawing,
            action,
            {**inner, "required": field["required"]},
            f"{name}.{place}.",
            _nth(drawing, place),
        )
    ]


def _naming(drawing: ActionFormContext, action: str, name: str) -> list[Control]:
    """Draw the choices of one of the two fields that name somebody, with the line for other names."""
    over = drawing.context.covering
    made = naming_controls(drawing.page_request, drawing.typed, drawing.mistakes, over, action)
    return [one for one in made if one.name.partition(".")[0] == name]


def _replies(drawing: ActionFormContext, action: str, fields: Sequence[Field], name: str) -> list[Control]:
    """Draw words for every complainant who waits; each hears what is written for them alone."""
    found: list[Control] = []
    waiting = drawing.context.unanswered() or drawing.context.complainants
    for place, person in enumerate(waiting):
        group = drawing.families[person.id] if len(waiting) > 1 else ""
        draft = drawing.proposal.replies.get(person.id)
        for field in fields:
            full = f"{name}.{place}.{field['name']}"
            if field["type"] == "complainant":
                found.append(
                    draw_control(drawing, action, field, full, "hidden", value=complainant_value(person.id))
                )
            elif field["type"] == "choice":
                choices = _choices(drawing, field)
                given = draft.channel if draft else ""
                found.append(
                    draw_control(
                        drawing, action, field, full, "choice", choices=choices, group=group, value=given
                    )
                )
            else:
                said = draft.text if draft else ""
                found.append(draw_control(drawing, action, field, full, "voice", group=group, value=said))
    return sorted(found, key=lambda one: (one.name.split(".")[1], one.kind == "choice"))


def _text(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    last = field["name"]
    if action == "amend" and last == "value":  # most of what is corrected is chosen instead
        field = {**field, "required": False}
    kind = "voice" if last in ("text", "words", "own_words") and action != "note" else "long"
    if last in ("name", "phone", "number", "addressee") or field["type"] == "code":
        kind = "line"
    value = drawing.proposal.reason if last == "reason" else ""
    control = draw_control(drawing, action, field, name, kind, group=group, value=value)
    if action == "amend" and last == "value" and drawing.page_request.asks_for_households:
        written = drawing.page_request.translate(_("{term.household}填{term.household}号"))
        return replace(control, hint=f"{control.hint}；{written}")
    return control


def _choice(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    return draw_control(drawing, action, field, name, "choice", choices=_choices(drawing, field), group=group)


def _boolean(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    page_request = drawing.page_request
    if field["name"] == "heard":
        return draw_control(
            drawing, action, field, name, "choice", choices=heard_or_not(page_request), group=group
        )
    due = action == "assign" and field["name"] == "binding" and third_assignment_due(drawing.context.round)
    value = YES if due else ""
    return draw_control(drawing, action, {**field, "required": False}, name, "tick", group=group, value=value)


def _complainant(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    people = _people(drawing)
    if len(people) == 1:
        return draw_control(drawing, action, field, name, "hidden", value=people[0].value)
    return draw_control(drawing, action, field, name, "choice", choices=people, group=group)


def _unit(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    units = [Choice(unit.code, unit.name) for unit in unit_choices(drawing.context, action, name)]
    first = units[0].value if action == "assign" and units else ""
    if drawing.proposal.unit in {unit.value for unit in units}:
        first = drawing.proposal.unit
    return draw_control(drawing, action, field, name, "choice", choices=units, value=first, group=group)


def _date(drawing: ActionFormContext, action: str, field: Field, name: str, group: str) -> Control:
    value = drawing.page_request.today.isoformat() if field["name"] == "sent_on" else ""
    if drawing.proposal.day is not None:
        value = drawing.proposal.day.isoformat()
    control = draw_control(drawing, action, field, name, "date", value=value, group=group)
    latest = latest_extension(drawing.context) if action in EXTENDING else None
    if latest is None:
        return control
    last = drawing.page_request.say(_("最晚可以延到 {day}"), day=drawing.page_request.deadline(latest))
    return replace(control, hint=f"{control.hint}；{last}" if control.hint else last)


_MAKERS: Mapping[str, Maker] = {
    "choice": _choice,
    "boolean": _boolean,
    "complainant": _complainant,
    "unit": _unit,
    "date": _date,
    "datetime": of_kind("datetime"),
    "user": of_kind("line"),
}


def heard_or_not(page_request: PageRequest) -> list[Choice]:
    """Return the two answers to whether somebody heard the reply."""
    return [
        Choice(YES, page_request.translate(_("听到了"))),
        Choice("no", page_request.translate(_("没听到"))),
    ]


def _choices(drawing: ActionFormContext, field: Field) -> list[Choice]:
    page_request = drawing.page_request
    if field["name"] == "field":
        return [
            Choice(value, page_request.translate(AMENDABLE.get(value, value)))
            for value in field["values"]
            if value != HOUSEHOLD or page_request.asks_for_households
        ]
    group = GROUPS.get(field["name"], "")
    return [Choice(value, page_request.called(group, value) if group else value) for value in field["values"]]


def _people(drawing: ActionFormContext) -> list[Choice]:
    return [Choice(complainant_value(person), family) for person, family in drawing.families.items()]


def _nth(drawing: ActionFormContext, place: int) -> str:
    return drawing.page_request.say(_("第 {n} 次"), n=place + 1)
