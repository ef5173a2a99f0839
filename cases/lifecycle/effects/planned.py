"""Remember what was promised: the day itself, and a word to the villager now and then until it comes.

Both clocks end with the case or its round and are in no rate (domain.md section 3, Planned matters). A case
whose definition does not know them has neither.
"""

from datetime import date, timedelta

from cases.lifecycle import clocks
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext

PROMISE, WORD = "promise", "word"


def start_planned(change: Change, promised_on: date | None) -> None:
    """Start the clocks of a promised day; without one stop those of an earlier promise."""
    context = change.before
    if promised_on is None or PROMISE not in context.definition.clocks:
        stop_planned(change)
        return
    days = (promised_on - context.today).days
    basis = {
        "start": context.today.isoformat(),
        "days": days,
        "unit": "cd",
        "profile": None,
        "exact": True,
    }
    clocks.start(change, PROMISE, basis)
    _start_word(change, promised_on, context.today)


def restart_word(change: Change) -> None:
    """Count anew from today: somebody has just been told how the plan stands."""
    promised_on, clock = change.round.promised_on, change.clocks.get(WORD)
    if clock is not None and clock.running and promised_on is not None:
        _start_word(change, promised_on, change.before.today)


def start_next_word(change: Change) -> None:
    """Begin the next period of the word, from the day on which the last one was due."""
    promised_on = change.round.promised_on
    if promised_on is not None:
        _start_word(change, promised_on, change.clocks[WORD].due_on)


def stop_planned(change: Change) -> None:
    """End both clocks, with the case or its round."""
    clocks.stop(change, PROMISE)
    clocks.stop(change, WORD)


def is_planned(context: CaseContext) -> bool:
    """Return whether a day was promised in this round, by the rules that keep to it."""
    return PROMISE in context.definition.clocks and context.round.promised_on is not None


def waits_for_promise(context: CaseContext) -> bool:
    """Return whether a planned matter stays resolved because its promised day has not come."""
    promised_on = context.round.promised_on
    return is_planned(context) and promised_on is not None and context.today < promised_on


def _start_word(change: Change, promised_on: date, start: date) -> None:
    """Start the word where the promised day is further away than one period of it."""
    rule = change.before.rules.periods[WORD]
    if promised_on > start + timedelta(days=rule.days):
        clocks.start(change, WORD, clocks.period(change.before, WORD, start=start))
    else:
        clocks.stop(change, WORD)
