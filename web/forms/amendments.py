"""Offer what a corrected thing can become as choices, and read which one was made."""

from collections.abc import Sequence

from cases.responsibility.covering_units import CoveringUnits
from config.vocabulary import CaseKind, Urgency
from web.forms.controls import Choice, Control, Mistakes, build_control
from web.forms.naming import FEW, named_choices
from web.framework.blueprint import Form, Typed
from web.framework.request_context import PageRequest


def amended_controls(
    page_request: PageRequest, typed: Typed, mistakes: Mistakes, over: CoveringUnits
) -> list[Control]:
    """Draw a choice for each thing that can be corrected and that has values to choose from."""
    offered: dict[str, Sequence[Choice]] = {
        "category": [
            Choice(code, page_request.called("category", code)) for code in page_request.rules.categories
        ],
        "kind": [Choice(code, page_request.called("kind", code)) for code in CaseKind],
        "urgency": [Choice(code, page_request.called("urgency", code)) for code in Urgency],
        **named_choices(page_request, over),
    }
    wrong = Mistakes({f"value.{name}": words for name, words in mistakes.by_field.items()})
    return [
        build_control(
            page_request,
            typed,
            wrong,
            action="amend",
            name=f"value.{name}",
            kind="choice" if len(choices) <= FEW else "select",
            required=False,
            choices=choices,
        )
        for name, choices in offered.items()
        if choices
    ]


def amended_value(form: Form) -> str:
    """Read what a correction changes something to: the choice made for it, else what was written."""
    return form.get(f"value.{form.get('field', '')}", "").strip() or form.get("value", "")
