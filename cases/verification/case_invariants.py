"""Say of one case which rules of domain.md section 5 it breaks: one small question for each."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from cases.history.entries import Entry
from cases.history.facts import RungFacts
from cases.models.case import Case, Clock, Complainant
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from config.marked_text import MarkedText
from config.marked_text import mark as _
from workflow.due_dates import due, replay
from workflow.texts import bilingual_labels

OWNER = MarkedText(_("这件事的承办单位"))
REPLY_OWNER = MarkedText(_("这件事的答复单位"))


def owner_and_dates(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Invariant 1: an open case has an owner, a reply owner and its dates; in a final one no date runs."""
    del reference
    case = snapshot.case
    state = snapshot.definition.states.get(case.state)
    if state is None or state.final != case.final:
        name = bilingual_labels.state(snapshot.definition, case.state)
        yield MarkedText(_("状态「{state}」和流程里写的不一样"), {"state": name})
        return
    if case.final:
        running = [
            bilingual_labels.clock(snapshot.definition, name)
            for name, clock in snapshot.clocks.items()
            if clock.running
        ]
        dated = [person.id for person in snapshot.complainants if person.reply_due_on is not None]
        if running or dated or case.due_on or case.handling_due_on or case.reply_due_on:
            facts = {"clocks": running, "complainants": dated}
            yield MarkedText(_("已经办完，期限还在走：时钟 {clocks}，反映人 {complainants}"), facts)
        return
    if case.owner_id is None or case.reply_owner_id is None or case.due_on is None:
        yield MarkedText(_("没办完，却没有承办单位、答复单位或期限"))
    waiting = [
        person.id for person in snapshot.complainants if not snapshot.final_replies(person.id, case.round)
    ]
    if waiting and case.reply_due_on is None:
        yield MarkedText(_("没有答复期限，反映人 {complainants} 却在等"), {"complainants": waiting})
    if not snapshot.complainants:
        yield MarkedText(_("没办完，却没有反映人"))


