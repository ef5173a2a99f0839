"""Hold the rungs of each ladder against how long its clock runs: none comes before the clock begins.

How long a clock of the program runs stands in deadlines.toml, so that a change there is looked at as well.
The shortest length decides. The clock of a promised day (`promise`) has no length: people name its day, and
a rung for which that is too near has no day, as after every date that was moved (domain.md section 3).
"""

from collections.abc import Callable, Mapping

from config.marked_text import MarkedText
from config.marked_text import mark as _
from config.reading import Document
from config.tables import ClockLength, Tables
from workflow.definition.model import ClockDef, Definition, Rung
from workflow.definition.reader import BadDefinition

Problem = Callable[[tuple[str, ...], MarkedText], None]
#: Lengths by where they are written.
Lengths = Mapping[str, ClockLength]

#: The clock that may be extended, and be longer then than any of its lengths.
EXTENDED = "handling"
#: The periods by which a clock of the program begins, and those that an urgent matter has instead.
PERIODS = {
    "triage": ("triage", "triage_short"),
    "accept": ("accept",),
    "reply": ("reply", "reply_escalated"),
    "return": ("return",),
    "word": ("word",),
}
URGENT_PERIODS = {"triage": ("triage_urgent",), "accept": ("accept_urgent",)}


def require_ladders(decided: Tables, definition: Definition) -> None:
    """Raise BadDefinition with each rung for which a clock of the program is too short by deadlines.toml."""
    document = Document(decided.workflow_text, decided.workflow_name)
    for name, clock in definition.clocks.items():
        lengths = _lengths(name, decided, definition)
        if lengths:
            check_ladder(clock, lengths, definition, document.problem)
    if document.problems:
        raise BadDefinition(document.problems)


def check_ladder(clock: ClockDef, lengths: Lengths, definition: Definition, problem: Problem) -> None:
    """Note each rung that would come before the clock begins, or that no length of the clock has."""
    for rung in clock.ladder:
        own_day = rung.days != definition.rungs[rung.code].days
        place = ("clocks", clock.name, *(("days", rung.code) if own_day else ("ladder",)))
        there = {where: one for where, one in lengths.items() if _exists(rung, one)}
        early = {where: one for where, one in there.items() if -rung.days > one.days}
        if early:
            where = min(early, key=lambda one: early[one].days)
            facts = {"rung": rung.code, "days": -rung.days, "length": early[where].days, "where": where}
            reason = MarkedText(
                _("{rung} 在到期前 {days} 天，这个时钟（{where}）一共才 {length} 天：那天它还没有开始走"),
                facts,
            )
            problem(place, reason)
        elif not there and clock.name != EXTENDED:
            where = max(lengths, key=lambda one: lengths[one].days)
            days = lengths[where].days
            bounds = {"rung": rung.code, "longer_than": rung.longer_than, "length": days, "where": where}
            reason = MarkedText(
                _("长过 {longer_than} 天的时钟才有 {rung}，这个时钟（{where}）最长 {length} 天：不起作用"),
                bounds,
            )
            problem(place, reason)


def _exists(rung: Rung, length: ClockLength) -> bool:
    return rung.longer_than == 0 or length.days > rung.longer_than


def _lengths(name: str, decided: Tables, definition: Definition) -> Lengths:
    """Return how long a clock of the program may be when it begins; nothing for those without a length."""
    if name == EXTENDED:
        return {
            f"deadlines.toml: {code}": ClockLength(row.days, row.unit)
            for code, row in decided.profiles.items()
        }
    periods = PERIODS.get(name, ())
    if definition.rules.urgent_periods:
        periods = (*periods, *URGENT_PERIODS.get(name, ()))
    return {f"deadlines.toml: {period}": decided.periods[period] for period in periods}
