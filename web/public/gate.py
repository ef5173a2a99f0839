"""Say who may show a receipt code: anybody, as far as wrong codes from the same place leave it open."""

from web.framework import cookies, display_preferences
from web.framework.blueprint import Enter, Form
from web.framework.request_context import page_services
from wsgi.guessing import code_gate


def asks(form: Form) -> bool:
    """Return whether a form asks for the matter of a code.

    A code that opened nothing is not asked for again: a change of language must not count as one more.
    """
    return not display_preferences.chosen_preferences(form) or form.get("matter") == "yes"


def pass_gate(form: Form) -> None:
    """Let a form wait, or refuse it, by the wrong codes that came from where it comes from."""
    if not asks(form):
        return
    known = page_services()
    code_gate.enter(
        known.db,
        rules=known.rules,
        code=form.get("receipt_code", ""),
        kept=cookies.known_by(),
        now=known.now(),
    )


WITH_CODE = Enter(anybody=True, gate=pass_gate)
