"""What the controls of an action's form are drawn from, and how one of them is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.proposals import NOTHING, Proposal
from cases.models.case import Complainant
from web.forms.controls import Choice, Control, Field, Mistakes, build_control
from web.framework.blueprint import Typed
from web.framework.request_context import PageRequest
from wsgi.schemas.external import external_id

#: The name under which a form sends its files.
FILES = "files"


@dataclass(frozen=True)
class ActionFormContext:
    """What the controls of a case's forms are drawn from; `families` names complainants by id.

    `proposal` is what the action of the form decides about, as somebody has put it.
    """

    page_request: PageRequest
    context: CaseContext
    families: Mapping[int, str]
    typed: Typed
    mistakes: Mistakes
    action: str = ""
    proposal: Proposal = NOTHING


#: What draws a field: from the drawing, the action, the field, the name it is sent under, and its group.
Maker = Callable[[ActionFormContext, str, Field, str, str], Control]


def draw_control(
    drawing: ActionFormContext,
    action: str,
    field: Field,
    name: str,
    kind: str,
    *,
    choices: Sequence[Choice] = (),
    value: str = "",
    group: str = "",
) -> Control:
    """Make one control of an action's form, with what the definition calls its field."""
    number = drawing.context.case.number
    return build_control(
        drawing.page_request,
        drawing.typed,
        drawing.mistakes,
        action=action,
        name=name,
        kind=kind,
        required=field.get("required", True),
        choices=choices,
        value=value,
        group=group,
        label=str(field.get(drawing.page_request.language, "")),
        example=number,
        household=f"{number[:2]}-03-017",
    )


def of_kind(kind: str) -> Maker:
    """Make what draws a field that needs nothing but its kind of control."""
    return lambda drawing, action, field, name, group: draw_control(
        drawing, action, field, name, kind, group=group
    )


def complainant_value(person_id: int) -> str:
    """Return what a form sends to say which complainant is meant."""
    return str(external_id(Complainant.__tablename__, person_id))
