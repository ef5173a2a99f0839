"""Put together what the page of one case shows: its head, its steps, its history and its forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.history.facts import RungFacts
from cases.lifecycle import loading
from cases.lifecycle.context import Moment, Work
from cases.queries import case_detail
from cases.queries.case_detail import HistoryEntry
from cases.responsibility.covering_units import load_covering_units
from core.i18n import mark as _
from web.cases.timeline import SYSTEM, TimelineEntry, events
from web.forms.action_forms import MAIN, ActionForm, ActionFormContext, action_form
from web.forms.category_questions import Answered, answered
from web.forms.controls import Mistakes, mistakes_of
from web.forms.reply_templates import ReplyTemplate, reply_templates
from web.framework import date_formats
from web.framework.blueprint import Typed
from web.framework.request_context import PageRequest
from workflow.texts import labels

#: Reasons that are no news to anybody: what is closed for them is not listed.
USUAL = frozenset({"role", "wrong_state", "system_only"})
#: What has a page or a button of its own and is no form among the others.
APART = frozenset({"accept", "confirm"})
SOMEBODY = _("一位村民")
HANDED_ON = frozenset({"assign", "escalate", "raise"})
#: The states in which a unit works on the matter.
HANDLED = frozenset({"assigned", "escalated"})
#: The last two steps of the stepper, good news once they are done.
ANSWERED = (_("答复办结"), _("回访归档"))


@dataclass(frozen=True)
class StepperItem:
    """One step of the stepper: past, here or later, the words under it, and whether they are bad news."""

    label: str
    kind: str
    under: str
    late: bool = False


@dataclass(frozen=True)
class Closed:
    """A step or act that is not open now, and why."""

    label: str
    reasons: list[str]


@dataclass(frozen=True)
class CasePage:
    """Everything the template shows."""

    view: Mapping[str, Any]
    families: Mapping[int, str]
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


def load_page_context(page_request: PageRequest, number: str) -> Work:
    """Take a case in hand to read it, with the units over its village; raises NotFound out of scope."""
    moment = Moment(
        page_request.now, page_request.now, page_request.now, page_request.now, page_request.today
    )
    row = loading.find_case(page_request.session, page_request.actor, number)
    work = loading.build_context(
        page_request.session, actor=page_request.actor, rules=page_request.rules, moment=moment, row=row
    )
    work.over = load_covering_units(page_request.session, work.village.path)
    page_request.calendar = work.calendar  # it was read together with the case
    return work


def case_page(page_request: PageRequest, number: str, typed: Typed) -> CasePage:
    """Give the page of a case, with what was typed into one of its forms and not taken."""
    work = load_page_context(page_request, number)
    detail = case_detail.load_detail(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        number=number,
        now=page_request.now,
        language=page_request.language,
        work=work,
    )
    view = detail.view
    entries = case_detail.load_history(
        page_request.session,
        actor=page_request.actor,
        number=number,
        system=page_request.translate(SYSTEM),
        case=work.case,
    )
    families = families_of(page_request, view["complainants"])
    told = events(page_request, entries, detail, families)
    openings = view["actions"]
    drawing = ActionFormContext(
        page_request, work, families, typed, mistakes_of(page_request, typed.refusal), typed.get("action")
    )
    allowed = [one for one in openings if one["allowed"]]
    forms = [action_form(drawing, one["name"], one["fields"]) for one in allowed if one["name"] not in APART]
    main = next((form for name in MAIN for form in forms if form.name == name), None)
    seen = typed.get("seen")
    given = answered(page_request, view["category"], view["answers"])
    known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else len(entries)
    return CasePage(
        view=view,
        families=families,
        group=group_of(page_request, view["complainants"]),
        steps=steps_of(page_request, work, entries),
        events=told,
        due=due_of(page_request, view),
        owed=owed_of(page_request, work, view),
        word_first=word_first(view),
        explanation=_explanation(view),
        main=main,
        others=[form for form in forms if form is not main],
        closed=_closed(page_request, work, openings),
        may=frozenset(one["name"] for one in allowed),
        seen=len(entries),
        news=told[known:] if typed.refusal is not None and typed.refusal.status in (409, 412) else [],
        mistakes=drawing.mistakes,
        lost=_lost(typed, forms),
        phrases=reply_templates(page_request, view),
        wish=next((one.words for one in given if one.said), ""),
        answers=[one for one in given if not one.said],
    )


def families_of(page_request: PageRequest, complainants: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Name the complainants by their families, those who may not be known as 一位村民; each name once."""
    names: dict[int, str] = {}
    for person in complainants:
        name = page_request.translate(SOMEBODY)
        if person["name"]:
            name = page_request.say(_("{name}家"), name=person["name"][:1])
        same = sum(1 for known in names.values() if known.partition(" ")[0] == name)
        names[person["id"]] = f"{name} {same + 1}" if same else name
    return names


