"""Let the dates of a case follow the profile that fits after a correction; no date grows by it."""

from datetime import date
from typing import Any

from cases.lifecycle import clocks
from cases.lifecycle.change import Change
from cases.models.case import Clock
from workflow import deadlines, due_dates
from workflow.deadlines import Profile

#: The clocks besides the handling clock whose length hangs on how urgent a matter is.
BY_URGENCY = ("triage", "accept", "return")


def follow_profile(change: Change, *, was_urgent: bool) -> None:
    """Apply the profile that now fits to every running date, unless it would make that date later.

    `was_urgent` tells how the matter stood before. Under the first rules the handling date alone follows, and
    only where nothing else has moved it.
    """
    context, case = change.before, change.case
    before = case.profile
    case.profile = _fitting(change).code
    if not context.definition.rules.profile_moves:
        _replace_basis(change)
        return
    urgent = clocks.is_exact(context)
    clock = change.clocks.get("handling")
    if clock is not None and clock.running and (before != case.profile or urgent != was_urgent):
        _move_handling(change, clock)
    if urgent and not was_urgent:
        _shorten_others(change)


def _fitting(change: Change) -> Profile:
    context, case = change.before, change.case
    return deadlines.choose_profile(
        context.rules.profiles,
        urgency=case.urgency,
        kind=case.kind,
        category_profile=context.rules.categories[case.category].profile,
        channel=case.channel,
    )


def _move_handling(change: Change, clock: Clock) -> None:
    """Count the handling date as if the profile had held from the start (domain.md section 2, `amend`).

    Where that day has passed already, the profile counts from the day on which it became known.
    """
    start = date.fromisoformat(clock.basis["start"])
    move = _profile_move(change, clock, start)
    if _after(change, clock, move) < change.before.today:
        move = _profile_move(change, clock, change.before.today)
    clocks.move(change, "handling", move)


def _profile_move(change: Change, clock: Clock, start: date) -> dict[str, Any]:
    context = change.before
    profile = context.rules.profiles[change.case.profile]
    urgent = clocks.is_exact(context)
    level = context.rules.periods["escalation_urgent" if urgent else "escalation"]
    basis = clocks.handling_basis(context, start=start)
    profile_basis = basis
    if clock.basis["profile"] is None:  # an escalation began to count, and grants the time of its level
        basis = {**basis, "days": level.days, "unit": level.unit}
    extension = {"days": profile.extension_days, "unit": profile.extension_unit or profile.unit}
    return {
        "why": "profile",
        "profile": profile.code,
        "basis": basis,
        "profile_basis": profile_basis,
        "extension": extension if profile.extensions else None,
        "escalation": {"days": level.days, "unit": level.unit},
    }


def _after(change: Change, clock: Clock, move: dict[str, Any]) -> date:
    entry = {**move, "on": change.before.today.isoformat()}
    return due_dates.replay(clock.basis, [*clock.moves, entry], change.before.calendar)


def _shorten_others(change: Change) -> None:
    """Return the other clocks of a matter that turns out urgent the shorter time of urgent ones."""
    context = change.before
    for name in BY_URGENCY:
        clock = change.clocks.get(name)
        if clock is None or not clock.running:
            continue
        basis = clocks.period(context, name, start=date.fromisoformat(clock.basis["start"]))
        if clocks.date_of(context, basis) < context.today:
            basis = clocks.period(context, name)
        if clocks.date_of(context, basis) < clock.due_on:
            nothing = {"extension": None, "escalation": None, "profile_basis": basis}
            clocks.move(
                change, name, {"why": "profile", "profile": change.case.profile, "basis": basis, **nothing}
            )
    for person in change.complainants:
        if person.reply_due_on is None or person.reply_basis is None:
            continue
        basis = {**person.reply_basis, "exact": True}
        due_on = clocks.date_of(context, basis)
        if person.reply_basis["unit"] == due_dates.CALENDAR and context.today <= due_on < person.reply_due_on:
            person.reply_due_on, person.reply_basis = due_on, basis


def _replace_basis(change: Change) -> None:
    """Follow the profile as the first rules do: on a handling clock that nothing has moved."""
    context = change.before
    clock = change.clocks.get("handling")
    if clock is None or not clock.running or clock.moves or clock.basis.get("profile") is None:
        return
    basis = clocks.handling_basis(context, start=date.fromisoformat(clock.basis["start"]))
    due_on = clocks.date_of(context, basis)
    if due_on < context.today:
        # The shorter deadline would have passed already: it counts from the day on which it became known.
        basis = clocks.handling_basis(context)
        due_on = clocks.date_of(context, basis)
    if due_on < clock.due_on:
        clocks.record_lateness(change)
        clock.basis, clock.due_on = basis, due_on
        clocks.schedule_next_check(change, clock)
