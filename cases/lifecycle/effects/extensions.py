"""Grant or refuse more time, and let the handling clock stand still for a while."""

from datetime import date, timedelta
from typing import Any

from cases.lifecycle import clocks
from cases.lifecycle.context import Work
from core.errors import Invalid

LONGEST_SUSPENSION = timedelta(days=90)


def request_extension(work: Work, values: dict[str, Any]) -> None:
    """Ask for a later handling date, before the present one has passed and within the profile's limit."""
    due_on = _within_limit(work, values["due_on"])
    work.round.extension_request = {"due_on": due_on.isoformat(), "reason": values["reason"]}
    work.facts.update(due_on=due_on.isoformat(), reason=values["reason"])


def extend(work: Work, values: dict[str, Any]) -> None:
    """Grant a later handling date; the complainants are to be told."""
    due_on = _within_limit(work, values["due_on"])
    work.round.extension_request = None
    work.round.extensions += 1
    work.round.extended = True
    work.facts.update(reason=values["reason"])
    clocks.move(work, "handling", {"why": "extension", "to": due_on.isoformat()})
    work.notices.append(("tell_extension", {"due_on": due_on.isoformat()}))


def refuse_extension(work: Work, values: dict[str, Any]) -> None:
    """Answer a request for more time with no, and why."""
    work.round.extension_request = None
    work.facts.update(reason=values["reason"])


def suspend(work: Work, values: dict[str, Any]) -> None:
    """Pause the handling clock until a day; its date moves by exactly the days it stands still."""
    until: date = values["until"]
    if until <= work.today:
        raise Invalid({"until": ["not_in_the_future"]})
    if until > work.today + LONGEST_SUSPENSION:
        raise Invalid({"until": ["longer_than_90_days"]})
    clock = work.clocks["handling"]
    work.round.suspensions += 1
    clocks.move(work, "handling", {"why": "suspension", "until": until.isoformat()})
    clock.suspended_on, clock.resume_on = work.today, until
    clocks.schedule_next_check(work, clock)
    work.facts.update(until=until.isoformat(), reason=values["reason"])


def resume(work: Work, values: dict[str, Any]) -> None:
    """Let the handling clock run again; when earlier than promised, the date moves back accordingly."""
    work.facts.update(reason=values.get("reason", ""))
    clocks.lift_suspension(work)


def _within_limit(work: Work, due_on: date) -> date:
    """Check a proposed handling date against the profile's limit, counted from the present date."""
    clock = work.clocks["handling"]
    profile = work.rules.profiles[work.case.profile]
    basis = {
        "start": clock.due_on.isoformat(),
        "days": profile.extension_days,
        "unit": profile.extension_unit or profile.unit,
        "profile": None,
    }
    if not work.calendar.is_working(due_on):
        raise Invalid({"due_on": ["not_a_working_day"]})
    if due_on <= clock.due_on:
        raise Invalid({"due_on": ["not_later"]})
    if due_on > clocks.date_of(work, basis):
        raise Invalid({"due_on": ["beyond_limit"]})
    return due_on
