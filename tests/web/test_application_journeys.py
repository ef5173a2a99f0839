"""What each kind of person does, from page to page."""

import re
from collections.abc import Callable

from sqlalchemy import select

from accounts.sign_in import sessions
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.verification.verify import verify
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import PASSWORD
from tests.web.conftest import Browser, Page

Open = Callable[..., Browser]


def hidden(page: Page, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, name
    return found[1]


def only_case(db: Database) -> Case:
    with db.reading() as session:
        return session.scalars(select(Case)).one()


def test_a_matter_is_registered_assigned_answered_revisited_and_looked_up(
    browser: Open, town: Database, rules: CountyRules
) -> None:
    member, leader, committee = browser("zuyuan"), browser("zuzhang"), browser("cunwei-sl")
    form = member.get("/register")
    slip = member.post(
        "/register",
        once=hidden(form, "once"),
        village="SL",
        category="drinking_water",
        kind="problem",
        own_words="水管冻裂了，三天没有水。",
        **{"complainant.name": "田某", "complainant.phone": "13800002046"},
    )
    assert slip.status == 200
    code = "-".join(re.findall(r'class="code"><span>(\w{5})</span> <span>(\w{5})</span>', slip.text)[0])
    number = only_case(town).number

    page = leader.get(f"/cases/{number}")
    done = leader.post(
        f"/cases/{number}/actions",
        action="assign",
        version=hidden(page, "version"),
        once=hidden(page, "once"),
        unit="committee-SL",
    )
    assert done.status == 303
    assert "田家" in committee.get("/todo").text
    page = committee.get(f"/cases/{number}")
    assert "138****2046" in page.text
    person = hidden(page, "replies.0.complainant")
    committee.post(f"/cases/{number}/actions", action="accept", version=hidden(page, "version"))
    page = committee.get(f"/cases/{number}")
    answered = committee.post(
        f"/cases/{number}/actions",
        action="resolve",
        version=hidden(page, "version"),
        outcome="solved",
        **{"replies.0.complainant": person, "replies.0.channel": "door", "replies.0.text": "换了新管。"},
    )
    assert answered.status == 303
    assert only_case(town).state == "resolved"

    villager = browser()
    seen = villager.post("/status", receipt_code=code)
    assert "换了新管。" in seen.text
    assert "田" not in seen.text
    assert "13800002046" not in seen.text
    rated = villager.post("/status/rating", receipt_code=code, rating="satisfied", words="水来了")
    assert rated.status == 200
    assert only_case(town).state == "closed"
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_a_return_visit_without_satisfaction_has_the_matter_done_again(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    case = a_case("resolved")
    member = browser("zuyuan")
    page = member.get(f"/cases/{case.number}/revisit")
    fields = {"version": hidden(page, "version"), "complainant": hidden(page, "complainant")}
    empty = member.post(f"/cases/{case.number}/revisit", **fields, heard="yes", rating="dissatisfied")
    assert empty.status == 422
    done = member.post(
        f"/cases/{case.number}/revisit", **fields, heard="yes", rating="dissatisfied", words="还是漏"
    )
    assert done.status == 303
    assert (only_case(town).state, only_case(town).round) == ("received", 2)


def test_whoever_was_slower_keeps_what_was_typed_and_sees_what_the_other_did(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    first, second = browser("zuzhang"), browser("zuyuan")
    page = second.get(f"/cases/{case.number}")
    seen = {"version": hidden(page, "version"), "seen": hidden(page, "seen")}
    change = {"action": "amend", "field": "urgency", "value": "urgent", "reason": "停水了"}
    assert first.post(f"/cases/{case.number}/actions", **change, version=seen["version"]).status == 303
    late = second.post(f"/cases/{case.number}/actions", action="note", text="我也去了", **seen)
    assert late.status == 412
    assert "我也去了" in late.text
    assert "刚才有人已经办了" in late.text


def test_a_colleague_s_note_is_in_nobody_s_way(browser: Open, a_case: Callable[..., Case]) -> None:
    case = a_case("assigned")
    first, second = browser("zuzhang"), browser("zuyuan")
    seen = hidden(second.get(f"/cases/{case.number}"), "version")
    for one, text in ((first, "去看了"), (second, "我也去了")):
        done = one.post(f"/cases/{case.number}/actions", action="note", version=seen, text=text)
        assert done.status == 303


def test_a_second_click_finds_the_answer_of_the_first(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    committee = browser("cunwei-sl")
    page = committee.get(f"/cases/{case.number}")
    form = {
        "action": "note",
        "text": "去看了",
        "version": hidden(page, "version"),
        "once": "a-key-of-this-form",
    }
    first = committee.post(f"/cases/{case.number}/actions", **form)
    second = committee.post(f"/cases/{case.number}/actions", **form)
    assert (first.status, second.status) == (303, 303)
    assert only_case(town).version == case.version + 1


def test_a_sign_in_that_ran_out_loses_nothing(
    browser: Open, town: Database, a_case: Callable[..., Case], clock: Clock
) -> None:
    case = a_case("assigned")
    committee = browser("cunwei-sl")
    page = committee.get(f"/cases/{case.number}")
    form = {"action": "note", "text": "去看了，要修", "version": hidden(page, "version")}
    clock.moment += sessions.SHARED
    asked = committee.post(f"/cases/{case.number}/actions", **form)
    assert asked.status == 401
    back = committee.sign_in("cunwei-sl", kept=hidden(asked, "kept"))
    assert "去看了，要修" in back.text
    assert committee.post(f"/cases/{case.number}/actions", **form).status == 303
    assert only_case(town).version == case.version + 1


def test_wrong_passwords_are_counted_and_the_right_one_waits_a_quarter_of_an_hour(browser: Open) -> None:
    stranger = browser()
    statuses = [stranger.sign_in("cunwei-sl", "not the password").status for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert stranger.sign_in("cunwei-sl", PASSWORD).status == 429


def test_wrong_receipt_codes_are_counted(browser: Open) -> None:
    stranger = browser()
    statuses = [stranger.post("/status", receipt_code="AAAAA-AAAAA").status for _ in range(11)]
    assert statuses == [404] * 10 + [429]


def test_a_revealed_number_is_noted_in_the_history(browser: Open, a_case: Callable[..., Case]) -> None:
    case = a_case("assigned")
    member = browser("zuyuan")
    page = member.get(f"/cases/{case.number}")
    shown = member.post(
        f"/cases/{case.number}/actions",
        action="reveal",
        version=hidden(page, "version"),
        complainant=hidden(page, "complainant"),
        reason="约回访",
    )
    assert "13800002046" in shown.text
    after = member.get(f"/cases/{case.number}")
    assert "约回访" in after.text
    assert "13800002046" not in after.text
