"""Show how far a case has come: the steps of the present round, past, present and to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.history.facts import RungFacts
from cases.lifecycle.context import CaseContext
from cases.queries.case_history import HistoryEntry
from cases.vocabulary import RESOLVED_STATES
from core.i18n import mark as _
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import CaseState
from workflow.texts import labels

HANDED_ON = frozenset({"assign", "escalate", "raise"})
#: The last two steps of the stepper, good news once they are done.
ANSWERED = (_("答复办结"), _("回访归档"))


@dataclass(frozen=True)
class StepperItem:
    """One step of the stepper: past, here or later, the words under it, and whether they are bad news."""

    label: str
    kind: str
    under: str
    late: bool = False


def steps_of(
    page_request: PageRequest, context: CaseContext, entries: Sequence[HistoryEntry]
) -> list[StepperItem]:
    """Return the steps of the present round; those that seldom happen only when they did."""
    start = max((place for place, one in enumerate(entries) if one.entry.action == "reopen"), default=0)
    dates: dict[str, date] = {}
    for entry in (one.entry for one in entries[start:] if not _is_skipped(one)):
        dates.setdefault(entry.action, entry.received_at.astimezone(page_request.rules.zone).date())
    state = context.case.state
    if state == CaseState.RECEIVED:  # whoever had it has given it back
        dates = {action: on for action, on in dates.items() if action not in HANDED_ON}
    raised = dates.get("escalate") or dates.get("raise")
    answered = dates.get("resolve") or dates.get("answer")
    shown = [
        (_("重新交办") if start else _("受理"), dates.get("reopen") or context.case.received_on),
        (_("交办"), dates.get("assign")),
        *([(_("上报"), raised)] if raised else []),
        (ANSWERED[0], answered),
        (
            ANSWERED[1],
            dates.get("confirm") or dates.get("close_reviewed") if state == CaseState.CLOSED else None,
        ),
    ]
    if context.case.final and state != CaseState.CLOSED:
        return [
            *(_done(page_request, words, on) for words, on in shown if on is not None),
            StepperItem(labels.state(context.definition, state, page_request.language), "here", ""),
        ]
    # What has no date before something that has one was passed over: answered at the door, reported at once.
    last = max(place for place, (words, on) in enumerate(shown) if on is not None)
    good = state in RESOLVED_STATES
    found = [
        _done(page_request, words, on, good=good and words in ANSWERED)
        for words, on in shown
        if on is not None
    ]
    ahead = [words for words, on in shown[last + 1 :]]
    return [
        *found,
        *(_present(page_request, context, words) for words in ahead[:1]),
        *(StepperItem(page_request.translate(words), "later", "") for words in ahead[1:]),
    ]


def _is_skipped(read: HistoryEntry) -> bool:
    """Return whether an entry notes a rung that did not happen: nobody above, or a higher one instead."""
    return isinstance(read.facts, RungFacts) and read.facts.skipped


def _done(page_request: PageRequest, words: str, on: date, *, good: bool = False) -> StepperItem:
    return StepperItem(page_request.translate(words), "good" if good else "past", page_request.day(on))


def _present(page_request: PageRequest, context: CaseContext, words: str) -> StepperItem:
    due = context.case.due_on
    if due is None or not context.is_taken_up():
        return StepperItem(page_request.translate(words), "here", "")
    pill = page_request.left(due)
    return StepperItem(page_request.translate(words), "here", pill.words, late=pill.kind == "late")
