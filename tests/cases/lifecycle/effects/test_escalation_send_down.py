"""What an escalation granted is taken back when the matter is sent down, but for the days spent above."""

from collections.abc import Callable
from datetime import date

import pytest

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.models.case import Case
from core.errors import Conflict
from core.persistence.db import Database
from tests import builders
from tests.builders import at
from tests.cases.lifecycle.handling_dates import due_on, explained

Act = Callable[..., None]
ACase = Callable[..., Case]
REPORT = {"number": "1 号", "addressee": "马鞍乡人民政府", "sent_on": date(2026, 3, 2)}


def escalate(act: Act, case: Case, day: str, who: str = "cunwei-sl", unit: str = "township-MA") -> None:
    act(who, case.number, "escalate", day, unit=unit, reason="村里办不了", report=REPORT)


def test_the_date_before_the_escalation_comes_back_with_the_days_spent_above(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    escalate(act, case, "2026-03-03")
    assert due_on(town, case) == date(2026, 5, 6)
    act("xiangzhen", case.number, "send_down", "2026-03-10", reason="村里能办")
    assert due_on(town, case) == date(2026, 3, 30)
    assert explained(town, case).endswith("3月10日退回下级，扣回上报时给的时间，改为3月30日")


def test_at_least_five_working_days_are_left(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case("assigned", category="village_org")
    escalate(act, case, "2026-03-23")
    act("xiangzhen", case.number, "send_down", "2026-03-24", reason="村里能办")
    assert due_on(town, case) == date(2026, 3, 31)


def test_the_date_is_never_later_than_it_is(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case("assigned", category="village_org", urgency="urgent")
    escalate(act, case, "2026-03-03")
    assert due_on(town, case) == date(2026, 3, 10)
    act("xiangzhen", case.number, "send_down", "2026-03-09", reason="村里能办")
    assert due_on(town, case) == date(2026, 3, 10)


def test_escalated_from_received_the_profile_runs_from_the_day_of_escalation(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case(category="village_org")
    escalate(act, case, "2026-03-03", who="zuzhang", unit="leading-group")
    act("lingdao", case.number, "send_down", "2026-03-10", reason="乡里能办")
    assert due_on(town, case) == date(2026, 3, 24)


def test_the_same_level_grants_time_once_however_often_it_is_sent_down(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    escalate(act, case, "2026-03-03")
    act("xiangzhen", case.number, "send_down", "2026-03-10", reason="村里能办")
    act("zuzhang", case.number, "assign", "2026-03-10", unit="committee-SL")
    escalate(act, case, "2026-03-11")
    assert due_on(town, case) == date(2026, 3, 30)
    assert explained(town, case).endswith("3月11日再次上报到这一级，期限不变，仍为3月30日")
    with pytest.raises(Conflict) as refused:
        act("xiangzhen", case.number, "send_down", "2026-03-12", reason="村里能办")
    assert refused.value.facts["reasons"] == ["already_sent_down"]


def test_after_a_raise_the_date_stays(town: Database, rules: CountyRules, a_case: ACase, act: Act) -> None:
    case = a_case("assigned", category="village_org")
    sweep.sweep(town, rules=rules, now=at("2026-04-08", 9))
    assert due_on(town, case) == date(2026, 4, 15)
    act("xiangzhen", case.number, "send_down", "2026-04-09", reason="村里能办")
    assert due_on(town, case) == date(2026, 4, 15)


def test_a_case_of_version_2_keeps_the_date_of_its_escalation(
    town: Database, earlier_rules: CountyRules, act: Act
) -> None:
    with town.transaction() as session:
        case = builders.a_case(session, earlier_rules, "assigned", category="village_org")
    escalate(act, case, "2026-03-03")
    act("xiangzhen", case.number, "send_down", "2026-03-10", reason="村里能办")
    assert due_on(town, case) == date(2026, 5, 6)
