"""Say of one case which rules of domain.md section 5 it breaks: one small question for each."""

from collections.abc import Iterator
from datetime import date

from cases.history.facts import RungFacts
from cases.models.case import Clock, Complainant
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from workflow.due_dates import due, replay


def owner_and_dates(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Invariant 1: an open case has an owner, a reply owner and its dates; in a final one no date runs."""
    del reference
    case = snapshot.case
    state = snapshot.definition.states.get(case.state)
    if state is None or state.final != case.final:
        yield f"state {case.state} is not what the definition says of it"
        return
    if case.final:
        running = [name for name, clock in snapshot.clocks.items() if clock.running]
        dated = [person.id for person in snapshot.complainants if person.reply_due_on is not None]
        if running or dated or case.due_on or case.handling_due_on or case.reply_due_on:
            yield f"final, but dates run: clocks {running}, complainants {dated}"
        return
    if case.owner_id is None or case.reply_owner_id is None or case.due_on is None:
        yield "open without owner, reply owner or date"
    waiting = [
        person.id for person in snapshot.complainants if not snapshot.final_replies(person.id, case.round)
    ]
    if waiting and case.reply_due_on is None:
        yield f"no reply date, but complainants {waiting} wait"
    if not snapshot.complainants:
        yield "open without a complainant"


def answers(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Invariant 2: in an answered case every complainant has a final reply, or the record in its place."""
    del reference
    case = snapshot.case
    state = snapshot.definition.states.get(case.state)
    if state is not None and state.answered:
        if not snapshot.complainants:
            yield "answered without a complainant"
        for person in snapshot.complainants:
            if not snapshot.final_replies(person.id, case.round):
                yield f"complainant {person.id} has no final reply in round {case.round}"
    for person in snapshot.complainants:
        answered, visited = person.answered_round, person.visited_round
        if answered is not None and not snapshot.final_replies(person.id, answered):
            yield f"complainant {person.id} counts as answered in round {answered} without a reply"
        if visited is not None and not snapshot.visited(person.id, visited):
            yield f"complainant {person.id} counts as visited in round {visited} without a visit"


def due_dates(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Invariant 3: every date follows from its basis and from moves that explain it."""
    for clock in snapshot.clocks.values():
        yield from _clock(clock, reference)
    for person in snapshot.complainants:
        yield from _reply_date(person, reference)
    if not snapshot.case.final:
        yield from _row(snapshot)


def _clock(clock: Clock, reference: ReferenceData) -> Iterator[str]:
    """A running clock follows the present calendar; a stopped one the calendar of its day."""
    known = reference.calendars[:1] if clock.running else reference.calendars
    computed = [replay(clock.basis, clock.moves, calendar) for calendar in known]
    if clock.due_on not in computed:
        yield f"clock {clock.clock}: {clock.due_on} is not explained, {computed[0]} follows"


def _reply_date(person: Complainant, reference: ReferenceData) -> Iterator[str]:
    due_on, basis = person.reply_due_on, person.reply_basis
    if due_on is None:
        return
    computed = due(basis, reference.calendars[0]) if basis is not None else None
    if computed != due_on:
        yield f"complainant {person.id}: reply date {due_on} is not explained, {computed} follows"


def _row(snapshot: CaseSnapshot) -> Iterator[str]:
    """Compare what the case row says with its clocks."""
    case, clocks = snapshot.case, snapshot.clocks
    clock_name = (
        snapshot.definition.states[case.state].clock if case.state in snapshot.definition.states else ""
    )
    state_clock = clocks.get(clock_name)
    expected: dict[str, date | None] = {
        "due_on": state_clock.due_on if state_clock else None,
        "handling_due_on": _running(clocks.get("handling")),
        "reply_due_on": _running(clocks.get("reply")),
    }
    for name, date_of_clock in expected.items():
        if getattr(case, name) != date_of_clock:
            yield f"{name} is {getattr(case, name)}, its clock says {date_of_clock}"
    waiting = [person.reply_due_on for person in snapshot.complainants if person.reply_due_on is not None]
    if (min(waiting) if waiting else None) != expected["reply_due_on"]:
        yield f"the reply clock says {expected['reply_due_on']}, the complainants say {sorted(set(waiting))}"
    present = snapshot.rounds.get(case.round)
    if present is None:
        yield f"round {case.round} has no row"
    elif expected["handling_due_on"] not in (None, present.handling_due_on):
        yield f"round {case.round} says {present.handling_due_on}, the handling clock otherwise"
    if case.overdue != any(clock.overdue for clock in clocks.values()):
        yield "the mark of being overdue is not that of its clocks"


def _running(clock: Clock | None) -> date | None:
    return clock.due_on if clock is not None and clock.running else None


def states(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Invariant 4: the state changed only by steps of the definition, and each left exactly one entry."""
    del reference
    case, definition = snapshot.case, snapshot.definition
    if [entry.seq for entry in snapshot.entries] != list(range(1, case.last_seq + 1)):
        yield f"{len(snapshot.entries)} entries, the case counts {case.last_seq}"
    before: str | None = None
    for entry in snapshot.entries:
        step = definition.steps.get(entry.action)
        if entry.from_state != before:
            yield f"entry {entry.seq} begins in {entry.from_state}, the one before ended in {before}"
        elif entry.from_state != entry.to_state and (
            step is None
            or step.target != entry.to_state
            or (entry.from_state or "") not in (step.sources or ("",))
        ):
            yield f"entry {entry.seq}: {entry.action} does not lead from {before} to {entry.to_state}"
        before = entry.to_state
    if before is not None and before != case.state:
        yield f"the case is {case.state}, its last entry says {before}"


def rungs(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Invariant 6: a rung fires once, and leaves one entry."""
    del reference
    fired = [(row.clock, row.cycle, row.rung) for row in snapshot.reminders]
    recorded = [
        (facts.clock, facts.cycle, entry.action)
        for entry, facts in snapshot.entry_facts
        if isinstance(facts, RungFacts)
    ]
    for name, found in (("kept", fired), ("recorded", recorded)):
        for rung in sorted({rung for rung in found if found.count(rung) > 1}):
            yield f"rung {rung} is {name} more than once"
    for rung in sorted(set(fired) ^ set(recorded)):
        yield f"rung {rung} is {'kept without an entry' if rung in fired else 'recorded, but not kept'}"


def covering(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[str]:
    """Owner and reply owner cover the village, and neither is named in the matter.

    But the top unit receives what is about everybody who could: nobody else is left (domain.md section 1).
    """
    case = snapshot.case
    village = reference.area_paths.get(case.village_id, "")
    named = {row.unit_id for row in snapshot.named}
    if case.final:
        return
    for duty, unit_id in (("owner", case.owner_id), ("reply owner", case.reply_owner_id)):
        path = reference.unit_paths.get(unit_id or 0)
        if path is None or not village.startswith(path):
            yield f"the {duty}'s area does not contain the village"
        left_to_the_top = case.owner_id == case.reply_owner_id and unit_id in reference.top_units
        if unit_id in named and not left_to_the_top:
            yield f"the {duty} is named in the matter"
