"""Let nobody undo unseen what another administrator has changed since the form was opened."""

from collections.abc import Sequence

from accounts import history
from core.errors import Conflict
from web.forms.register_forms import SERVER, RecordedChange
from web.framework.blueprint import Form, Typed
from web.framework.request_context import PageRequest

#: The name under which a form says which entry of the record was the newest when it was drawn.
VERSION_FIELD = "seen"


def version_of_form(typed: Typed, entries: Sequence[RecordedChange]) -> str:
    """Return what a form says: the newest entry, or what it said before to whoever only goes back to it."""
    if typed.form and typed.refusal is None:
        return typed.get(VERSION_FIELD)
    return str(entries[0].number if entries else 0)


def require_unchanged(page_request: PageRequest, form: Form, kind: str, subject_id: int | str) -> None:
    """Raise Conflict `register_changed` with who changed the subject after the form was drawn.

    The form is shown again with what was typed and with the newest record; sent once more, it is taken.
    """
    said = form.get(VERSION_FIELD, "")
    newest = history.recent(page_request.session, kind=kind, subject_id=subject_id, limit=1)
    if said and newest and said != str(newest[0][0].seq):
        raise Conflict("register_changed", who=newest[0][1] or page_request.translate(SERVER))
