"""A corrected matter has the date that its facts give, whatever moved it before, and none that is later."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.models.case import Case, Complainant
from core.persistence.db import Database
from tests import builders
from tests.builders import at
from tests.cases.lifecycle.handling_dates import clock_of, due_on, explained

Act = Callable[..., None]
ACase = Callable[..., Case]
REPORT = {"number": "1 号", "addressee": "马鞍乡人民政府", "sent_on": date(2026, 3, 2)}
ESCALATE = {"unit": "township-MA", "reason": "村里办不了", "report": REPORT}
EXTEND = {"due_on": date(2026, 3, 27), "reason": "等配件"}
SUSPEND = {"until": date(2026, 3, 12), "reason": "等汛期过"}


def amend(act: Act, case: Case, day: str, field: str, value: str) -> None:
    act("zuzhang", case.number, "amend", day, field=field, value=value, reason="核对后更正")


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([], date(2026, 3, 5)),
        ([("xiangzhen", "extend", EXTEND)], date(2026, 3, 5)),
        ([("xiangzhen", "suspend", SUSPEND)], date(2026, 3, 14)),
        ([("xiangzhen", "extend", EXTEND), ("xiangzhen", "suspend", SUSPEND)], date(2026, 3, 14)),
        ([("cunwei-sl", "escalate", ESCALATE)], date(2026, 3, 10)),
        ([("xiangzhen", "suspend", SUSPEND), ("cunwei-sl", "escalate", ESCALATE)], date(2026, 3, 10)),
    ],
    ids=["alone", "extended", "suspended", "extended and suspended", "escalated", "suspended and escalated"],
)
def test_a_matter_that_turns_out_urgent_gets_the_date_that_its_facts_give(
    town: Database, a_case: ACase, act: Act, moves: list[tuple[str, str, dict[str, Any]]], expected: date
) -> None:
    case = a_case("assigned", category="village_org")
    for who, action, values in moves:
        act(who, case.number, action, "2026-03-03", **values)
    amend(act, case, "2026-03-03", "urgency", "urgent")
    assert due_on(town, case) == expected
    with town.reading() as session:
        assert session.get_one(Case, case.id).profile == "urgent"
    assert f"3月3日起按「urgent」期限，为3月{expected.day}日" in explained(town, case)


def test_a_raised_matter_keeps_the_time_of_the_raise(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    sweep.sweep(town, rules=rules, now=at("2026-04-08", 9))
    amend(act, case, "2026-04-08", "urgency", "urgent")
    assert due_on(town, case) == date(2026, 4, 15)


def test_a_matter_sent_down_and_found_urgent_goes_back_to_the_urgent_date(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    act("cunwei-sl", case.number, "escalate", "2026-03-03", **ESCALATE)
    amend(act, case, "2026-03-04", "urgency", "urgent")
    act("xiangzhen", case.number, "send_down", "2026-03-05", reason="村里能办")
    assert due_on(town, case) == date(2026, 3, 10)


def test_a_longer_profile_leaves_the_date_and_is_named_beside_it(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    amend(act, case, "2026-03-03", "category", "roads")
    assert due_on(town, case) == date(2026, 3, 23)
    assert explained(town, case).endswith("3月3日起按「works」期限，日子不往后推，仍为3月23日")


def test_a_granted_extension_stands_as_far_as_the_shorter_profile_allows_one(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="irrigation")
    act("xiangzhen", case.number, "extend", "2026-03-03", due_on=date(2026, 5, 20), reason="等材料")
    amend(act, case, "2026-03-04", "category", "village_org")
    assert due_on(town, case) == date(2026, 4, 7)


def test_lifting_a_suspension_early_keeps_the_profile_that_came_meanwhile(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    act("xiangzhen", case.number, "suspend", "2026-03-03", **SUSPEND)
    amend(act, case, "2026-03-04", "urgency", "urgent")
    act("xiangzhen", case.number, "resume", "2026-03-06", reason="水退了")
    assert due_on(town, case) == date(2026, 3, 8)


def test_the_other_clocks_of_an_urgent_matter_are_shorter_and_end_on_days_off(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case(category="village_org", urgency="urgent", now=at("2026-03-06"))
    assert due_on(town, case, "triage") == date(2026, 3, 7)
    act("zuzhang", case.number, "assign", "2026-03-06", unit="committee-SL")
    assert due_on(town, case, "accept") == date(2026, 3, 7)
    act("cunwei-sl", case.number, "accept", "2026-03-07")
    assert due_on(town, case) == date(2026, 3, 9)


def test_a_received_matter_that_turns_out_urgent_has_less_time_for_triage(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case(category="village_org", now=at("2026-03-05"))
    assert (due_on(town, case, "triage"), due_on(town, case, "reply")) == (
        date(2026, 3, 10),
        date(2026, 3, 20),
    )
    amend(act, case, "2026-03-06", "urgency", "urgent")
    assert due_on(town, case, "triage") == date(2026, 3, 6)
    amend(act, case, "2026-03-06", "urgency", "normal")
    assert due_on(town, case, "triage") == date(2026, 3, 6)


def test_the_reply_date_of_an_urgent_matter_does_not_wait_for_a_working_day(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case(category="village_org", now=at("2026-03-06"))
    assert due_on(town, case, "reply") == date(2026, 3, 23)
    amend(act, case, "2026-03-06", "urgency", "urgent")
    assert due_on(town, case, "reply") == date(2026, 3, 21)
    with town.reading() as session:
        person = session.query(Complainant).filter_by(case_id=case.id).one()
    assert person.reply_due_on == date(2026, 3, 21)


def test_a_case_of_version_2_keeps_the_date_of_its_extension(
    town: Database, earlier_rules: CountyRules, act: Act
) -> None:
    with town.transaction() as session:
        case = builders.a_case(session, earlier_rules, "assigned", category="village_org")
    act("xiangzhen", case.number, "extend", "2026-03-03", **EXTEND)
    amend(act, case, "2026-03-03", "urgency", "urgent")
    assert due_on(town, case) == date(2026, 3, 27)
    assert clock_of(town, case).moves[-1]["why"] == "extension"