def answers(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Invariant 2: in an answered case every complainant has a final reply, or the record in its place."""
    del reference
    case = snapshot.case
    state = snapshot.definition.states.get(case.state)
    if state is not None and state.answered:
        if not snapshot.complainants:
            yield MarkedText(_("已经答复，却没有反映人"))
        for person in snapshot.complainants:
            if not snapshot.final_replies(person.id, case.round):
                facts = {"complainant": person.id, "round": case.round}
                yield MarkedText(_("反映人 {complainant} 在第 {round} 轮没有正式答复"), facts)
    for person in snapshot.complainants:
        answered, visited = person.answered_round, person.visited_round
        if answered is not None and not snapshot.final_replies(person.id, answered):
            facts = {"complainant": person.id, "round": answered}
            yield MarkedText(_("反映人 {complainant} 算作第 {round} 轮已答复，却没有答复"), facts)
        if visited is not None and not snapshot.visited(person.id, visited):
            facts = {"complainant": person.id, "round": visited}
            yield MarkedText(_("反映人 {complainant} 算作第 {round} 轮已回访，却没有回访"), facts)


def due_dates(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Invariant 3: every date follows from its basis and from moves that explain it."""
    for clock in snapshot.clocks.values():
        yield from _clock(clock, snapshot, reference)
    for person in snapshot.complainants:
        yield from _reply_date(person, reference)
    if not snapshot.case.final:
        yield from _row(snapshot)


def _clock(clock: Clock, snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """A running clock follows the present calendar; a stopped one the calendar of its day."""
    known = reference.calendars[:1] if clock.running else reference.calendars
    computed = [replay(clock.basis, clock.moves, calendar) for calendar in known]
    if clock.due_on not in computed:
        name = bilingual_labels.clock(snapshot.definition, clock.clock)
        facts = {"clock": name, "due_on": clock.due_on, "computed": computed[0]}
        yield MarkedText(_("{clock}时钟：{due_on} 没有来由，应是 {computed}"), facts)


def _reply_date(person: Complainant, reference: ReferenceData) -> Iterator[MarkedText]:
    due_on, basis = person.reply_due_on, person.reply_basis
    if due_on is None:
        return
    computed = due(basis, reference.calendars[0]) if basis is not None else None
    if computed != due_on:
        facts = {"complainant": person.id, "due_on": due_on, "computed": computed}
        yield MarkedText(_("反映人 {complainant}：答复期限 {due_on} 没有来由，应是 {computed}"), facts)


def _row(snapshot: CaseSnapshot) -> Iterator[MarkedText]:
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
            facts = {"column": name, "value": getattr(case, name), "date": date_of_clock}
            yield MarkedText(_("{column} 是 {value}，时钟上是 {date}"), facts)
    waiting = [person.reply_due_on for person in snapshot.complainants if person.reply_due_on is not None]
    if (min(waiting) if waiting else None) != expected["reply_due_on"]:
        facts = {"date": expected["reply_due_on"], "dates": sorted(set(waiting))}
        yield MarkedText(_("答复时钟上是 {date}，反映人那里是 {dates}"), facts)
    present = snapshot.rounds.get(case.round)
    if present is None:
        yield MarkedText(_("第 {round} 轮没有记下来"), {"round": case.round})
    elif expected["handling_due_on"] not in (None, present.handling_due_on):
        facts = {"round": case.round, "date": present.handling_due_on}
        yield MarkedText(_("第 {round} 轮写的是 {date}，和办理时钟不一样"), facts)
    if case.overdue != any(clock.overdue for clock in clocks.values()):
        yield MarkedText(_("超期的标记和时钟不一样"))


def _running(clock: Clock | None) -> date | None:
    return clock.due_on if clock is not None and clock.running else None


def states(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Invariant 4: the state changed only by steps of the definition, and each left exactly one entry."""
    del reference
    case, definition = snapshot.case, snapshot.definition
    if [entry.seq for entry in snapshot.entries] != list(range(1, case.last_seq + 1)):
        facts = {"number": len(snapshot.entries), "counted": case.last_seq}
        yield MarkedText(_("有 {number} 条记录，事项上写的是 {counted} 条"), facts)
    before: str | None = None
    for entry in snapshot.entries:
        step = definition.steps.get(entry.action)
        if entry.from_state != before:
            facts = _state_names(snapshot, entry, before)
            yield MarkedText(_("第 {seq} 条记录从「{from_state}」开始，前一条到的是「{before}」"), facts)
        elif entry.from_state != entry.to_state and (
            step is None
            or step.target != entry.to_state
            or (entry.from_state or "") not in (step.sources or ("",))
        ):
            facts = _state_names(snapshot, entry, before)
            yield MarkedText(_("第 {seq} 条记录：「{action}」不能从「{before}」走到「{to_state}」"), facts)
        before = entry.to_state
    if before is not None and before != case.state:
        ends = {
            "state": bilingual_labels.state(definition, case.state),
            "before": bilingual_labels.state(definition, before),
        }
        yield MarkedText(_("事项的状态是「{state}」，最后一条记录到的是「{before}」"), ends)


def _state_names(snapshot: CaseSnapshot, entry: Entry, before: str | None) -> dict[str, Any]:
    definition = snapshot.definition
    return {
        "seq": entry.seq,
        "action": bilingual_labels.action(definition, entry.action),
        "from_state": bilingual_labels.state(definition, entry.from_state),
        "to_state": bilingual_labels.state(definition, entry.to_state),
        "before": bilingual_labels.state(definition, before),
    }


def rungs(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Invariant 6: a rung fires once, and leaves one entry."""
    del reference
    fired = [(row.clock, row.cycle, row.rung) for row in snapshot.reminders]
    recorded = [
        (facts.clock, facts.cycle, entry.action)
        for entry, facts in snapshot.entry_facts
        if isinstance(facts, RungFacts)
    ]
    for rung in _more_than_once(fired):
        yield MarkedText(_("{clock}时钟第 {cycle} 次的「{rung}」记下了不止一次"), _rung(snapshot, *rung))
    for rung in _more_than_once(recorded):
        yield MarkedText(_("{clock}时钟第 {cycle} 次的「{rung}」有不止一条记录"), _rung(snapshot, *rung))
    for rung in sorted(set(fired) - set(recorded)):
        yield MarkedText(_("{clock}时钟第 {cycle} 次的「{rung}」记下了，却没有记录"), _rung(snapshot, *rung))
    for rung in sorted(set(recorded) - set(fired)):
        yield MarkedText(_("{clock}时钟第 {cycle} 次的「{rung}」有记录，却没有记下"), _rung(snapshot, *rung))


def _more_than_once(rungs: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    return sorted(rung for rung, number in Counter(rungs).items() if number > 1)


def _rung(snapshot: CaseSnapshot, clock: str, cycle: int, rung: str) -> dict[str, Any]:
    return {
        "clock": bilingual_labels.clock(snapshot.definition, clock),
        "cycle": cycle,
        "rung": bilingual_labels.action(snapshot.definition, rung),
    }


def overdue_marks(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Nothing is marked as overdue, and no rung as fired, before its day has come (domain.md section 3)."""
    today, definition = reference.today, snapshot.definition
    if today is None:
        return
    for name, clock in snapshot.clocks.items():
        if clock.overdue and clock.due_on >= today:
            facts = {"clock": bilingual_labels.clock(definition, name), "date": clock.due_on, "today": today}
            yield MarkedText(_("{clock}时钟标了超期，到 {today} 它的期限 {date} 还没有过"), facts)
    for row in snapshot.reminders:
        if row.fired_on > today:
            rung = _rung(snapshot, row.clock, row.cycle, row.rung)
            fired = {"clock": rung["clock"], "rung": rung["rung"], "date": row.fired_on}
            yield MarkedText(_("{clock}时钟的「{rung}」记在 {date}，这一天还没有到"), fired)


def covering(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Owner and reply owner cover the village, and neither is named in the matter.

    But the top unit receives what is about everybody who could: nobody else is left (domain.md section 1).
    """
    case = snapshot.case
    village = reference.area_paths.get(case.village_id, "")
    named = {row.unit_id for row in snapshot.named}
    if case.final:
        return
    for duty, unit_id in ((OWNER, case.owner_id), (REPLY_OWNER, case.reply_owner_id)):
        path = reference.unit_paths.get(unit_id or 0)
        if path is None or not village.startswith(path):
            yield MarkedText(_("{duty}管不到这里"), {"duty": duty})
        if unit_id in named and not _is_left_to_the_top(case, reference):
            yield MarkedText(_("{duty}就是事情反映的单位"), {"duty": duty})


def able_owner(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """In the units of owner and reply owner somebody may act who is not named: no owner is one on paper."""
    case = snapshot.case
    named = {row.user_id for row in snapshot.named}
    if case.final or (snapshot.named and _is_left_to_the_top(case, reference)):
        return
    for duty, unit_id in ((OWNER, case.owner_id), (REPLY_OWNER, case.reply_owner_id)):
        if unit_id is not None and not reference.able.get(unit_id, frozenset()) - named:
            yield MarkedText(_("{duty}里没有能办它的人"), {"duty": duty})


def _is_left_to_the_top(case: Case, reference: ReferenceData) -> bool:
    """Return whether the top unit has a matter because nobody below it could receive it."""
    return case.owner_id == case.reply_owner_id and case.owner_id in reference.top_units
