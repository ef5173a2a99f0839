"""What the villager's page says of days that have passed, and to somebody whose matter was merged."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Complainant
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import actor_named, at, fields_of
from tests.web.conftest import Browser


@pytest.fixture
def act_on(town: Database, rules: CountyRules) -> Callable[..., None]:
    """Return what lets somebody act on a case."""

    def act(who: str, action: str, case: Case, on: str = "2026-03-03", **values: object) -> None:
        with town.transaction() as session:
            take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=rules,
                number=case.number,
                action=action,
                values=build_values(action, values),
                now=at(on),
            )

    return act


def test_the_page_says_the_first_date_that_passed_and_the_one_that_was_granted_since(
    browser: Callable[..., Browser],
    a_case: Callable[..., Case],
    town: Database,
    rules: CountyRules,
    clock: Clock,
) -> None:
    code = receipt_codes.new_code()
    people = (ComplainantEntry(name="田某", receipt_code=code),)
    a_case("assigned", complainants=people, category="village_org", now=at("2026-10-08"))

    def shown(day: str, language: str = "zh") -> str:
        clock.moment = at(day)
        stranger = browser()
        stranger.post("/look", language=language, back="/status")
        return re.sub(r"<[^>]+>|\n", "", stranger.post("/status", receipt_code=code).text)

    assert "最迟 10月28日 办好" in shown("2026-10-28")
    sweep.sweep(town, rules=rules, now=at("2026-11-11", 9))
    raised = shown("2026-11-17")
    assert "办理期限是 10月28日，晚了 20 天。" in raised
    assert "最迟 11月18日 办好" in raised
    assert "11月11日 提给马鞍乡人民政府办，往后 21 天，最迟 11月18日" in raised
    again = shown("2026-11-20")
    assert "办理期限是 10月28日，晚了 23 天。" in again
    assert "后来说好 11月18日 办好，也晚了 2 天。" in again
    assert "It was to be handled by 28 Oct, 23 days ago." in shown("2026-11-20", "en")


def test_the_page_says_for_which_day_a_matter_was_promised_and_that_it_has_passed(
    browser: Callable[..., Browser],
    a_case: Callable[..., Case],
    town: Database,
    rules: CountyRules,
    clock: Clock,
) -> None:
    code = receipt_codes.new_code()
    people = (ComplainantEntry(name="田某", receipt_code=code),)
    case = a_case("assigned", complainants=people, now=at("2026-10-08"))
    with town.transaction() as session:
        replies = fields_of(session, case, "resolve")["replies"]
        take_step.take_step(
            session,
            actor=actor_named(session, "cunwei-sl"),
            rules=rules,
            number=case.number,
            action="resolve",
            values=build_values(
                "resolve", {"outcome": "planned", "promised_on": date(2026, 12, 1), "replies": replies}
            ),
            now=at("2026-10-09"),
        )

    def shown(day: str, language: str = "zh") -> str:
        clock.moment = at(day)
        stranger = browser()
        stranger.post("/look", language=language, back="/status")
        return re.sub(r"<[^>]+>|\n", "", stranger.post("/status", receipt_code=code).text)

    early = shown("2026-12-01")
    assert "答应 12月1日 办好" in early
    assert "答复您了，答应 12月1日 办好" in early
    assert "晚了" not in early
    assert "还没有催办过。" in shown("2026-12-02")
    sweep.sweep(town, rules=rules, now=at("2026-12-02", 9))
    late = shown("2026-12-15")
    assert "答应 12月1日 办好，晚了 14 天。" in late
    assert "12月2日 答应的日子过了，催办了" in late
    assert "It was promised for 1 Dec, 14 days ago." in shown("2026-12-15", "en")


def test_who_is_merged_into_a_case_that_is_done_again_is_not_told_that_theirs_is(
    browser: Callable[..., Browser], a_case: Callable[..., Case], act_on: Callable[..., None]
) -> None:
    codes = [receipt_codes.new_code(), receipt_codes.new_code()]
    target, case = (
        a_case(state, complainants=(ComplainantEntry(name="田某", receipt_code=code),))
        for state, code in zip(("resolved", "received"), codes, strict=True)
    )
    browser().post("/status/rating", receipt_code=codes[0], rating="dissatisfied", words="没修好")
    act_on("zuzhang", "merge", case, into=target.number, reason="同一条渠")
    first, merged = (browser().post("/status", receipt_code=code).text for code in codes)
    assert "正在重新办" in first
    assert "您的事收下了" in merged
    assert "<b>收下了</b>" in merged
    assert "<b>和同样的事并到一起办" in merged
    assert not re.search("重新办|答复您了", merged)


def test_what_somebody_said_of_a_reply_is_still_shown_after_a_merge(
    browser: Callable[..., Browser], a_case: Callable[..., Case], act_on: Callable[..., None]
) -> None:
    code = receipt_codes.new_code()
    case = a_case("resolved", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    target = a_case("received")
    browser().post("/status/rating", receipt_code=code, rating="dissatisfied", words="只修了一半。")
    act_on("zuzhang", "merge", case, into=target.number, reason="同一条渠")
    page = browser().post("/status", receipt_code=code).text
    assert page.count("您说了：不满意") == 1
    assert "只修了一半。" in page


def test_the_page_does_not_say_to_whom_nobody_could_reach_that_they_were_answered(
    browser: Callable[..., Browser],
    a_case: Callable[..., Case],
    act_on: Callable[..., None],
    town: Database,
    clock: Clock,
) -> None:
    code = receipt_codes.new_code()
    case = a_case("assigned", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    for on, mode in (("2026-03-03", "phone"), ("2026-03-06", "day_home"), ("2026-03-10", "evening")):
        act_on("zuyuan", "attempt", case, on=on, complainant=person, mode=mode, words="没人。")
    act_on("zuzhang", "unreachable", case, on="2026-03-10", complainant=person, text="全家外出。")
    act_on("cunwei-sl", "resolve", case, on="2026-03-10", outcome="solved", replies=[])
    clock.moment = at("2026-03-11")
    shown = browser().post("/status", receipt_code=code).text
    assert "有了结果，还没有联系上您" in shown
    assert "<b>有了结果，没有联系上您</b>" in shown
    assert "答复您了" not in shown
