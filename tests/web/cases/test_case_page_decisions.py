"""Whoever decides about what somebody else proposed sees it in the form, may change it, and signs that."""

import re
from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case, Complainant
from cases.models.correspondence import Reply
from cases.queries.case_detail import case_view
from core.persistence.db import Database
from tests.builders import actor_named, at
from tests.web.conftest import Browser
from tests.web.test_application_journeys import hidden

Open = Callable[..., Browser]
Make = Callable[..., Case]
Act = Callable[..., None]
DRAFT = "这件事归县水利局管，电话 0834-0000000。"


def person_of(town: Database, case: Case) -> int:
    with town.reading() as session:
        return session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()


def ask_to_reject(town: Database, act: Act, case: Case) -> int:
    person = person_of(town, case)
    said = [{"complainant": person, "channel": "letter", "text": DRAFT}]
    act("zuzhang", case.number, "request_reject", "2026-03-02", reason="不归乡里管", replies=said)
    return person


def test_a_leader_sees_the_drafted_replies_and_signs_what_is_shown(
    browser: Open, town: Database, a_case: Make, act: Act
) -> None:
    case = a_case()
    ask_to_reject(town, act, case)
    shown = browser("lingdao").get(f"/cases/{case.number}")
    assert DRAFT in shown.text
    assert "不归乡里管" in shown.text
    person = hidden(shown, "replies.0.complainant")
    changed = DRAFT + "我们陪您去。"
    answer = browser("lingdao").post(
        f"/cases/{case.number}/actions",
        action="reject",
        version=case.version + 1,
        seen=2,
        once="a-form-of-its-own",
        reason="不归乡里管",
        **{"replies.0.complainant": person, "replies.0.channel": "letter", "replies.0.text": changed},
    )
    assert answer.status == 303, answer.text
    with town.reading() as session:
        assert session.scalars(select(Reply.text)).all() == [changed]


def test_a_program_reads_the_drafts_before_it_signs(
    town: Database, rules: CountyRules, a_case: Make, act: Act
) -> None:
    case = a_case()
    person = ask_to_reject(town, act, case)
    with town.reading() as session:
        leader = actor_named(session, "lingdao")
        view = case_view(session, actor=leader, rules=rules, number=case.number, now=at("2026-03-03"))
    assert view["reject_request"] == {
        "reason": "不归乡里管",
        "replies": [{"complainant": person, "channel": "letter", "text": DRAFT}],
    }


def test_an_extension_is_prefilled_and_its_last_day_is_said(browser: Open, a_case: Make, act: Act) -> None:
    case = a_case("assigned", category="village_org")
    act(
        "cunwei-sl", case.number, "request_extension", "2026-03-03", due_on=date(2026, 3, 27), reason="等配件"
    )
    shown = browser("xiangzhen").get(f"/cases/{case.number}").text
    assert 'value="2026-03-27"' in shown
    assert "等配件</textarea>" in shown
    assert "最晚可以延到 4月7日" in shown


def test_the_third_assignment_is_made_out_to_the_unit_that_was_proposed(
    browser: Open, town: Database, a_case: Make, act: Act
) -> None:
    case = a_case("assigned")
    for day, unit in ((3, "township-MA"), (4, "county-water")):
        act("cunwei-sl", case.number, "return", f"2026-03-0{day}", reason="不归村里", unit=unit)
        if unit != "county-water":
            act("zuzhang", case.number, "assign", f"2026-03-0{day}", unit="committee-SL")
    shown = browser("xiangzhen").get(f"/cases/{case.number}").text
    assert re.search(r'name="unit" value="county-water"[^>]* checked', shown)
    assert "退回的次数满了，请乡镇联络员指定承办" in browser("zuzhang").get(f"/cases/{case.number}").text


def test_what_was_returned_twice_stands_in_the_list_of_the_coordinator(
    browser: Open, a_case: Make, act: Act
) -> None:
    case = a_case("assigned")
    act("cunwei-sl", case.number, "return", "2026-03-03", reason="不归村里", unit="county-water")
    assert case.number not in browser("xiangzhen").get("/todo").text
    act("zuzhang", case.number, "assign", "2026-03-03", unit="committee-SL")
    act("cunwei-sl", case.number, "return", "2026-03-04", reason="不归村里", unit="county-water")
    assert case.number in browser("xiangzhen").get("/todo").text


def test_a_binding_assignment_is_offered_to_nobody_but_those_who_may_make_one(
    browser: Open, a_case: Make
) -> None:
    page = f"/cases/{a_case('received').number}"
    offered = {user: 'name="binding"' in browser(user).get(page).text for user in ("zuzhang", "xiangzhen")}
    assert offered == {"zuzhang": False, "xiangzhen": True}
