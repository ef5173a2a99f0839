"""Compare what actions of the program take by a definition with what their code reads, field by field.

The code has values, types and words of its own. Where a definition says something else, some doors would
keep to it and others not, so that it may only say what is so (decision 0039). A fault is named where it is
written: at the entry under `[fields.…]`, or at the list that names it.
"""

import dataclasses
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cases.intake.coded_actions import CHOICES, INTAKE_CHOICES, READ_BY, REGISTER, ProgramChoice
from cases.intake.submission import DoorReply, Intake
from cases.lifecycle.action_values import AmendValues, ComplainantEntry, ConfirmValues, OutcomeValues
from cases.lifecycle.build_values import VALUES
from config.marked_text import MarkedText
from config.marked_text import mark as _
from workflow.definition.field_limits import KEYS as FIELD_LIMITS
from workflow.definition.fields import OPTIONAL
from workflow.definition.model import Act

Problem = Callable[[tuple[str, ...], MarkedText], None]
Place = tuple[str, ...]
#: What a file says of its fields, by their entry.
Entries = Mapping[str, Mapping[str, Any]]
#: Fields that the code demands only beside what was chosen in another one, or of some matters: they may have
#: `?`, but without them that could be chosen and never sent (`promised_on` beside the outcome `planned`).
DEMANDED_OF_SOME: Mapping[type, tuple[str, ...]] = {
    OutcomeValues: ("promised_on",),
    DoorReply: ("promised_on",),
    ConfirmValues: ("heard", "rating"),
    AmendValues: ("complainant",),
}
#: What is taken in when a matter is registered: which of it must be there the code says, not the file.
TAKEN_IN = (Intake, DoorReply, ComplainantEntry)


def check_fields(place: Place, action: Act, named: Sequence[str], entries: Entries, problem: Problem) -> None:
    """Note each field of an action of the program that its code does not read as the definition says.

    `named` are the words with which the action at a place names its fields.
    """
    shape = Intake if action.name == REGISTER else VALUES[action.name]
    _check_list((*place, "fields"), shape, named, action.fields, entries, problem)


def _check_list(
    place: Place,
    shape: type,
    named: Sequence[str],
    fields: Sequence[Mapping[str, Any]],
    entries: Entries,
    problem: Problem,
) -> None:
    """Compare a list of fields with the value that the code makes of it."""
    hints = typing.get_type_hints(shape)
    required = {field["name"] for field in fields if field["required"]}
    for missing in sorted(_required(shape) - required):
        problem(place, MarkedText(_("做这一步的代码一定要字段「{name}」"), {"name": missing}))
    demanded = DEMANDED_OF_SOME.get(shape, ())
    for missing in sorted({*demanded}.difference(field["name"] for field in fields)):
        reason = MarkedText(
            _("还要写字段「{name}?」：没有它，这里能选的有些选了也交不上去"), {"name": missing}
        )
        problem(place, reason)
    by_code = {*hints} - _required(shape) if shape in TAKEN_IN else {*demanded}
    for name in sorted(required & by_code):
        reason = MarkedText(_("字段「{name}」后面要写问号：什么时候一定要填，是程序定的"), {"name": name})
        problem(place, reason)
    choices = INTAKE_CHOICES if shape is Intake else CHOICES
    for word, field in zip(named, fields, strict=True):
        name, entry = field["name"], word.removesuffix(OPTIONAL)
        if name not in hints:
            problem(place, MarkedText(_("做这一步的代码不认得字段「{name}」"), {"name": name}))
            continue
        choice = choices.get(name)
        kinds = ("choice",) if choice else tuple(_kinds(hints[name]))
        if field["type"] not in kinds:
            facts = {"name": name, "type": field["type"], "known": kinds}
            reason = MarkedText(_("字段「{name}」的代码读不了 {type} 这种类型；能写的是 {known}"), facts)
            problem(("fields", entry, "type"), reason)
            continue
        if choice:
            _check_choice(entry, field, choice, problem)
        for key in (key for key in FIELD_LIMITS if key in field):
            limited = {"name": name, "key": key}
            reason = MarkedText(
                _("字段「{name}」能填什么是程序定的，只有自己加的动作的字段才写 {key}"), limited
            )
            problem(("fields", entry, key), reason)
        _check_inside(entry, field, hints[name], entries, problem)


def _check_choice(entry: str, field: Mapping[str, Any], choice: ProgramChoice, problem: Problem) -> None:
    """Note values beside those of the program, those that are left out, and words that nobody would read."""
    known, values = [str(value) for value in choice.values], field["values"]
    for value in (value for value in values if value not in known):
        facts = {"name": field["name"], "value": value}
        problem(("fields", entry, "values"), MarkedText(_("字段「{name}」里，程序不认得 {value}"), facts))
    missing = [value for value in known if value not in values]
    if missing:
        reason = MarkedText(
            _("字段「{name}」的这些值程序到处要用，一个也不能少；还缺：{missing}"),
            {"name": field["name"], "missing": missing},
        )
        problem(("fields", entry, "values"), reason)
    if "words" in field and choice.group:
        reason = MarkedText(
            _("写在这里不起作用：这些选项叫什么，写在 [words.{group}] 里"), {"group": choice.group}
        )
        problem(("fields", entry, "words"), reason)
    elif "words" in field:
        problem(("fields", entry, "words"), MarkedText(_("写在这里不起作用：这些选项叫什么是程序定的")))


def _check_inside(
    entry: str, field: Mapping[str, Any], hint: Any, entries: Entries, problem: Problem
) -> None:
    """Compare what stands inside a list or an object."""
    place: Place = ("fields", entry)
    inside, written = field, entries[entry]
    kinds = _alternatives(hint)
    if field["type"] == "list":
        kinds = [argument for one in kinds for argument in typing.get_args(one)[:1]]
        place, inside, written = (*place, "items"), field["items"], written["items"]
        known = tuple(_kinds(kinds[0]))
        if inside["type"] not in known:
            facts = {"name": field["name"], "type": inside["type"], "known": known}
            reason = MarkedText(_("字段「{name}」的代码读不了 {type} 这种类型；能写的是 {known}"), facts)
            problem((*place, "type"), reason)
            return
    if inside["type"] == "object":
        shape = next(one for one in kinds if dataclasses.is_dataclass(one))
        _check_list(
            (*place, "fields"),
            typing.cast("type", shape),
            written["fields"],
            inside["fields"],
            entries,
            problem,
        )


def _required(shape: type) -> set[str]:
    absent = dataclasses.MISSING
    return {
        one.name
        for one in dataclasses.fields(shape)
        if one.default is absent and one.default_factory is absent
    }


def _alternatives(hint: Any) -> list[Any]:
    """Return the types that a hint allows: of `date | None` both."""
    parts = typing.get_args(hint)
    return list(parts) if type(None) in parts else [hint]


def _kinds(hint: Any) -> Iterator[str]:
    """Yield the types of a field that the code reads as a hint says; a choice is known by its name alone."""
    for one in _alternatives(hint):
        if typing.get_origin(one) is tuple:
            yield "list"
        elif dataclasses.is_dataclass(one):
            yield "object"
        else:
            yield from READ_BY.get(one, ())
