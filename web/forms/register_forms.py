"""Draw the forms of administration, and what the registers recorded, from plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts import history
from core.i18n import mark as _
from web.forms.controls import YES, Choice, Control, build_control, mistakes_of
from web.forms.register_labels import ACTIONS, FACTS
from web.framework.blueprint import Typed
from web.framework.request_context import PageRequest

#: Facts whose values are codes, and the group of their words.
CODED: Mapping[str, str] = {"roles": "role", "kind": "unit_kind", "level": "level"}
#: Facts that say one thing, those whose values are lists themselves, and those that may be numbers of rows.
PLAIN = frozenset({"until", "successor", "instead_of", "path", "email", "notice", "phone", "reason"})
LISTS = frozenset({"roles"})
NUMBERED = frozenset({"area", "superior"})
SERVER = _("系统或服务器管理员")
NOTHING = _("无")


@dataclass(frozen=True)
class Field:
    """A field of a form of administration, with what stands in it while nothing is typed."""

    name: str
    kind: str
    value: str = ""
    required: bool = True
    choices: Sequence[Choice] = ()
    values: Sequence[str] = ()


@dataclass(frozen=True)
class RecordedChange:
    """An entry of a register's history in words: its number, when, what, by whom, and what changed."""

    number: int
    at: datetime
    what: str
    who: str
    changes: Sequence[str]


def build_controls(
    page_request: PageRequest, typed: Typed, form: str, fields: Iterable[Field]
) -> dict[str, Control]:
    """Return the controls of a form, by name, with what was typed and what was wrong with it."""
    mistakes = mistakes_of(page_request, typed.refusal)
    return {
        one.name: build_control(
            page_request,
            typed,
            mistakes,
            action=form,
            name=one.name,
            kind=one.kind,
            required=one.required,
            choices=one.choices,
            # A box that was left empty is not sent: what stands there otherwise must not come back.
            value="" if one.kind == "tick" and typed.form else one.value,
            values=one.values,
        )
        for one in fields
    }


def checkbox_value(given: bool) -> str:
    """Return the value of a box."""
    return YES if given else ""


def load_recorded(page_request: PageRequest, kind: str, subject_id: int | str) -> list[RecordedChange]:
    """Return what was recorded about one subject of a register, newest first."""
    return [
        RecordedChange(
            number=entry.seq,
            at=entry.recorded_at,
            what=page_request.translate(ACTIONS.get((kind, entry.action), entry.action)),
            who=who or page_request.translate(SERVER),
            changes=[
                words
                for name, value in entry.facts.items()
                if name in FACTS
                and isinstance(value, list | str)
                and (words := _change(page_request, name, value))
            ],
        )
        for entry, who in history.recent(page_request.session, kind=kind, subject_id=subject_id)
    ]


def _change(page_request: PageRequest, name: str, value: list[Any] | str) -> str:
    """Say what changed from what to what, or nothing for what an entry merely mentions."""
    label = page_request.translate(FACTS[name])
    if isinstance(value, str):
        given = value if name in PLAIN else ""
        return page_request.say(_("{what}：{value}"), what=label, value=given) if given else ""
    if len(value) != 2 or (name in LISTS and not isinstance(value[0], list)):
        return ""
    if name in NUMBERED and any(isinstance(one, int) for one in value):
        return label  # an import notes the rows by their numbers, which say nothing to a reader
    before, after = (_value(page_request, name, one) for one in value)
    return page_request.say(_("{what}：{before} → {after}"), what=label, before=before, after=after)


def _value(page_request: PageRequest, name: str, value: Any) -> str:
    if isinstance(value, list):
        return page_request.translate(_("、")).join(_value(page_request, name, one) for one in value)
    if isinstance(value, bool):
        return page_request.translate(_("是") if value else _("不是"))
    if value in (None, ""):
        return page_request.translate(NOTHING)
    return page_request.called(CODED[name], value) if name in CODED else str(value)
