"""Count the failed attempts to reach a complainant, and say what is missing before they are enough.

Three recorded attempts in two modes, one of them by phone where there is a number, at most two counted a day,
over seven days between those on which the server received the first and the last (domain.md section 2).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, or_, select

from cases.lifecycle.context import CaseContext
from cases.models.case import Complainant
from cases.models.correspondence import ContactAttempt
from cases.vocabulary import StandsFor
from workflow.definition.vocabulary import AttemptMode, CaseState
from workflow.limits import A_DAY, ATTEMPTS, LEAST_SPAN, MODES

#: What is missing first where nothing was recorded: two of today are never three.
NOTHING_RECORDED = "fewer_than_three_attempts"

_ON_THIS_CASE = ContactAttempt.case_id == bindparam("case_id")
#: Made once, because making a statement costs more than asking it.
COUNTING = (
    select(ContactAttempt)
    .where(
        ContactAttempt.complainant_id.in_(bindparam("people", expanding=True)),
        ContactAttempt.stands_for == bindparam("stands_for"),
        or_(
            and_(_ON_THIS_CASE, ContactAttempt.round == bindparam("round")),
            and_(~_ON_THIS_CASE, ContactAttempt.received_on >= bindparam("since")),
        ),
    )
    .order_by(ContactAttempt.id)
)


@dataclass(frozen=True)
class CountedAttempt:
    """One attempt as it counts: on which day the server received it, and in which way it was made."""

    day: date
    mode: str


def stands_for(context: CaseContext) -> StandsFor:
    """Return what an attempt would stand for now: the return visit of a resolved case, else the reply."""
    return StandsFor.VISIT if context.case.stage == CaseState.RESOLVED else StandsFor.REPLY


def load_attempts(context: CaseContext, people: Sequence[Complainant]) -> dict[int, list[ContactAttempt]]:
    """Load the attempts that count now, by complainant, oldest first.

    Those of this round do, and those that were made on the case that a complainant came from with a merge.
    Nothing is asked of a case in whose file nothing lies.
    """
    case = context.case
    found: dict[int, list[ContactAttempt]] = {person.id: [] for person in people}
    if not context.has_records:
        return found
    asked = {
        "people": list(found),
        "stands_for": stands_for(context).value,
        "case_id": case.id,
        "round": case.round,
        "since": context.round.opened_on if case.round > 1 else date.min,
    }
    for row in context.session.scalars(COUNTING, asked):
        found[row.complainant_id].append(row)
    return found


def count(rows: Iterable[ContactAttempt]) -> list[CountedAttempt]:
    """Return recorded attempts as they count."""
    return [CountedAttempt(row.received_on, row.mode) for row in rows]


def missing(attempts: Sequence[CountedAttempt], *, has_phone: bool) -> list[str]:
    """List, as reason codes, what is missing before somebody counts as unreachable; empty when nothing is."""
    found = []
    if sum(min(A_DAY, number) for number in Counter(one.day for one in attempts).values()) < ATTEMPTS:
        found.append(NOTHING_RECORDED)
    modes = {one.mode for one in attempts}
    if len(modes) < MODES:
        found.append("fewer_than_two_modes")
    days = [one.day for one in attempts]
    if not days or max(days) - min(days) < LEAST_SPAN:
        found.append("within_less_than_seven_days")
    if has_phone and AttemptMode.PHONE not in modes:
        found.append("phone_not_tried")
    return found


def why_not_yet(context: CaseContext) -> str | None:
    """Return what keeps everybody who waits from being recorded as unreachable today; None for nothing.

    Attempts may be sent together with the record: only what two more of today could not bring is named.
    """
    waiting = context.unvisited() if stands_for(context) == StandsFor.VISIT else context.unanswered()
    if not waiting:
        return None
    if not context.has_records:
        return NOTHING_RECORDED
    today = [
        CountedAttempt(context.today, AttemptMode.PHONE),
        CountedAttempt(context.today, AttemptMode.DAY_HOME),
    ]
    reasons = [
        missing([*count(rows), *today], has_phone=False) for rows in load_attempts(context, waiting).values()
    ]
    return min(reasons, key=len)[0] if all(reasons) else None