def group_of(page_request: PageRequest, complainants: Sequence[Mapping[str, Any]]) -> str:
    """Give the villager group of the first complainant, as the key of the household says it."""
    key = complainants[0]["household"] if complainants else None
    parts = key.split("-") if key else []
    return page_request.say(_("{n} 组"), n=int(parts[-2])) if len(parts) >= 3 and parts[-2].isdigit() else ""


def due_of(page_request: PageRequest, view: Mapping[str, Any]) -> date_formats.DueBadge | None:
    """Say how long there is for the case, by the earliest of its running dates."""
    running = [clock["due_on"] for clock in view["clocks"] if clock["running"]]
    return page_request.left(min(running)) if running else None


def word_first(view: Mapping[str, Any]) -> bool:
    """Tell whether villagers are owed a word before the matter itself is due; an interim one is enough."""
    day, due = view["reply_due_on"], view["due_on"]
    return view["state"] in HANDLED and day is not None and due is not None and day < due


def owed_of(page_request: PageRequest, work: Work, view: Mapping[str, Any]) -> str:
    """Name what is owed by the earliest of the running dates: the answer, or a word to the villager first."""
    if word_first(view) and due_of(page_request, view) == page_request.left(view["reply_due_on"]):
        return page_request.translate(_("先回个话"))
    running = [(clock["due_on"], clock["clock"]) for clock in view["clocks"] if clock["running"]]
    return labels.clock(work.definition, min(running)[1], page_request.language) if running else ""


def steps_of(page_request: PageRequest, work: Work, entries: Sequence[HistoryEntry]) -> list[StepperItem]:
    """Give the steps of the present round; those that seldom happen only when they did."""
    start = max((place for place, one in enumerate(entries) if one.entry.action == "reopen"), default=0)
    dates: dict[str, date] = {}
    for entry in (one.entry for one in entries[start:] if not _is_skipped(one)):
        dates.setdefault(entry.action, entry.received_at.astimezone(page_request.rules.zone).date())
    state = work.case.state
    if state == "received":  # whoever had it has given it back
        dates = {action: on for action, on in dates.items() if action not in HANDED_ON}
    raised = dates.get("escalate") or dates.get("raise")
    answered = dates.get("resolve") or dates.get("answer")
    shown = [
        (_("重新交办") if start else _("受理"), dates.get("reopen") or work.case.received_on),
        (_("交办"), dates.get("assign")),
        *([(_("上报"), raised)] if raised else []),
        (ANSWERED[0], answered),
        (ANSWERED[1], dates.get("confirm") or dates.get("close_reviewed") if state == "closed" else None),
    ]
    if work.case.final and state != "closed":
        return [
            *(_done(page_request, words, on) for words, on in shown if on is not None),
            StepperItem(labels.state(work.definition, state, page_request.language), "here", ""),
        ]
    # What has no date before something that has one was passed over: answered at the door, reported at once.
    last = max(place for place, (words, on) in enumerate(shown) if on is not None)
    good = state in ("resolved", "closed")
    found = [
        _done(page_request, words, on, good=good and words in ANSWERED)
        for words, on in shown
        if on is not None
    ]
    ahead = [words for words, on in shown[last + 1 :]]
    return [
        *found,
        *(_present(page_request, work, words) for words in ahead[:1]),
        *(StepperItem(page_request.translate(words), "later", "") for words in ahead[1:]),
    ]


def _is_skipped(read: HistoryEntry) -> bool:
    """Tell whether an entry notes a rung that did not happen: nobody above, or a higher one in its place."""
    return isinstance(read.facts, RungFacts) and read.facts.skipped


def _done(page_request: PageRequest, words: str, on: date, *, good: bool = False) -> StepperItem:
    return StepperItem(page_request.translate(words), "good" if good else "past", page_request.day(on))


def _present(page_request: PageRequest, work: Work, words: str) -> StepperItem:
    due = work.case.due_on
    if due is None:
        return StepperItem(page_request.translate(words), "here", "")
    pill = page_request.left(due)
    return StepperItem(page_request.translate(words), "here", pill.words, late=pill.kind == "late")


def _explanation(view: Mapping[str, Any]) -> str:
    clocks = {clock["clock"]: clock for clock in view["clocks"] if clock["running"]}
    first = next((clocks[name] for name in ("handling", "triage", "return", "reply") if name in clocks), None)
    return str(first["explanation"]) if first else ""


def _closed(page_request: PageRequest, work: Work, openings: Sequence[Mapping[str, Any]]) -> list[Closed]:
    return [
        Closed(
            labels.action(work.definition, one["name"], page_request.language),
            [labels.reason(code, page_request.language) for code in one["reasons"]],
        )
        for one in openings
        if not one["allowed"] and not USUAL & set(one["reasons"])
    ]


def _lost(typed: Typed, forms: Sequence[ActionForm]) -> list[str]:
    """Give the words typed into a form that is not open any more, so that they can be read and copied."""
    action = typed.get("action")
    if not action or any(form.name == action for form in forms):
        return []
    return [value for name, value in typed.form.items(multi=True) if len(value) > 1 and _is_words(name)]


def _is_words(name: str) -> bool:
    return name.rpartition(".")[2] in {"text", "reason", "words", "own_words", "value"}
