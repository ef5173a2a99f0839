"""Find what happened to one complainant: of each case they were on, the entries of the time they were there.

What belongs to a complainant goes where the complainant goes. Who joins or is merged into a case brings what
happened to them before, and what happened there before they came is nothing of theirs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from cases.history import facts as of
from cases.history.entries import Entry
from cases.history.facts import Facts
from cases.history.own_facts import OwnFacts
from cases.history.read_facts import came_with, fact_column, load_facts, value_or
from cases.lifecycle.context import CaseContext
from cases.models.case import Case, Complainant
from cases.vocabulary import OPEN_STATES
from core.sealing.personal_keys import PersonalKeys
from workflow.definition.vocabulary import CaseState, stage_of

HANDLING = "handling"
#: What may say that dates moved.
MOVING = (of.MovedReasonFacts, of.RungFacts, of.RecalculatedFacts, of.AbsorbFacts, OwnFacts)

Told = tuple[Entry, Facts]


@dataclass(frozen=True)
class HandlingDates:
    """What became of the dates by which a matter was to be handled, since its round began for a complainant.

    `missed_on` is the first that passed while it was in force, whatever was granted later, `late_days` by how
    many days, until today or the day on which the handling ended. `reopened` says that there was a round
    before this one.
    """

    missed_on: date | None
    late_days: int
    reopened: bool


def load_own_history(session: Session, person: Complainant, keys: PersonalKeys) -> list[Told]:
    """Return what happened to a complainant on whichever case, in order; one statement."""
    numbers: dict[str, int] = {}
    stored: dict[int, list[Told]] = {}
    for entry, number in session.execute(_entries_on_the_way(person)):
        numbers[number] = entry.case_id
        facts = load_facts(entry, keys)
        if facts is not None:
            stored.setdefault(entry.case_id, []).append((entry, facts))
    return list(_follow(person, numbers, {case_id: iter(told) for case_id, told in stored.items()}))


def read_handling_dates(context: CaseContext, told: Sequence[Told]) -> HandlingDates:
    """Return which date by which the matter was to be handled has passed, as its complainant was told it."""
    zone, reopened, ended_on = context.rules.zone, False, None
    passed: list[date] = []
    for entry, facts in told:
        on = received_on(entry, zone)
        if isinstance(facts, of.ReopenFacts) and entry.from_state != CaseState.WITHDRAWN:
            reopened, passed = True, []
        before, _after = moved_handling(facts)
        if before is not None and before < on:
            passed.append(before)
        if stage_of(entry.to_state) in OPEN_STATES:
            ended_on = None
        elif entry.to_state != CaseState.MERGED:
            ended_on = ended_on or on
    last_day, present = ended_on or context.today, _date_in_force(context)
    if present is not None and present < last_day:
        passed.append(present)
    missed_on = min(passed, default=None)
    return HandlingDates(
        missed_on=missed_on,
        late_days=(last_day - missed_on).days if missed_on is not None else 0,
        reopened=reopened,
    )


def received_on(entry: Entry, zone: ZoneInfo) -> date:
    """Return the day on which clocks count an entry."""
    return entry.received_at.astimezone(zone).date()


def moved_handling(facts: Facts) -> tuple[date | None, date | None]:
    """Return the handling date before and after an entry; none where it did not move."""
    if isinstance(facts, MOVING):
        return value_or(facts.due_dates, {}).get(HANDLING, (None, None))
    return None, None


def _date_in_force(context: CaseContext) -> date | None:
    """Return the handling date of this round, also of one that has ended."""
    clock = context.clocks.get(HANDLING)
    return None if clock is None or context.round.handling_due_on is None else clock.due_on


def _entries_on_the_way(person: Complainant) -> Select[Entry, str]:
    """Write the statement for the entries of the case of a complainant and of those it ever went up in."""
    way = select(literal(person.origin_case_id).label("case_id")).cte("way", recursive=True)
    into = fact_column(of.MergeFacts, "into").as_string()
    way = way.union(
        select(Case.id)
        .join(Entry, into == Case.number)
        .where(Entry.case_id == way.c.case_id, Entry.action == "merge")
    )
    return (
        select(Entry, Case.number)
        .join(Case, Case.id == Entry.case_id)
        .where(Entry.case_id.in_(select(way.c.case_id)))
        .order_by(Entry.case_id, Entry.seq)
    )


def _follow(
    person: Complainant, numbers: Mapping[str, int], stored: Mapping[int, Iterator[Told]]
) -> Iterator[Told]:
    """Yield the entries of each stay of a complainant, from the case where they were taken down.

    The entries of a case are read on from where the complainant left it.
    """
    place: int | None = person.origin_case_id
    while place is not None:
        here, left_for = False, None
        for entry, facts in stored.get(place, iter(())):
            here = here or _brings(facts, person, place)
            if here:
                yield entry, facts
                left_for = _leaves_for(facts, person, numbers)
            if left_for is not None:
                break
        place = left_for


def _brings(facts: Facts, person: Complainant, case_id: int) -> bool:
    """Return whether an entry brings a complainant onto its case."""
    if isinstance(facts, of.AbsorbFacts):
        return person.id in facts.complainants
    return person.id in came_with(facts) or (
        isinstance(facts, of.UnmergeFacts) and person.origin_case_id == case_id
    )


def _leaves_for(facts: Facts, person: Complainant, numbers: Mapping[str, int]) -> int | None:
    """Return the case to which an entry takes a complainant away."""
    if isinstance(facts, of.MergeFacts) and person.id in facts.complainants:
        return numbers.get(facts.into)
    if isinstance(facts, of.ReleaseFacts) and person.id in facts.complainants:
        return person.origin_case_id
    return None
