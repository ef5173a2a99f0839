"""Who cannot be reached was sought three times, in two ways, over a week of the server's days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from cases.models.correspondence import ContactAttempt, Unreachable
from cases.queries.case_detail import case_view
from cases.verification.verify import verify
from core.errors import Conflict, Forbidden, Invalid
from core.persistence.db import Database
from tests import builders
from tests.builders import actor_named, at
from tests.cases.breaking_in import break_in

Act = Callable[..., None]
ACase = Callable[..., Case]
FEW = "fewer_than_three_attempts"


def person_of(town: Database, case: Case) -> int:
    with town.reading() as session:
        of_case = select(Complainant.id).where(Complainant.case_id == case.id)
        return session.scalars(of_case.order_by(Complainant.id.desc())).first() or 0


def attempt(act: Act, case: Case, person: int, day: str, mode: str, who: str = "zuyuan") -> None:
    act(who, case.number, "attempt", day, complainant=person, mode=mode, words="没人。")


def accept(act: Act, case: Case, person: int, day: str, **more: Any) -> None:
    act("zuzhang", case.number, "unreachable", day, complainant=person, text="全家外出。", **more)


def why_closed(town: Database, rules: CountyRules, case: Case, day: str) -> tuple[bool, tuple[str, ...]]:
    with town.reading() as session:
        leader = actor_named(session, "zuzhang")
        view = case_view(session, actor=leader, rules=rules, number=case.number, now=at(day))
    opening = next(one for one in view["actions"] if one["name"] == "unreachable")
    return opening["allowed"], tuple(opening["reasons"])


def test_recorded_attempts_stand_for_the_final_reply(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned")
    person = person_of(town, case)
    attempt(act, case, person, "2026-03-03", "phone")
    attempt(act, case, person, "2026-03-06", "day_home", who="cunwei-sl")
    attempt(act, case, person, "2026-03-10", "evening")
    accept(act, case, person, "2026-03-10")
    act("cunwei-sl", case.number, "resolve", "2026-03-11", outcome="solved", replies=[])
    with town.reading() as session:
        record = session.scalars(select(Unreachable)).one()
        assert (record.stands_for, record.text, len(record.attempts)) == ("reply", "全家外出。", 3)
        assert list(verify(session, rules=rules)) == []


def test_attempts_sent_with_the_record_are_recorded_as_of_now(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned")
    person = person_of(town, case)
    attempt(act, case, person, "2026-03-03", "phone")
    assert why_closed(town, rules, case, "2026-03-09") == (False, ("within_less_than_seven_days",))
    assert why_closed(town, rules, case, "2026-03-10") == (True, ())
    more = [{"mode": "day_home", "words": "锁着门。"}, {"mode": "evening", "words": "没有灯。"}]
    accept(act, case, person, "2026-03-10", attempts=more)
    with town.reading() as session:
        days = session.scalars(select(ContactAttempt.received_on).order_by(ContactAttempt.id)).all()
        assert [day.day for day in days] == [3, 10, 10]
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize(
    ("tried", "reasons"),
    [
        ([], ["fewer_than_three_attempts"]),
        ([(3, "phone"), (10, "day_home")], ["fewer_than_three_attempts"]),
        ([(3, "phone"), (3, "day_home"), (3, "evening"), (10, "phone")], []),
        ([(3, "phone"), (3, "day_home"), (3, "evening")], [FEW, "within_less_than_seven_days"]),
        ([(3, "phone"), (6, "phone"), (10, "phone")], ["fewer_than_two_modes"]),
        ([(3, "phone"), (6, "day_home"), (9, "phone")], ["within_less_than_seven_days"]),
        ([(3, "evening"), (6, "day_home"), (10, "day_home")], ["phone_not_tried"]),
    ],
)  # fmt: skip
def test_too_few_attempts_are_refused_with_what_is_missing(
    town: Database, a_case: ACase, act: Act, tried: list[tuple[int, str]], reasons: list[str]
) -> None:
    case = a_case("assigned")
    person = person_of(town, case)
    for day, mode in tried:
        attempt(act, case, person, f"2026-03-{day:02d}", mode)
    if not reasons:
        accept(act, case, person, "2026-03-10")
        return
    with pytest.raises(Conflict) as refused:
        accept(act, case, person, "2026-03-10")
    assert refused.value.facts["reasons"] == reasons


def test_without_a_number_nobody_has_to_call(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case("assigned", complainants=(ComplainantEntry(name="田某"),))
    person = person_of(town, case)
    for day, mode in ((3, "evening"), (6, "day_home"), (10, "day_home")):
        attempt(act, case, person, f"2026-03-{day:02d}", mode)
    accept(act, case, person, "2026-03-10")


def test_attempts_before_the_result_do_not_stand_for_a_return_visit(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned")
    person = person_of(town, case)
    for day, mode in ((3, "phone"), (6, "day_home")):
        attempt(act, case, person, f"2026-03-{day:02d}", mode)
    said = {"complainant": person, "channel": "notice_board", "text": "修好了。"}
    act("cunwei-sl", case.number, "resolve", "2026-03-09", outcome="solved", replies=[said])
    attempt(act, case, person, "2026-03-13", "evening")
    with pytest.raises(Conflict) as refused:
        accept(act, case, person, "2026-03-13")
    assert refused.value.facts["reasons"][0] in ("fewer_than_three_attempts", "within_less_than_seven_days")


def test_attempts_go_with_a_complainant_whose_case_is_merged(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case, target = a_case("assigned"), a_case("assigned")
    person = person_of(town, case)
    for day, mode in ((3, "phone"), (6, "day_home")):
        attempt(act, case, person, f"2026-03-{day:02d}", mode)
    act("zuzhang", case.number, "merge", "2026-03-09", into=target.number, reason="同一条渠")
    attempt(act, target, person, "2026-03-10", "evening")
    accept(act, target, person, "2026-03-10")
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_nobody_is_sought_who_has_been_told(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case("assigned")
    act("zuyuan", case.number, "join", "2026-03-03", complainant={"name": "覃某"}, own_words="我家也是。")
    person = person_of(town, case)
    said = {"complainant": person, "channel": "door", "text": "在修了。", "final": True}
    act("cunwei-sl", case.number, "reply", "2026-03-04", **said)
    with pytest.raises(Invalid) as refused:
        attempt(act, case, person, "2026-03-05", "phone")
    assert refused.value.errors == {"complainant": ["already_reached"]}


def test_only_a_team_leader_accepts_the_record(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case("assigned")
    with pytest.raises(Forbidden):
        act(
            "zuyuan", case.number, "unreachable", "2026-03-12", complainant=person_of(town, case), text="不在"
        )


def test_an_attempt_that_was_changed_is_found(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned")
    attempt(act, case, person_of(town, case), "2026-03-03", "phone")
    break_in(town, "UPDATE contact_attempts SET mode = 'evening'")
    with town.reading() as session:
        assert "attempts" in {finding.rule for finding in verify(session, rules=rules)}


@pytest.mark.parametrize(("first", "problem"), [("2026-02-20", ["before_it_was_owed"]), ("2026-03-02", [])])
def test_a_case_of_version_2_takes_attempts_that_are_told_afterwards(
    town: Database, earlier_rules: CountyRules, act: Act, first: str, problem: list[str]
) -> None:
    with town.transaction() as session:
        case = builders.a_case(session, earlier_rules, "assigned")
    person = person_of(town, case)
    tried = [
        {"mode": mode, "at": at(first) + timedelta(days=days)}
        for mode, days in (("phone", 0), ("day_home", 4), ("evening", 8))
    ]
    values = {"complainant": person, "attempts": tried}
    if problem:
        with pytest.raises(Invalid) as refused:
            act("zuzhang", case.number, "unreachable", "2026-03-12", **values)
        assert refused.value.errors == {"attempts": problem}
    else:
        act("zuzhang", case.number, "unreachable", "2026-03-12", **values)
