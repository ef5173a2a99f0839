"""Make a change of a case that no database holds, for what only counts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.register_values import KnownArea
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext, Moment
from cases.models.case import Case, Clock, Complainant, Round
from cases.responsibility.covering_units import CoveringUnits
from tests.builders import ZONE, at
from workflow.definition.model import Definition
from workflow.working_days import seed

CALENDAR = seed().calendar()
TODAY = "2026-03-09"  # a Monday


def a_clock(name: str = "handling", **columns: Any) -> Clock:
    """Return a clock that runs: 15 working days from 2026-03-02, due on 2026-03-23."""
    begun = {
        "running": True,
        "cycle": 1,
        "started_on": date(2026, 3, 2),
        "cycle_on": date(2026, 3, 2),
        "due_on": date(2026, 3, 23),
        "basis": {"start": "2026-03-02", "days": 15, "unit": "wd", "profile": "village"},
        "moves": [],
        "suspended_on": None,
        "resume_on": None,
        "overdue": False,
        "next_check_on": None,
    }
    return Clock(case_id=1, clock=name, **{**begun, **columns})


def a_change(
    rules: CountyRules,
    *clocks: Clock,
    today: str = TODAY,
    imported: bool = False,
    complainants: Iterable[Complainant] = (),
    case: Mapping[str, Any] | None = None,
    this_round: Mapping[str, Any] | None = None,
    definition: Definition | None = None,
) -> Change:
    """Return a change, on a day, of a matter of the profile `village` in its first round."""
    begun = {"id": 1, "urgency": "normal", "profile": "village", "round": 1, "state": "assigned"}
    own = Case(**{**begun, "owner_id": 1, "reply_owner_id": 1, "final": False, **(case or {})})
    opened = {"opened_on": date(2026, 3, 2), "handling_due_on": date(2026, 3, 23), "late": False}
    context = CaseContext(
        session=Session(),
        rules=rules,
        actor=SYSTEM,
        moment=Moment.at(at(today), ZONE, imported=imported),
        definition=definition or rules.definition,
        calendar=CALENDAR,
        village=KnownArea(id=1, code="SL", name="杉岭村", path="/SX/MA/SL/", valid_until=None),
        covering=CoveringUnits({}, ()),
        case=own,
        round=Round(case_id=1, round=1, **{**opened, **(this_round or {})}),
        clocks={clock.clock: clock for clock in clocks},
        complainants=list(complainants),
    )
    return Change.of(context)


def without_urgent_periods(rules: CountyRules) -> Definition:
    """Return the project's life cycle under rules that give urgent matters the clocks of all others."""
    given = rules.definition
    return replace(given, rules=replace(given.rules, urgent_periods=False))
