"""What somebody with a receipt code sees of a matter that others raised as well."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.history.villager_actions import is_villager_action
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import actor_named, at
from tests.web.conftest import Browser, Page
from tests.web.test_application_journeys import hidden


def test_what_another_complainant_did_is_not_told_as_one_s_own(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    codes = [receipt_codes.new_code(), receipt_codes.new_code()]
    people = tuple(
        ComplainantEntry(name=name, receipt_code=code) for name, code in zip("田覃", codes, strict=True)
    )
    case = a_case("resolved", complainants=people)
    stranger = browser()
    stranger.post("/status/rating", receipt_code=codes[0], rating="satisfied", words="修好了，谢谢")
    mine, other = (stranger.post("/status", receipt_code=code).text for code in codes)
    assert "您说了满意不满意" in mine
    assert "您说了满意不满意" not in other
    assert "修好了，谢谢" not in other

    leader = browser("zuzhang")
    assert hidden(leader.get(f"/cases/{case.number}"), "version") == str(case.version + 1)


def code_of(a_case: Callable[..., Case], state: str) -> tuple[Case, str]:
    code = receipt_codes.new_code()
    return a_case(
        state, complainants=(ComplainantEntry(name="田某", receipt_code=code), ComplainantEntry(name="覃某"))
    ), code


def test_words_added_while_waiting_are_seen_by_the_villager_and_by_those_who_handle_it(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    case, code = code_of(a_case, "assigned")
    answer = browser().post("/status/words", receipt_code=code, more="昨天又塌了一段。")
    assert "谢谢您，记下了。" in answer.text
    assert "昨天又塌了一段。" in browser().post("/status", receipt_code=code).text
    committee = browser("cunwei-sl")
    page = committee.get(f"/cases/{case.number}").text
    assert "群众补充" in page
    assert "昨天又塌了一段。" in page
    assert "有了补充" in committee.get("/me/notices").text


def test_the_same_words_sent_twice_are_kept_once(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    case, code = code_of(a_case, "received")
    for _ in range(2):
        browser().post("/status/words", receipt_code=code, more="桥也坏了。")
    assert browser().post("/status", receipt_code=code).text.count("桥也坏了。") == 1
    leader = browser("zuzhang")
    assert hidden(leader.get(f"/cases/{case.number}"), "version") == str(case.version + 1)


def test_added_words_are_never_told_to_another_complainant(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    codes = [receipt_codes.new_code(), receipt_codes.new_code()]
    people = tuple(
        ComplainantEntry(name=name, receipt_code=code) for name, code in zip("田覃", codes, strict=True)
    )
    a_case("assigned", complainants=people)
    browser().post("/status/words", receipt_code=codes[0], more="只有我家知道的事。")
    other = browser().post("/status", receipt_code=codes[1]).text
    assert "只有我家知道的事。" not in other
    assert "您补充了" not in other


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [("", 422, "请先写下要补充的话"), ("   ", 422, "请先写下要补充的话"), ("长" * 501, 422, "写得太长")],
)
def test_what_cannot_be_taken_is_told_and_stays_written(
    browser: Callable[..., Browser], a_case: Callable[..., Case], words: str, status: int, told: str
) -> None:
    _case, code = code_of(a_case, "assigned")
    answer = browser().post("/status/words", receipt_code=code, more=words)
    assert (answer.status, told in answer.text) == (status, True)
    assert words.strip() in answer.text


@pytest.mark.parametrize("state", ["resolved", "closed", "rejected"])
def test_once_it_does_not_wait_any_more_nothing_is_added(
    browser: Callable[..., Browser], a_case: Callable[..., Case], state: str
) -> None:
    code = receipt_codes.new_code()
    a_case(state, complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    assert "还有要补充的" not in browser().post("/status", receipt_code=code).text
    answer = browser().post("/status/words", receipt_code=code, more="再说一句。")
    assert (answer.status, "这一步现在做不了。" in answer.text) == (409, True)


def test_ten_additions_a_day_are_enough_and_wrong_codes_are_counted(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    _case, code = code_of(a_case, "assigned")
    answers = [browser().post("/status/words", receipt_code=code, more=f"第{n}句") for n in range(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert "请明天再来" in answers[-1].text
    assert "第10句" in answers[-1].text
    wrong = [
        browser().post("/status/words", receipt_code=receipt_codes.new_code(), more="？") for _ in range(11)
    ]
    assert [answer.status for answer in wrong] == [404] * 10 + [429]


def test_whoever_answers_after_a_merge_or_its_undoing_reads_what_a_villager_added_on_the_other_case(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    code = receipt_codes.new_code()
    case = a_case("received", complainants=(ComplainantEntry(name="覃某", receipt_code=code),))
    target, leader = a_case("received"), browser("zuzhang")

    def act(person: Browser, action: str, **fields: str) -> None:
        address = f"/cases/{case.number}"
        version = hidden(person.get(address), "version")
        done = person.post(f"{address}/actions", action=action, version=version, reason="同一条渠", **fields)
        assert done.status == 303

    browser().post("/status/words", receipt_code=code, more="昨天又塌了一段。")
    assert "昨天又塌了一段。" not in leader.get(f"/cases/{target.number}").text
    act(leader, "merge", into=target.number)
    shown = leader.get(f"/cases/{target.number}").text
    assert f"从 {case.number} 并来" in shown
    assert "覃家说的" in shown
    assert shown.count("昨天又塌了一段。") == 1

    browser().post("/status/words", receipt_code=code, more="桥也坏了。")
    assert leader.get(f"/cases/{target.number}").text.count("桥也坏了。") == 1
    act(browser("lingdao"), "unmerge")
    shown = leader.get(f"/cases/{case.number}").text
    assert [shown.count(words) for words in ("昨天又塌了一段。", "桥也坏了。")] == [1, 1]
    assert f"从 {target.number} 分出" in shown


def told_by(page: Page, title: str) -> list[str]:
    """Return who did what stands under a title in the history of a case."""
    return re.findall(rf"<b>{title}</b>.*?<p>([^<]*)", page.text, re.DOTALL)


@pytest.mark.parametrize(
    ("path", "form", "title"),
    [
        ("/status/words", {"more": "桥也坏了。"}, "群众补充"),
        ("/status/rating", {"rating": "fair", "words": "还行"}, "回访归档"),
        ("/status/rating", {"rating": "dissatisfied", "words": "没修好"}, "重新交办"),
    ],
)
def test_whatever_is_done_by_the_code_is_told_as_the_villager_s_own_and_not_the_system_s(
    browser: Callable[..., Browser],
    a_case: Callable[..., Case],
    path: str,
    form: dict[str, str],
    title: str,
) -> None:
    code = receipt_codes.new_code()
    state = "assigned" if path.endswith("words") else "resolved"
    case = a_case(state, complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    assert browser().post(path, receipt_code=code, **form).status == 200
    page = browser("zuzhang").get(f"/cases/{case.number}")
    assert told_by(page, title) == ["群众，凭回执码"]


def test_every_action_of_villagers_is_told_apart_from_those_of_the_system(rules: CountyRules) -> None:
    definition = rules.definition
    every = [*definition.steps.values(), *definition.acts.values()]
    theirs = {one.name for one in every if any("villager" in row.roles for row in one.rows)}
    assert {one.name for one in every if is_villager_action(definition, one.name)} == theirs
    assert not any(
        is_villager_action(definition, name) for name in ("raise", "resume", "recalculated", "urge")
    )


def test_whoever_tried_too_many_codes_is_told_on_their_own_page_how_long_to_wait(
    browser: Callable[..., Browser],
) -> None:
    stranger = browser()
    for _ in range(10):
        stranger.post("/status", receipt_code="ABCDEFGHJK")
    for path, more in (("/status", {}), ("/status/rating", {"rating": "satisfied"}), ("/status/words", {})):
        page = stranger.post(path, receipt_code="ABCDEFGHJK", **more)
        assert page.status == 429
        assert "请过 1 分钟再查" in page.text
        assert "工作人员登录" not in page.text
        assert "您写的还在这里" not in page.text
        assert int(page.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/status/rating", "/status/words"])
def test_a_wrong_code_counts_also_in_a_form_that_lacks_something_else(
    browser: Callable[..., Browser], path: str
) -> None:
    stranger = browser()
    assert [stranger.post(path, receipt_code="ABCDEFGHJK").status for _ in range(11)] == [404] * 10 + [429]


def test_a_villager_reads_who_answered_and_their_own_words_after_it_was_reopened(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    _case, code = code_of(a_case, "assigned")
    villager = browser()
    villager.post("/status/words", receipt_code=code, more="昨天又塌了一段。")
    assert "昨天又塌了一段。" in villager.post("/status", receipt_code=code).text

    code = receipt_codes.new_code()
    a_case("resolved", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    answered = villager.post("/status", receipt_code=code).text
    assert re.search(r'<h2 class="answered">[^<]+答复', answered)
    assert "您说了：" not in answered
    villager.post("/status/rating", receipt_code=code, rating="dissatisfied", words="只修了一半。")
    reopened = villager.post("/status", receipt_code=code).text
    assert "您说了：不满意" in reopened
    assert "只修了一半。" in reopened
    assert re.search(r'<h2 class="answered">[^<]+答复', reopened)


def test_a_villager_who_gave_no_reason_is_not_given_one(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    code = receipt_codes.new_code()
    a_case("resolved", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    page = browser().post("/status/rating", receipt_code=code, rating="dissatisfied").text
    assert page.count("您说了：不满意") == 1
    assert not re.search(r'<p class="voice said[^>]*>不满意', page)


def test_an_officer_s_reason_for_doing_it_again_is_not_told_as_the_villager_s_words(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    code = receipt_codes.new_code()
    case = a_case("resolved", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    member, address = browser("zuyuan"), f"/cases/{case.number}"
    done = member.post(
        f"{address}/actions",
        action="reopen",
        version=hidden(member.get(address), "version"),
        reason="复核时看到没有做完",
    )
    assert done.status == 303
    page = browser().post("/status", receipt_code=code).text
    assert "正在重新办" in page
    assert "复核时看到没有做完" not in page


def test_somebody_signed_in_who_types_a_code_has_it_in_the_hands_of_their_unit(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    code = receipt_codes.new_code()
    case = a_case("resolved", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    assert browser("cunwei-sl").post("/status", receipt_code=code).status == 200
    page = browser().post("/status/rating", receipt_code=code, rating="satisfied", words="修好了", round="1")
    assert page.status == 200
    assert "办这件事的单位见过这个码" in page.text
    assert "您说了：<b>满意" in page.text
    told = browser("zuyuan").get(f"/cases/{case.number}").text
    assert "凭码自评：办理单位见过这个码，不算回访" in told
    assert "修好了" in told
    assert f"/cases/{case.number}/revisit" in told


def test_a_code_is_typed_in_full_width_or_with_any_dash_and_is_no_wrong_try(
    browser: Callable[..., Browser], a_code: Callable[[str], str]
) -> None:
    code = a_code("assigned")
    stranger = browser()
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code.lower())
    for _ in range(3):
        for typed in (
            wide,
            code.replace("-", "－"),
            code.replace("-", "——"),
            " ".join(code),
            f"{code}\u200b",
        ):
            page = stranger.post("/status", receipt_code=typed)
            assert page.status == 200
            assert f'value="{code}"' in page.text


@pytest.mark.parametrize("state", ["closed", "rejected", "withdrawn"])
def test_whoever_does_not_accept_the_end_of_a_matter_demands_that_it_is_done_again(
    browser: Callable[..., Browser], a_case: Callable[..., Case], state: str
) -> None:
    code = receipt_codes.new_code()
    case = a_case(
        state, complainants=(ComplainantEntry(name="田某", receipt_code=code),), now=at("2026-02-02")
    )
    villager = browser()
    assert "5月3日 前可以要求重新办" in villager.post("/status", receipt_code=code).text
    missing = villager.post("/status/reopen", receipt_code=code, demand=" ")
    assert (missing.status, "请写一句为什么要重新办" in missing.text) == (422, True)
    for _ in range(2):
        page = villager.post("/status/reopen", receipt_code=code, demand="水又断了", round="1")
        assert (page.status, "谢谢您，记下了。" in page.text) == (200, True)
    assert "重新办" in page.text
    told = browser("zuzhang").get(f"/cases/{case.number}")
    assert told_by(told, "重新交办") == ["群众，凭回执码"]
    assert "水又断了" in told.text


def test_a_rating_that_is_sent_twice_is_answered_twice_alike(
    browser: Callable[..., Browser], a_code: Callable[[str], str]
) -> None:
    for rating in ("satisfied", "dissatisfied"):
        code, villager = a_code("resolved"), browser()
        first, second = (
            villager.post("/status/rating", receipt_code=code, rating=rating, words="就这样", round="1")
            for _ in range(2)
        )
        assert (first.status, second.status) == (200, 200)
        assert "错误：" not in second.text
        assert "谢谢您，记下了。" in second.text


def test_what_is_late_and_what_was_done_about_it_is_said_with_days(
    browser: Callable[..., Browser],
    a_case: Callable[..., Case],
    town: Database,
    rules: CountyRules,
    clock: Clock,
) -> None:
    code = receipt_codes.new_code()
    people = (ComplainantEntry(name="田某", receipt_code=code),)
    case = a_case("assigned", complainants=people, category="village_org")

    def shown(day: str) -> str:
        clock.moment = at(day)
        return re.sub(
            r"<[^>]+>|\s", "", browser().post("/status", receipt_code=code).text.replace("&nbsp;", "")
        )

    def act(who: str, action: str, day: str, **values: object) -> None:
        with town.transaction() as session:
            take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=rules,
                number=case.number,
                action=action,
                values=build_values(action, values),
                now=at(day),
            )

    assert "最迟3月17日" in shown("2026-03-02")
    assert "晚了" not in shown("2026-03-17")
    act("xiangzhen", "extend", "2026-03-10", due_on=date(2026, 3, 27), reason="等材料")
    late = shown("2026-03-27")
    assert "回话晚了10天" in late
    assert "说好3月17日" in late
    assert "准了延期，往后4天，最迟3月27日" in late
    assert "等材料" not in late
    for day in ("2026-03-30", "2026-04-01"):
        sweep.sweep(town, rules=rules, now=at(day, 9))
    act("xiangzhen", "reassign", "2026-04-02", unit="county-water", reason="换一家")
    late = shown("2026-04-02")
    assert "办理期限是3月27日" in late
    assert "晚了6天" in late
    assert "办理期限过了，督办了" in late
    assert "改由示范县水利局办" in late
    assert "换一家" not in late
