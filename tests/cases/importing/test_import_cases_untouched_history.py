"""Imported history is late nowhere and in nobody's worklist until somebody acts on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accounts.access.actor import Actor
from cases.configuration.case_rules import CountyRules
from cases.history.clock_guard import ClockGuard
from cases.importing.report import CasesImport
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from cases.queries.case_list import list_cases
from cases.queries.worklist import Worklist, worklist
from cases.statistics import tallies
from core.clock import CLOCK_GUARD
from core.errors import Unavailable
from core.persistence.db import Database
from reports.counting import ReportScope
from reports.overview import build_overview
from reports.rates import count_rates
from tests.builders import at
from tests.cases.importing.message_sheet import NOW as IMPORTED_AT
from tests.cases.importing.message_sheet import PLAIN

Take = Callable[..., CasesImport]
NOW = at("2026-03-04")
OPEN = {**PLAIN, "留言编号": 2002, "答复意见": None, "答复时间": None}


@pytest.fixture
def history(town: Database, take: Take) -> list[str]:
    """Import a matter that was answered in its day and one that never was; give their numbers."""
    take([PLAIN, OPEN])
    with town.reading() as session:
        return list(session.scalars(select(Case.number).order_by(Case.id)))


def work(town: Database, rules: CountyRules, actor: Actor) -> Worklist:
    with town.reading() as session:
        calendar = rules.services.calendars.current(session)
        return worklist(session, actor=actor, rules=rules, calendar=calendar, now=NOW)


def overdue(town: Database, rules: CountyRules, actor: Actor) -> tuple[dict[str, Any], list[str], Any]:
    """Return the rate, the list behind it, and the figure of 总览."""
    with town.reading() as session:
        rates = count_rates(session, actor=actor, rules=rules, now=NOW)["rates"]
        listed = list_cases(session, actor=actor, rules=rules, filters={"overdue": True}, now=NOW)
        scope = ReportScope(actor=actor, area=None, start=None, end=None, today=NOW.date())
        figure = build_overview(session, scope=scope, zone=None).total["overdue"]
    return rates["overdue"], [item["number"] for item in listed.items], figure


@pytest.mark.parametrize("is_tallied", [False, True])
def test_untouched_history_is_in_no_count_of_what_is_late(
    town: Database,
    rules: CountyRules,
    history: list[str],
    actor: Callable[[str], Actor],
    is_tallied: bool,
) -> None:
    if is_tallied:
        tallies.tally(town, zone=rules.zone)
    rate, listed, figure = overdue(town, rules, actor("lingdao"))
    assert (rate["numerator"], rate["denominator"]) == (0, 0)
    assert listed == []
    assert (figure.numerator, figure.denominator) == (0, 0)


def test_untouched_history_stands_in_no_worklist_but_one_line_counts_the_visits(
    town: Database, rules: CountyRules, history: list[str], actor: Callable[[str], Actor]
) -> None:
    committee = work(town, rules, actor("cunwei-yy"))
    assert committee.total == 0
    team = work(town, rules, actor("zuzhang"))
    assert (team.total, team.owed_replies.count, team.imported_unvisited) == (0, 0, 1)


@pytest.mark.parametrize("is_tallied", [False, True])
def test_whoever_acts_on_it_takes_it_up(
    town: Database,
    rules: CountyRules,
    history: list[str],
    actor: Callable[[str], Actor],
    is_tallied: bool,
) -> None:
    if is_tallied:
        tallies.tally(town, zone=rules.zone)
    answered, waiting = history
    for number in history:
        with town.transaction() as session:
            take_step.take_step(
                session,
                actor=actor("zuzhang"),
                rules=rules,
                number=number,
                action="note",
                values=build_values("note", {"text": "再看一看。"}),
                now=NOW - timedelta(hours=1),
            )
    if is_tallied:
        tallies.tally(town, zone=rules.zone)
    rate, listed, figure = overdue(town, rules, actor("lingdao"))
    assert set(listed) == {answered, waiting}
    assert (rate["numerator"], rate["denominator"]) == (2, 2)
    assert (figure.numerator, figure.denominator) == (2, 2)
    assert work(town, rules, actor("cunwei-yy")).total == 1
    team = work(town, rules, actor("zuzhang"))
    assert (team.total, team.imported_unvisited) == (1, 0)


def test_an_import_stops_as_a_whole_while_the_clock_lies_behind(
    town: Database, rules: CountyRules, history: list[str], take: Take
) -> None:
    town.info[CLOCK_GUARD] = ClockGuard(lambda: IMPORTED_AT - timedelta(days=1), rules.zone)
    with pytest.raises(Unavailable):
        take([{**PLAIN, "留言编号": 2003}])
    town.info.clear()
