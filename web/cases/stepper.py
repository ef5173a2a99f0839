"""Show how far a case has come: the steps of the present round, past, present and to come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cases.history.entries import Entry
from cases.history.facts import RungFacts
from cases.lifecycle.context import CaseContext
from cases.queries.case_history import HistoryEntry
from cases.vocabulary import HANDLED_STATES, RESOLVED_STATES
from web.framework.request_context import PageRequest
from workflow.definition.model import RISING, Definition
from workflow.definition.vocabulary import CaseState, stage_of
from workflow.texts import labels

HANDED_ON = frozenset({"assign", "escalate", "raise"})
REACHED = "已"
#: What ends a round well, good news once it is done.
ANSWERING, CLOSING = ("resolve", "answer"), ("confirm", "close_reviewed")


@dataclass(frozen=True)
class StepperItem:
    """One step of the stepper: past, here or later, the words under it, and whether they are bad news."""

    label: str
    kind: str
    under: str
    late: bool = False


@dataclass(frozen=True)
class _RoundStep:
    """One step of the way: what the definition calls it, and the day on which it was taken."""

    words: str
    on: date | None
    good: bool = False


def steps_of(
    page_request: PageRequest, context: CaseContext, entries: Sequence[HistoryEntry]
) -> list[StepperItem]:
    """Return the steps of the present round; those that seldom happen only when they did.

    A state of the county's own stands on the way when the case has come to it.
    """
    start = max((place for place, one in enumerate(entries) if one.entry.action == "reopen"), default=0)
    round_ = [one.entry for one in entries[start:] if not _is_skipped(one)]
    way = _way(page_request, context, round_, begun_again=start > 0)
    here = labels.state(context.definition, context.case.state, page_request.language)
    if context.case.final and context.case.stage != CaseState.CLOSED:
        return [
            *(_done(page_request, one) for one in way if one.on is not None),
            StepperItem(here, "here", ""),
        ]
    # What has no date before something that has one was passed over: answered at the door, reported at once.
    last = max(place for place, one in enumerate(way) if one.on is not None)
    found = [_done(page_request, one) for one in way if one.on is not None]
    ahead = [one.words for one in way[last + 1 :]]
    if context.case.state != context.case.stage and not context.case.final:
        ahead = [here, *ahead]
    return [
        *found,
        *(_present(page_request, context, words) for words in ahead[:1]),
        *(StepperItem(words, "later", "") for words in ahead[1:]),
    ]


def _way(
    page_request: PageRequest, context: CaseContext, round_: Sequence[Entry], *, begun_again: bool
) -> list[_RoundStep]:
    """Return the steps of a round in their order, with the days on which they were taken."""
    case, definition, zone = context.case, context.definition, page_request.rules.zone
    days = {entry: entry.received_at.astimezone(zone).date() for entry in round_}
    first: dict[str, date] = {}
    for entry, on in days.items():
        first.setdefault(entry.action, on)
    if case.stage == CaseState.RECEIVED:  # whoever had it has given it back
        first = {action: on for action, on in first.items() if action not in HANDED_ON}
    # A county's own step may lead where one of the program's does.
    come_to: dict[str, date] = {}
    for entry, on in days.items():
        if entry.to_state != entry.from_state:
            come_to.setdefault(entry.to_state, on)
    if case.stage == CaseState.RECEIVED:
        come_to = {state: on for state, on in come_to.items() if stage_of(state) not in HANDLED_STATES}
    passed = {code: on for code, on in come_to.items() if code not in (stage_of(code), case.state)}
    good = case.stage in RESOLVED_STATES

    def step(*names: str, good: bool = False) -> _RoundStep:
        """Say what a step leads to, by the first of some names that the definition has."""
        target = next(definition.steps[name].target for name in names if name in definition.steps)
        taken = next((first[name] for name in names if name in first), come_to.get(target))
        return _RoundStep(_reached(page_request, definition, target), taken, good)

    def own(*stages: str) -> list[_RoundStep]:
        """Return the county's own states within some of the program's that the case has passed."""
        within = ((code, on) for code, on in passed.items() if stage_of(code) in stages)
        return [_RoundStep(_reached(page_request, definition, code), on) for code, on in within]

    begin = (
        labels.action(definition, "reopen", page_request.language) if begun_again else step("register").words
    )
    raised = [step(*RISING)] if any(name in definition.steps for name in RISING) else []
    closing = [step(*CLOSING, good=good)] if {*CLOSING} & definition.steps.keys() else []
    return [
        _RoundStep(begin, first.get("reopen") or case.received_on),
        *own(CaseState.RECEIVED),
        step("assign"),
        *(one for one in raised if one.on is not None),
        *own(CaseState.ASSIGNED, CaseState.ESCALATED),
        step(*ANSWERING, good=good),
        *own(CaseState.RESOLVED),
        *(one if case.stage == CaseState.CLOSED else replace(one, on=None) for one in closing),
    ]


def _reached(page_request: PageRequest, definition: Definition, state: str) -> str:
    """Name a state as a step on the way: 受理 for 已受理, for it may lie ahead."""
    return labels.state(definition, state, page_request.language).removeprefix(REACHED)


def _is_skipped(read: HistoryEntry) -> bool:
    """Return whether an entry notes a rung that did not happen: nobody above, or a higher one instead."""
    return isinstance(read.facts, RungFacts) and read.facts.skipped


def _done(page_request: PageRequest, step: _RoundStep) -> StepperItem:
    on = step.on
    return StepperItem(
        step.words, "good" if step.good else "past", page_request.day(on) if on is not None else ""
    )


def _present(page_request: PageRequest, context: CaseContext, words: str) -> StepperItem:
    due = context.case.due_on
    if due is None or not context.is_taken_up():
        return StepperItem(words, "here", "")
    pill = page_request.left(due)
    return StepperItem(words, "here", pill.words, late=pill.kind == "late")
