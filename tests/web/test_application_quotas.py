"""What somebody may do in a day on pages: nothing that was typed is lost, and the page says what holds."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from accounts.quotas.counting import QuotaCount
from cases.models.case import Case
from config.settings import Settings, load
from core.persistence.db import Database
from tests.web.conftest import ORIGIN, Browser

Open = Callable[..., Browser]
WORDS = "水渠塌了一段，下田浇不上水。"
LIMITS = "cases=1,complainants=2,acts=1,exports=2,export_rows=3,files=1,changes=1"
#: Said of every limit: from when there is more, and whom to ask.
AGAIN, ASK = "3月4日", "管理员"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let limits be small enough to be met."""
    return load({"HUIYIN_DATA_DIR": str(settings.data_dir), "HUIYIN_QUOTAS": LIMITS})


def registration(once: str, **more: str) -> dict[str, str]:
    given = {"village": "SL", "category": "irrigation", "kind": "problem", "own_words": WORDS}
    return {**given, "complainant.name": "田某", "once": once, **more}


def seen_again(text: str, *typed: str) -> bool:
    return AGAIN in text and ASK in text and all(one in text for one in typed)


def test_a_registration_beyond_the_limit_comes_back_with_all_that_was_typed(browser: Open) -> None:
    person = browser("zuyuan")
    assert person.post("/register", **registration("0123456789abcdef")).status == 200
    refused = person.post("/register", **registration("fedcba9876543210", own_words="井也干了。"))
    assert refused.status == 429
    assert seen_again(refused.text, "1 件", "井也干了。", "田某")
    assert int(refused.headers["Retry-After"]) > 0


def test_the_second_click_on_one_form_counts_nothing(browser: Open, town: Database) -> None:
    person = browser("zuyuan")
    first, second = (person.post("/register", **registration("0123456789abcdef")) for _ in range(2))
    assert (first.status, second.text) == (200, first.text)
    with town.reading() as session:
        counted = {one.quota: one.count for one in session.scalars(select(QuotaCount))}
    assert counted == {"cases": 1, "complainants": 1}


def test_whoever_cannot_be_joined_today_stays_on_the_form(browser: Open, a_case: Callable[..., Case]) -> None:
    person, number = browser("zuyuan"), a_case().number
    assert person.post(f"/register/join/{number}", **registration("0123456789abcdef")).status == 200
    refused = person.post(
        f"/register/join/{number}", **registration("fedcba9876543210", own_words="也一样。")
    )
    assert refused.status == 429
    assert seen_again(refused.text, "1 步", "也一样。")


def test_an_act_beyond_the_limit_comes_back_with_its_words(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    person, case = browser("zuyuan"), a_case()
    form = {"action": "note", "version": "1"}
    assert person.post(f"/cases/{case.number}/actions", **form, text="去看过了").status == 303
    refused = person.post(f"/cases/{case.number}/actions", **{**form, "version": "2"}, text="又去看过了")
    assert refused.status == 429
    assert seen_again(refused.text, "又去看过了")


def test_of_several_matters_at_once_the_page_says_why_none_was_done(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    chosen = [f"{a_case().number}:1" for _ in range(2)]
    leader = browser("zuzhang")
    refused = leader.post("/cases/together", action="assign", unit="committee-SL", chosen=chosen)
    assert refused.status == 429
    assert seen_again(refused.text, "1 步")
    assert (
        leader.post("/cases/together", action="assign", unit="committee-SL", chosen=chosen[:1]).status == 200
    )


def test_photos_beyond_the_limit_leave_the_words(browser: Open) -> None:
    person = browser("zuyuan")
    files = [(io.BytesIO(b"%PDF-1.4 x"), f"{name}.pdf") for name in "ab"]
    data = {**registration("0123456789abcdef"), "files": files}
    refused = person.client.post("/register", data=data, headers=ORIGIN, content_type="multipart/form-data")
    assert refused.status_code == 429
    assert seen_again(refused.get_data(as_text=True), WORDS)


def test_tables_are_counted_by_their_number_and_by_their_rows(
    browser: Open, a_case: Callable[..., Case], town: Database
) -> None:
    for _ in range(2):
        a_case()
    leader = browser("zuzhang")
    assert leader.get("/cases/export").status == 200
    refused = leader.get("/cases/export")
    assert refused.status == 429
    assert seen_again(refused.text, "3 行")
    with town.reading() as session:
        counted = {one.quota: (one.count, one.refused) for one in session.scalars(select(QuotaCount))}
    assert counted == {"exports": (1, 0), "export_rows": (2, 1)}
    assert leader.get("/cases/export?village=YY").status == 200
    assert seen_again(leader.get("/cases/export?village=YY").text, "2 次")


def test_a_change_of_the_registers_beyond_the_limit_comes_back(browser: Open) -> None:
    administrator = browser("guanli")
    person = {"name": "新人", "unit": "team", "roles": "member"}
    assert administrator.post("/people", username="xin", **person).status == 200
    refused = administrator.post("/people", username="xin-er", **person)
    assert refused.status == 429
    assert seen_again(refused.text, "xin-er", "新人")


def test_administrators_see_who_met_a_limit_and_others_do_not(browser: Open) -> None:
    member = browser("zuyuan")
    for once in ("0123456789abcdef", "fedcba9876543210"):
        member.post("/register", **registration(once))
    administrator = browser("guanli")
    page = administrator.get("/people").text
    assert "3月3日登记事项到了上限，又试了 1 次" in page
    assert "用到了每天的上限" not in administrator.get("/people?q=zuyuan").text
    assert "有人用到了每天的上限" in administrator.get("/me/notices").text
    assert "有人用到了每天的上限" not in browser("zuzhang").get("/me/notices").text
    assert browser("zuzhang").get("/people").status == 403
