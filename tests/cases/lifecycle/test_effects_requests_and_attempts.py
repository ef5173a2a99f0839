"""What was asked for falls with its reason; what was tried counts once there was something to tell."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from accounts.models import Unit
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.intake.submission import DoorReply
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Clock, Complainant, Round
from cases.models.correspondence import ReturnVisit
from cases.queries.case_history import history_view
from core.errors import Conflict, Forbidden, Invalid
from core.persistence.db import Database
from tests.builders import PERSONAL_KEYS, actor_named, at

Act = Callable[..., None]
ACase = Callable[..., Case]


def round_of(town: Database, case: Case) -> Round:
    with town.reading() as session:
        return session.scalars(select(Round).where(Round.case_id == case.id)).one()


def person_of(town: Database, case: Case) -> int:
    with town.reading() as session:
        return session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()


def handling(town: Database, case: Case) -> Clock:
    with town.reading() as session:
        return session.get_one(Clock, (case.id, "handling"))


def test_a_request_to_reject_falls_when_the_case_is_assigned(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case()
    act("zuzhang", case.number, "request_reject", "2026-03-02", reason="不归这里管")
    act("zuzhang", case.number, "assign", "2026-03-03", unit="committee-SL")
    assert round_of(town, case).reject_request is None


def test_a_request_for_time_falls_when_another_unit_gets_the_case(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    act("cunwei-sl", case.number, "request_extension", "2026-03-03", due_on=date(2026, 3, 27), reason="等")
    act("xiangzhen", case.number, "reassign", "2026-03-04", unit="county-water", reason="归水利")
    assert round_of(town, case).extension_request is None


@pytest.mark.parametrize(("who", "action"), [("cunwei-sl", "request_extension"), ("xiangzhen", "extend")])
def test_no_more_time_is_given_while_the_clock_stands_still(
    a_case: ACase, act: Act, who: str, action: str
) -> None:
    case = a_case("assigned", category="village_org")
    act("xiangzhen", case.number, "suspend", "2026-03-03", until=date(2026, 3, 20), reason="等汛期过")
    with pytest.raises(Conflict) as refused:
        act(who, case.number, action, "2026-03-04", due_on=date(2026, 4, 10), reason="等")
    assert refused.value.facts["reasons"] == ["already_suspended"]


def test_more_time_does_not_end_on_a_day_off(a_case: ACase, act: Act) -> None:
    case = a_case("assigned", category="village_org")
    with pytest.raises(Invalid) as refused:
        act("xiangzhen", case.number, "extend", "2026-03-03", due_on=date(2026, 3, 28), reason="等配件")
    assert refused.value.errors == {"due_on": ["not_a_working_day"]}


def test_a_case_that_turns_out_urgent_late_gets_its_three_days_from_then(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    act("zuzhang", case.number, "amend", "2026-03-16", field="urgency", value="urgent", reason="快塌了")
    assert handling(town, case).due_on == date(2026, 3, 19)


@pytest.mark.parametrize("named", [{"named_units": ("team",)}, {"named_users": ("zuyuan",)}])
def test_nobody_answers_at_the_door_what_is_about_them(a_case: ACase, named: dict[str, Any]) -> None:
    reply = DoorReply(outcome="explained", channel="door", text="当面讲清了。")
    with pytest.raises(Forbidden) as refused:
        a_case(recorded_by="zuyuan", reply=reply, **named)
    assert refused.value.facts["reasons"] == ["out_of_scope"]


def test_what_a_handler_hears_is_no_return_visit(a_case: ACase, town: Database, act: Act) -> None:
    case = a_case()
    person = person_of(town, case)
    said = {"complainant": person, "channel": "door", "text": "当场讲清了。"}
    act("zuyuan", case.number, "answer", "2026-03-02", outcome="explained", replies=[said])
    act("zuyuan", case.number, "reopen", "2026-03-03", complainant=person, reason="又来问")
    with town.reading() as session:
        assert session.scalars(select(ReturnVisit)).all() == []


def test_at_the_top_unit_the_next_lower_rung_is_sent_after_an_outage(
    a_case: ACase, town: Database, rules: CountyRules, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    act("xiangzhen", case.number, "reassign", "2026-03-03", unit="leading-group", reason="县里定")
    swept = sweep.sweep(town, rules=rules, now=at("2026-04-10", 9))
    rungs = [row["rung"] for row in swept.fired if row["clock"] == "handling"]
    assert rungs == ["publish"]
    assert swept.raised == []


def test_reopening_finds_another_unit_when_the_one_that_owed_the_reply_is_closed(
    a_case: ACase, town: Database, act: Act
) -> None:
    case = a_case("closed")
    with town.transaction() as session:
        session.scalars(select(Unit).where(Unit.code == "team")).one().active = False
    act("lingdao", case.number, "reopen", "2026-03-05", reason="群众又反映")
    with town.reading() as session:
        owner = session.scalars(
            select(Unit.code).join(Case, Case.owner_id == Unit.id).where(Case.id == case.id)
        ).one()
    assert owner == "township-MA"


@pytest.mark.parametrize(
    ("who", "shown"), [("cunwei-sl", False), ("zuyuan", True), ("zuzhang", True), ("jiandu", True)]
)
def test_to_which_household_a_voice_was_put_down_is_not_read_from_the_history(
    a_case: ACase, town: Database, act: Act, who: str, shown: bool
) -> None:
    case = a_case(complainants=(ComplainantEntry(name="田某", confidential=True),))
    act("zuzhang", case.number, "amend", "2026-03-02", field="household", value="SL-02-005", reason="记错户")
    with town.reading() as session:
        entries = history_view(
            session, keys=PERSONAL_KEYS, actor=actor_named(session, who), number=case.number
        )
    assert ("after" in entries[-1]["facts"]) == shown
