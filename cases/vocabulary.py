"""The values that only cases know, and the states, outcomes and ratings that count as one thing."""

from enum import StrEnum

from config.marked_text import mark
from workflow.definition.vocabulary import CaseState, Outcome, Rating

#: What stands, and is read, in place of words that were forgotten. No text that comes in has it (core.text).
FORGOTTEN = "\ufdd0"
#: What is read in place of a name that does not open, which `verify` names. It is never kept.
UNREADABLE = "\ufdd2"
#: How each mark is shown, in the reader's language.
MARKS_SHOWN = {FORGOTTEN: mark("已按保存期限删除"), UNREADABLE: mark("（读不出来）")}

#: Open: some unit still has to do something before the reply.
OPEN_STATES = (CaseState.RECEIVED, CaseState.ASSIGNED, CaseState.ESCALATED)
#: A unit handles the case, or has yet to say that it takes it on.
HANDLED_STATES = (CaseState.ASSIGNED, CaseState.ESCALATED)
#: Resolved now, or closed after it.
RESOLVED_STATES = (CaseState.RESOLVED, CaseState.CLOSED)
#: In no denominator of a rate, but listed in every report (domain.md section 4).
UNCOUNTED_STATES = (CaseState.VOID, CaseState.MERGED, CaseState.WITHDRAWN)

#: What a unit may conclude; the others come of a rejection and of failed attempts.
REPLY_OUTCOMES = (
    Outcome.SOLVED,
    Outcome.PARTLY_SOLVED,
    Outcome.PLANNED,
    Outcome.EXPLAINED,
    Outcome.REFERRED,
)
#: What stands in the column of a case or a round.
RECORDED_OUTCOMES = (*REPLY_OUTCOMES, Outcome.REJECTED)
#: Counted where a case is answered but no round of it was concluded; no outcome of its own.
UNDECIDED = "undecided"
#: Exactly one of these is the last outcome of an answered case.
LAST_OUTCOMES = (*Outcome, UNDECIDED)

#: The ratings of somebody who is content with the reply.
CONTENT_RATINGS = (Rating.SATISFIED, Rating.FAIR)


class StandsFor(StrEnum):
    """What the record that somebody could not be reached stands for."""

    REPLY = "reply"
    VISIT = "visit"


class SearchedKind(StrEnum):
    """Which texts of a case are found by words, each kind apart; the order never changes."""

    OWN_WORDS = "own_words"
    ADDED_WORDS = "added_words"
    REPLY = "reply"
