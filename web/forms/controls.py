"""Turn a form that was sent into the fields that an action takes, and a field into what a template draws."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import Invalid
from core.i18n import mark as _
from core.normalization.telephones import count_digits
from core.normalization.typed_numbers import read_number
from core.normalization.visibility import is_blank
from web.forms.field_labels import label_of, mistake
from web.forms.longest_texts import LONGEST_NUMBER, longest_text
from web.framework.blueprint import Form, Typed
from web.framework.refusals import reason_words
from web.framework.request_context import PageRequest
from workflow.limits import LONGEST_TEXT
from wsgi.error_messages import REGISTERS
from wsgi.error_responses import ErrorResponse
from wsgi.rate_limits import UPLOADS
from wsgi.schemas.external import MOST_DIGITS

YES = "yes"
#: Fields that somebody types; an object of a list in which none of them is filled was left empty.
TYPED = frozenset({"text", "code", "date", "datetime"})
#: What stands between names that are written in one line.
BETWEEN = re.compile(r"[,，、;；\n]")
#: What hardly anybody fills in: who the matter is about, and an assignment that cannot be returned.
RARE = frozenset({"named_units", "named_users", "named_users.other", "binding"})
#: How high a field for several lines may be, in lines.
LEAST_ROWS, MOST_ROWS = 4, 14
#: What is said when a form comes once more with something else in it.
SAVED_BEFORE = (_("刚才那份已经存好了"), _("再按一次，会另存一件。"))
NOT_NOW = _("现在存不了，您写的还在。请过一会儿再按一次。")
#: What is no fault of the form: it can be sent again as it is, only later.
RETRY_LATER: Mapping[str, str] = {
    "busy": _("这会儿送照片的人太多，什么都没有存。请稍等片刻，再按一次"),
    "too_many": _("试得太多了，请过一会儿再来。"),
    "unavailable": NOT_NOW,
}
TOO_MANY_UPLOADS = _("加的照片和文件太多了，请过 {minutes} 分钟再加")
#: Why a telephone is refused, and the field with which somebody stands by it.
NOT_A_PHONE, PHONE_AS_WRITTEN = "not_a_phone", "phone_as_written"
NOT_VALID = _("这样填不行，请核对")

Field = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """One of the values of a field, with its words."""

    value: str
    words: str


@dataclass(frozen=True)
class Control:
    """A field as a template draws it; `name` is also where its mistakes are found.

    `shortest` and `longest` are how many characters may be typed, `first_day` and `last_day` which days may
    be chosen, and `whole` says that a number has no decimals.
    """

    name: str
    kind: str
    label: str
    hint: str = ""
    required: bool = True
    value: str = ""
    values: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    mistakes: Sequence[str] = ()
    group: str = ""
    shortest: int | None = None
    longest: int = LONGEST_TEXT
    first_day: date | None = None
    last_day: date | None = None
    whole: bool = False

    @property
    def is_rare(self) -> bool:
        """Return whether a form keeps this a click away: not where it is filled in or wrong."""
        return self.name in RARE and not self.mistakes and not self.value

    @property
    def rows(self) -> int:
        """Return how many lines of a long text are seen at once: those that stand in it and one more."""
        return min(max(LEAST_ROWS, self.value.count("\n") + 2), MOST_ROWS)

    @property
    def id(self) -> str:
        """Return the id that label, hint and mistake refer to."""
        return "f-" + self.name.replace(".", "-").replace("_", "-")


@dataclass(frozen=True)
class Mistakes:
    """What was wrong with a form: by field, and what belongs to no field."""

    by_field: Mapping[str, list[str]] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)


def mistakes_of(page_request: PageRequest, refusal: ErrorResponse | None) -> Mistakes:
    """Return the words of a refusal, by the name of the field."""
    if refusal is None:
        return Mistakes()
    by_field = {
        name: [_about(page_request, refusal, _words(page_request, code, refusal.facts)) for code in codes]
        for name, codes in (refusal.errors or {}).items()
    }
    general = [_words(page_request, code) for code in refusal.facts.get("reasons") or []]
    if refusal.code in REGISTERS:
        general = [page_request.say(REGISTERS[refusal.code], **refusal.facts)]
    elif refusal.code == "lost_race":
        general = [_words(page_request, refusal.code)]
    elif refusal.facts.get("limit") == UPLOADS.name:
        general = [page_request.say(TOO_MANY_UPLOADS, minutes=refusal.minutes)]
    elif refusal.code in RETRY_LATER:
        said = reason_words(page_request, refusal)
        general = [said or page_request.translate(RETRY_LATER[refusal.code])]
    if refusal.code == "idempotency_key_reused":
        general = [page_request.translate(one) for one in SAVED_BEFORE]
    return Mistakes(by_field, general)


def decode_fields(fields: Iterable[Field], form: Form, zone: ZoneInfo, prefix: str = "") -> dict[str, Any]:
    """Return what a form says of some fields of the definition, as a program would send it."""
    found = {}
    for one in fields:
        value = _value(one, form, zone, prefix + one["name"])
        if value is not None:
            found[one["name"]] = value
    return found


def version_of(form: Form) -> int:
    """Return the version of the case that the form was made from; raise Invalid when it does not say."""
    given = form.get("version", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Invalid({"version": ["required"]})
    return int(given)


def build_control(
    page_request: PageRequest,
    typed: Typed,
    mistakes: Mistakes,
    *,
    action: str,
    name: str,
    kind: str,
    required: bool = True,
    choices: Sequence[Choice] = (),
    value: str = "",
    values: Sequence[str] = (),
    group: str = "",
    label: str = "",
    **facts: str,
) -> Control:
    """Make a control with its words, with what was typed into it before, and what was wrong with that.

    `value` and `values` are what stands in it as long as nothing was typed; `label` is what the definition
    calls the field, where it does.
    """
    words = label_of(action, name)
    own = label or _own_label(page_request, action, name)
    return Control(
        name=name,
        kind=kind,
        label=own or page_request.translate(words.label),
        hint=_hint(page_request, typed, "" if own and kind != "files" else words.hint, kind, facts),
        required=required,
        value=typed.get(name, value) if typed.form else value,
        values=typed.form.getlist(name) if typed.form else values,
        choices=choices,
        mistakes=mistakes.by_field.get(name, ()),
        group=group,
        longest=LONGEST_NUMBER
        if kind == "number"
        else longest_text(page_request.rules.definition, action, name),
    )


def _own_label(page_request: PageRequest, action: str, name: str) -> str:
    """Return what the present definition calls a field of one of its actions, if it does."""
    definition = page_request.rules.definition
    waiting = list(definition.action(action).fields) if definition.has_action(action) else []
    while waiting:
        one = waiting.pop()
        if one.get("name") == name.rpartition(".")[2] and page_request.language in one:
            return str(one[page_request.language])
        waiting += [*one.get("fields", ()), *one.get("items", {}).get("fields", ())]
    return ""


def phone_confirmation(page_request: PageRequest, typed: Typed, *, action: str, field: str) -> Control | None:
    """Ask about a telephone that cannot be dialled, once it was refused: whoever stands by it is believed."""
    errors = (typed.refusal.errors if typed.refusal else None) or {}
    asked = any(NOT_A_PHONE in codes for codes in errors.values())
    if not asked and typed.get(PHONE_AS_WRITTEN) != YES:
        return None
    return build_control(
        page_request,
        typed,
        Mistakes(),
        action=action,
        name=PHONE_AS_WRITTEN,
        kind="tick",
        required=False,
        digits=str(count_digits(typed.get(field))),
    )


def _about(page_request: PageRequest, refusal: ErrorResponse, words: str) -> str:
    """Say which of several files it is that something is wrong with."""
    name = refusal.facts.get("file")
    return page_request.say(_("「{file}」：{words}"), file=name, words=words) if name else words


def _hint(page_request: PageRequest, typed: Typed, words: str, kind: str, facts: Mapping[str, str]) -> str:
    """Return a hint with its blanks filled in; no browser keeps the files that were chosen."""
    hint = page_request.say(words, **facts) if words else ""
    if kind != "files" or not typed.form:
        return hint
    again = page_request.translate(_("刚才选的要再选一次"))
    return page_request.translate(_("；")).join(part for part in (hint, again) if part)


def _value(one: Field, form: Form, zone: ZoneInfo, name: str) -> Any:
    kind = one["type"]
    if kind == "files":  # they come beside the fields of a form
        return None
    if kind == "object":
        return decode_fields(one["fields"], form, zone, f"{name}.") or None
    if kind == "list":
        return _list(one["items"], form, zone, name)
    given = form.get(name, "")
    if kind == "boolean":
        return None if given == "" else given == YES
    if is_blank(given):
        return None
    if kind == "complainant":
        return _whole(given)
    if kind == "datetime":
        return with_offset(given, zone)
    if kind in ("integer", "number"):
        return typed_number(given)
    return given if kind == "text" else given.strip()


def typed_number(given: str) -> int | float | str:
    """Return a number as a program would send it; what is none stays as it was typed, to be refused."""
    number = read_number(given)
    return given if number is None else number


def _list(items: Field, form: Form, zone: ZoneInfo, name: str) -> list[Any] | None:
    if items["type"] != "object":
        sent = [*form.getlist(name), *form.getlist(f"{name}.other")]
        given = [part.strip() for value in sent for part in BETWEEN.split(value)]
        found = [_whole(part) if items["type"] == "complainant" else part for part in given if part]
        return found or None
    typed = [one["name"] for one in items["fields"] if one["type"] in TYPED]
    made = [decode_fields(items["fields"], form, zone, f"{name}.{place}.") for place in _indexes(form, name)]
    return [one for one in made if any(part in one for part in typed)] or None


def _indexes(form: Form, name: str) -> list[str]:
    """Return the numbers under which a form sends the objects of a list, in order."""
    starts = {key.removeprefix(f"{name}.").partition(".")[0] for key in form if key.startswith(f"{name}.")}
    return sorted((one for one in starts if one.isascii() and one.isdigit() and len(one) < 4), key=int)


def _whole(given: str) -> int | str:
    """Return an id as one; what no row can hold stays a text, to be refused as such."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS else given


def with_offset(given: str, zone: ZoneInfo) -> str:
    """Return a moment with its offset; a browser sends the time on the wall, without one."""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return given
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _words(page_request: PageRequest, code: str, facts: Mapping[str, Any] = MappingProxyType({})) -> str:
    found = page_request.translate(mistake(code, page_request.language) or NOT_VALID)
    return found.format(**facts) if "{" in found and facts else found
