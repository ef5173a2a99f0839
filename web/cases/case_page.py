"""The page of one case: its head, its steps, its history and its forms."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from accounts.access.permissions import Permission
from cases.attachments import is_unchecked
from cases.lifecycle.build_values import VALUES
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.assignment import RETURN_WINDOW
from cases.lifecycle.loading import load_for_reading
from cases.queries import case_detail, case_history
from cases.vocabulary import HANDLED_STATES
from core.i18n import mark as _
from web.cases.rows import family, is_untouched_history
from web.cases.stepper import StepperItem, steps_of
from web.forms.action_forms import MAIN, ActionForm, action_form
from web.forms.category_questions import Answered, answered
from web.forms.controls import Mistakes, mistakes_of
from web.forms.drawing import ActionFormContext
from web.forms.reply_templates import ReplyTemplate, reply_templates
from web.framework import date_formats
from web.framework.blueprint import PageBlueprint, Typed, requires
from web.framework.rendering import local_path, page
from web.framework.request_context import PageRequest
from web.timeline.timeline import SYSTEM, TimelineEntry, build_timeline
from workflow.definition.model import Definition
from workflow.definition.vocabulary import stage_of
from workflow.texts import labels

case = PageBlueprint("case", __name__)
READERS = requires(Permission.CASES_READ)
#: Reasons that are no news to anybody: what is closed for them is not listed.
USUAL = frozenset({"role", "wrong_state", "system_only"})
#: What has a page or a button of its own and is no form among the others.
APART = frozenset({"accept", "confirm"})
SOMEBODY = _("一位{role.villager}")


@dataclass(frozen=True)
class Closed:
    """A step or act that is not open now, and why."""

    label: str
    reasons: list[str]


@dataclass(frozen=True)
class CasePage:
    """Everything the template shows."""

    view: Mapping[str, Any]
    stage: str
    families: Mapping[int, str]
    #: Ids of the files in which nobody looked for a virus.
    unchecked: Set[str]
    group: str
    steps: list[StepperItem]
    events: list[TimelineEntry]
    due: date_formats.DueBadge | None
    owed: str
    word_first: bool
    explanation: str
    main: ActionForm | None
    others: list[ActionForm]
    closed: list[Closed]
    may: frozenset[str]
    seen: int
    news: list[TimelineEntry]
    mistakes: Mistakes
    lost: list[str]
    phrases: list[ReplyTemplate]
    wish: str
    answers: list[Answered]


@case.get("/cases/<number:number>", enter=READERS)
def show(page_request: PageRequest, number: str) -> Response:
    """Show one case: who has it and until when, what happened, and what the person may do."""
    return render_case(page_request, Typed(), number)


def render_case(page_request: PageRequest, typed: Typed, number: str) -> Response:
    """Show one case, with what was typed and not taken."""
    found = build_case_page(page_request, number, typed)
    return page("cases/case.html", found=found, typed=typed, back=_back(), return_days=RETURN_WINDOW)


def _back() -> str:
    """Return the list that somebody came from."""
    given = local_path(request.args.get("back", "") or request.form.get("back", ""))
    return given or url_for("cases.index")


def load_page_context(page_request: PageRequest, number: str) -> CaseContext:
    """Load a case to be read, for everything on its page; raises NotFound out of scope."""
    context = load_for_reading(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        number=number,
        now=page_request.now,
    )
    page_request.calendar = context.calendar  # it was read together with the case
    return context


def build_case_page(page_request: PageRequest, number: str, typed: Typed) -> CasePage:
    """Return the page of a case, with what was typed into one of its forms and not taken."""
    context = load_page_context(page_request, number)
    detail = case_detail.load_detail(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        number=number,
        now=page_request.now,
        language=page_request.language,
        context=context,
    )
    view = detail.view
    entries = case_history.load_history(
        page_request.session,
        actor=page_request.actor,
        keys=page_request.rules.services.personal_keys,
        number=number,
        system=page_request.translate(SYSTEM),
        case=context.case,
        context=context,
    )
    families = families_of(page_request, view["complainants"])
    told = build_timeline(page_request, entries, detail, families, context.definition)
    openings = view["actions"]
    drawing = ActionFormContext(
        page_request, context, families, typed, mistakes_of(page_request, typed.refusal), typed.get("action")
    )
    allowed = [one for one in openings if one["allowed"]]
    forms = [action_form(drawing, one["name"], one["fields"]) for one in allowed if one["name"] not in APART]
    main = next((form for name in _first(context) for form in forms if form.name == name), None)
    seen = typed.get("seen")
    given = answered(page_request, view["category"], view["answers"])
    known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else len(told)
    return CasePage(
        view=view,
        stage=context.case.stage,
        families=families,
        unchecked={one["id"] for one in view["attachments"] if is_unchecked(page_request.rules, one["type"])},
        group=group_of(page_request, view["complainants"]),
        steps=steps_of(page_request, context, entries),
        events=told,
        due=due_of(page_request, view),
        owed=owed_of(page_request, context, view),
        word_first=word_first(view),
        explanation=_explanation(view, context.definition.states[context.case.state].clock),
        main=main,
        others=[form for form in forms if form is not main],
        closed=_closed(page_request, context, openings),
        may=frozenset(one["name"] for one in allowed),
        seen=len(told),
        news=told[known:] if typed.refusal is not None and typed.refusal.status in (409, 412) else [],
        mistakes=drawing.mistakes,
        lost=_lost(typed, forms, context.definition),
        phrases=reply_templates(page_request, view),
        wish=next((one.words for one in given if one.said), ""),
        answers=[one for one in given if not one.said],
    )


def _first(context: CaseContext) -> list[str]:
    """Name the actions of which the first that is open stands open; those that leave an own state lead."""
    case = context.case
    steps = context.definition.steps.values() if case.state != case.stage else ()
    own = [one.name for one in steps if one.name not in VALUES and case.state in one.sources]
    return [*(name for name in own if context.definition.steps[name].target != case.state), *MAIN]


def families_of(page_request: PageRequest, complainants: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Name the complainants by their families, those who may not be known as 一位村民; each name once."""
    names: dict[int, str] = {}
    times: Counter[str] = Counter()
    for person in complainants:
        known = person["name"]
        name = family(page_request, known) if known else page_request.translate(SOMEBODY)
        times[name] += 1
        names[person["id"]] = f"{name} {times[name]}" if times[name] > 1 else name
    return names


