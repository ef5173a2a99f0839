"""Make the rows of lists of cases: the words, some facts, how long there is, and the one next thing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.access.permissions import Role
from cases.queries.list_columns import CaseListColumns, load_list_columns
from cases.vocabulary import HANDLED_STATES, OPEN_STATES, RESOLVED_STATES
from config.vocabulary import Urgency
from core.i18n import mark as _
from web.framework import date_formats
from web.framework.request_context import PageRequest
from workflow.definition.model import Definition
from workflow.definition.vocabulary import CaseState, stage_of

WRITERS = frozenset({Role.AUDITOR.value, Role.ADMIN.value, Role.GUEST.value})


@dataclass(frozen=True)
class CaseRow:
    """One case in a list; `next` is the endpoint of the next thing, `accept` for what is done in the row."""

    number: str
    version: int
    words: str
    state: str
    round: int
    facts: list[str]
    strong: list[str]
    pill: date_formats.DueBadge
    next: str
    next_words: str


Item = Mapping[str, Any]
#: Says of a case, and of what stands beside it, which day a list is about.
DayOf = Callable[[Item, CaseListColumns], date | None]


def case_rows(page_request: PageRequest, items: Iterable[Item], day_of: DayOf | None = None) -> list[CaseRow]:
    """Return the rows of some cases; two statements, however many there are.

    `day_of` says which day counts in this list; else it is the earliest of all that run.
    """
    listed = list(items)
    beside = load_list_columns(
        page_request.session,
        actor=page_request.actor,
        keys=page_request.rules.services.personal_keys,
        numbers=[item["number"] for item in listed],
    )
    return [
        _row(page_request, item, beside.get(item["number"], CaseListColumns()), day_of) for item in listed
    ]


def _row(page_request: PageRequest, item: Item, beside: CaseListColumns, day_of: DayOf | None) -> CaseRow:
    step, words = next_step(page_request, item)
    return CaseRow(
        number=item["number"],
        version=item["version"],
        words=item["own_words"],
        state=item["state"],
        round=item["round"],
        facts=_facts(page_request, item, beside),
        strong=_strong(page_request, item),
        pill=_pill(page_request, item, beside)
        if day_of is None
        else _left(page_request, day_of(item, beside)),
        next=step,
        next_words=words,
    )


def next_step(page_request: PageRequest, item: Mapping[str, Any]) -> tuple[str, str]:
    """Return the one next thing that this person would do with a case, by its state; nothing for others."""
    roles, mine = page_request.actor.roles, item["owner"] == page_request.actor.unit_code
    definition, state = page_request.rules.definition, item["state"]
    if roles <= WRITERS:
        return "", ""
    if _starts(definition, "assign", state) and roles & definition.steps["assign"].roles:
        return "case.show", page_request.called("action", "assign")
    if stage_of(state) in HANDLED_STATES and mine:
        accepts = not item["accepted"] and _starts(definition, "accept", state)
        action, step = ("accept", "accept") if accepts else ("reply", "case.show")
        return step, page_request.called("action", action)
    if _starts(definition, "confirm", state) and roles & definition.visitors:
        return "return_visits.form", page_request.called("action", "confirm")
    return "", ""


def _starts(definition: Definition, action: str, state: str) -> bool:
    """Return whether an action can be taken from a state at all."""
    return definition.has_action(action) and state in definition.action(action).sources


def family(page_request: PageRequest, name: str) -> str:
    """Name somebody by the first sign of the name, as the county's words have it: 王家."""
    return page_request.called("term", "family").format(name=name[:1])


def _facts(page_request: PageRequest, item: Mapping[str, Any], beside: CaseListColumns) -> list[str]:
    several_villages = page_request.actor.village_id is None
    place = [item["village_name"]] if several_villages else []
    if beside.group:
        place.append(page_request.say(_("{n} {level.group}"), n=beside.group))
    if beside.family:
        place.append(family(page_request, beside.family))
    found = [
        page_request.called("category", item["category"]),
        " ".join(place),
    ]
    if beside.others:
        found.append(page_request.say(_("还有 {n} 位"), n=beside.others))
    if item["owner_name"] and item["owner"] != page_request.actor.unit_code:
        found.append(page_request.say(_("{unit}在办"), unit=item["owner_name"]))
    return [fact for fact in found if fact]


def _strong(page_request: PageRequest, item: Mapping[str, Any]) -> list[str]:
    found = []
    if item["urgency"] == Urgency.URGENT:
        found.append(page_request.translate(_("紧急")))
    if stage_of(item["state"]) in HANDLED_STATES and not item["accepted"]:
        found.append(page_request.translate(_("未接收")))
    if item["round"] > 1:
        found.append(page_request.say(_("不满意，第 {n} 次办"), n=item["round"]))
    return found


def _pill(
    page_request: PageRequest, item: Mapping[str, Any], beside: CaseListColumns
) -> date_formats.DueBadge:
    if is_untouched_history(item, beside.due_on, page_request.today):
        return date_formats.DueBadge("", page_request.translate(_("历史导入")))
    stage = stage_of(item["state"])
    if stage not in OPEN_STATES:
        if stage == CaseState.RESOLVED and beside.due_on is not None and beside.due_on < page_request.today:
            return page_request.left(beside.due_on)
        kind = "answered" if stage in RESOLVED_STATES else ""
        return date_formats.DueBadge(kind, page_request.called("state", item["state"]))
    return _left(page_request, beside.due_on)


def is_untouched_history(item: Mapping[str, Any], due_on: date | None, today: date) -> bool:
    """Return whether a date has passed that nobody is held to: imported history is late once acted on."""
    return bool(item["imported"]) and not item["overdue"] and due_on is not None and due_on < today


def _left(page_request: PageRequest, day: date | None) -> date_formats.DueBadge:
    return page_request.left(day) if day is not None else date_formats.DueBadge("", "")
