"""What was promised for a day is remembered until then, and closes no earlier."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.models.case import Case, Complainant
from cases.models.correspondence import ReturnVisit
from cases.queries.case_detail import case_view
from cases.verification.verify import verify
from core.errors import Conflict
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import actor_named, at
from tests.cases.lifecycle.handling_dates import clock_of, due_on

Act = Callable[..., None]
ACase = Callable[..., Case]


@pytest.fixture
def planned(town: Database, a_case: ACase, act: Act) -> Callable[[date], tuple[Case, int]]:
    """Resolve a case on 3 March with a promised day; give it and its complainant."""

    def make(promised_on: date) -> tuple[Case, int]:
        case = a_case("assigned", category="village_org")
        with town.reading() as session:
            person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
        said = {"complainant": person, "channel": "door", "text": "排进了年底的计划。"}
        act(
            "cunwei-sl",
            case.number,
            "resolve",
            "2026-03-03",
            outcome="planned",
            promised_on=promised_on,
            replies=[said],
        )
        return case, person

    return make


def visit(act: Act, case: Case, person: int, day: str, rating: str = "satisfied") -> None:
    act("zuyuan", case.number, "confirm", day, complainant=person, heard=True, rating=rating, words="好")


def state_of(town: Database, case: Case) -> str:
    with town.reading() as session:
        return session.get_one(Case, case.id).state


def run(town: Database, rules: CountyRules, day: str) -> list[tuple[str, str]]:
    swept = sweep.sweep(town, rules=rules, now=at(day, 9))
    return [(row["clock"], row["rung"]) for row in swept.fired]


def test_before_the_promised_day_the_rating_is_kept_and_the_case_stays_resolved(
    town: Database, rules: CountyRules, planned: Any, act: Act
) -> None:
    case, person = planned(date(2026, 3, 20))
    visit(act, case, person, "2026-03-10")
    assert state_of(town, case) == "resolved"
    with town.reading() as session:
        assert session.get_one(Complainant, person).rating == "satisfied"
        view = case_view(
            session,
            actor=actor_named(session, "zuyuan"),
            rules=rules,
            number=case.number,
            now=at("2026-03-10"),
        )
    opening = next(one for one in view["actions"] if one["name"] == "confirm")
    assert (opening["allowed"], tuple(opening["reasons"])) == (False, ("before_promised_day",))


def test_from_the_promised_day_on_it_closes_on_the_rating_that_was_kept(
    town: Database, rules: CountyRules, planned: Any, act: Act
) -> None:
    case, person = planned(date(2026, 3, 20))
    visit(act, case, person, "2026-03-10")
    act("zuyuan", case.number, "confirm", "2026-03-20", complainant=person)
    assert state_of(town, case) == "closed"
    assert not clock_of(town, case, "promise").running
    with town.reading() as session:
        assert len(session.scalars(select(ReturnVisit)).all()) == 1
        assert list(verify(session, rules=rules)) == []


def test_whoever_is_asked_again_on_the_promised_day_may_say_something_else(
    town: Database, planned: Any, act: Act
) -> None:
    case, person = planned(date(2026, 3, 20))
    visit(act, case, person, "2026-03-10")
    with pytest.raises(Conflict) as refused:
        visit(act, case, person, "2026-03-20", rating="dissatisfied")
    assert refused.value.facts["reasons"] == ["use_reopen"]
    visit(act, case, person, "2026-03-20", rating="fair")
    with town.reading() as session:
        assert session.get_one(Case, case.id).rating == "fair"
        assert [one.rating for one in session.scalars(select(ReturnVisit))] == ["satisfied", "fair"]


def test_who_promised_is_reminded_ten_working_days_before(
    town: Database, rules: CountyRules, planned: Any
) -> None:
    case, _ = planned(date(2026, 4, 1))
    assert due_on(town, case, "promise") == date(2026, 4, 1)
    assert run(town, rules, "2026-03-17") == []
    assert run(town, rules, "2026-03-18") == [("promise", "remind")]
    assert run(town, rules, "2026-04-02") == [("promise", "urge")]
    with town.reading() as session:
        assert not session.get_one(Case, case.id).overdue
        told = session.scalars(select(Notice.kind).where(Notice.kind.in_(("remind", "urge")))).all()
    assert {"remind", "urge"} <= set(told)


def test_while_the_day_is_far_a_word_is_owed_every_sixty_days(
    town: Database, rules: CountyRules, planned: Any, act: Act
) -> None:
    case, person = planned(date(2026, 9, 20))
    first = clock_of(town, case, "word")
    assert first.due_on == date(2026, 5, 6)
    assert ("word", "urge") in run(town, rules, "2026-05-07")
    second = clock_of(town, case, "word")
    assert (second.cycle, second.due_on) == (first.cycle + 1, date(2026, 7, 6))
    said = {"complainant": person, "channel": "phone", "text": "材料到了。", "final": False}
    act("zuyuan", case.number, "reply", "2026-06-01", **said)
    assert due_on(town, case, "word") == date(2026, 7, 31)
    assert ("word", "urge") in run(town, rules, "2026-08-03")
    assert not clock_of(town, case, "word").running
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_reopening_ends_the_clocks_of_a_plan(town: Database, planned: Any, act: Act) -> None:
    case, person = planned(date(2026, 9, 30))
    act("zuyuan", case.number, "reopen", "2026-03-05", complainant=person, reason="等不到年底")
    assert not clock_of(town, case, "promise").running
    assert not clock_of(town, case, "word").running


def test_a_withdrawal_that_is_reopened_goes_on_in_its_round(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    act("zuzhang", case.number, "withdraw", "2026-03-10", words="不反映了", recorded_by="zuyuan")
    act("zuyuan", case.number, "reopen", "2026-03-12", reason="又来反映")
    with town.reading() as session:
        found = session.get_one(Case, case.id)
        assert (found.state, found.round) == ("received", 1)
        assert (found.due_on, found.handling_due_on) == (date(2026, 3, 17), date(2026, 3, 23))
        assert found.reply_due_on == date(2026, 3, 17)
        assert list(verify(session, rules=rules)) == []


def test_the_reply_of_a_withdrawal_taken_up_again_is_not_due_before_three_working_days(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    act("zuzhang", case.number, "withdraw", "2026-03-10", words="不反映了", recorded_by="zuyuan")
    act("lingdao", case.number, "reopen", "2026-04-01", reason="又来反映")
    with town.reading() as session:
        found = session.get_one(Case, case.id)
        assert (found.handling_due_on, found.reply_due_on) == (date(2026, 3, 23), date(2026, 4, 7))


def test_what_stood_still_when_it_was_withdrawn_does_not_stand_still_afterwards(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", category="village_org")
    until = date(2026, 3, 3) + timedelta(days=80)
    act("xiangzhen", case.number, "suspend", "2026-03-03", until=until, reason="等汛期过")
    act("zuzhang", case.number, "withdraw", "2026-03-05", words="不反映了", recorded_by="zuyuan")
    act("zuyuan", case.number, "reopen", "2026-03-06", reason="又来反映")
    assert due_on(town, case) == date(2026, 3, 25)


@pytest.mark.parametrize("state", ["closed", "rejected"])
def test_other_ends_begin_the_next_round(town: Database, a_case: ACase, act: Act, state: str) -> None:
    case = a_case(state)
    act("lingdao", case.number, "reopen", "2026-03-06", reason="没办好")
    with town.reading() as session:
        assert session.get_one(Case, case.id).round == 2