def group_of(page_request: PageRequest, complainants: Sequence[Mapping[str, Any]]) -> str:
    """Return the villager group of the first complainant, as the key of the household says it."""
    key = complainants[0]["household"] if complainants else None
    parts = key.split("-") if key else []
    return (
        page_request.say(_("{n} {level.group}"), n=int(parts[-2]))
        if len(parts) >= 3 and parts[-2].isdigit()
        else ""
    )


def due_of(page_request: PageRequest, view: Mapping[str, Any]) -> date_formats.DueBadge | None:
    """Say how long there is for the case, by the earliest of its running dates."""
    running = [clock["due_on"] for clock in view["clocks"] if clock["running"]]
    if not running or is_untouched_history(view, min(running), page_request.today):
        return None
    return page_request.left(min(running))


def word_first(view: Mapping[str, Any]) -> bool:
    """Return whether villagers are owed a word before the matter itself is due; an interim one is enough."""
    day, due = view["reply_due_on"], view["due_on"]
    return stage_of(view["state"]) in HANDLED_STATES and day is not None and due is not None and day < due


def owed_of(page_request: PageRequest, context: CaseContext, view: Mapping[str, Any]) -> str:
    """Name what is owed by the earliest of the running dates: the answer, or a word to the villager first."""
    if word_first(view) and due_of(page_request, view) == page_request.left(view["reply_due_on"]):
        return page_request.translate(_("先回个话"))
    running = [(clock["due_on"], clock["clock"]) for clock in view["clocks"] if clock["running"]]
    return labels.clock(context.definition, min(running)[1], page_request.language) if running else ""


def _explanation(view: Mapping[str, Any], clock_of_state: str) -> str:
    """Say how the date came about that the page tells: that of the clock of the state."""
    clocks = {clock["clock"]: clock for clock in view["clocks"] if clock["running"]}
    first = next((clocks[name] for name in (clock_of_state, "reply") if name in clocks), None)
    return str(first["explanation"]) if first else ""


def _closed(
    page_request: PageRequest, context: CaseContext, openings: Sequence[Mapping[str, Any]]
) -> list[Closed]:
    return [
        Closed(
            labels.action(context.definition, one["name"], page_request.language),
            [
                labels.called(context.definition, "reason", code, page_request.language)
                for code in one["reasons"]
            ],
        )
        for one in openings
        if not one["allowed"] and not USUAL & set(one["reasons"])
    ]


def _lost(typed: Typed, forms: Sequence[ActionForm], definition: Definition) -> list[str]:
    """Return the words typed into a form that is not open any more, so that they can be read and copied."""
    action = typed.get("action")
    if not definition.has_action(action) or any(form.name == action for form in forms):
        return []
    words = set(_texts_of(definition.action(action).fields))
    return [
        value
        for name, value in typed.form.items(multi=True)
        if len(value) > 1 and name.rpartition(".")[2] in words
    ]


def _texts_of(fields: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Name the fields of an action into which somebody writes words, also those inside of others."""
    for field in fields:
        if field["type"] == "text":
            yield field["name"]
        yield from _texts_of(field.get("fields", ()))
        yield from _texts_of(field.get("items", {}).get("fields", ()))
