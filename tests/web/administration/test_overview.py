"""管理: what is set up and what is next."""

from collections.abc import Callable

from sqlalchemy import update

from accounts.models import User
from core.persistence.db import Database
from tests.builders import add_deputies
from tests.web.conftest import Browser

Open = Callable[..., Browser]


def test_who_is_missing_for_a_way_on_stands_on_the_first_page(browser: Open, town: Database) -> None:
    with town.transaction() as session:
        add_deputies(session)
    assert "没有往下走的路" not in browser("guanli").get("/administration").text
    with town.transaction() as session:
        session.execute(update(User).where(User.username.in_(("zuyuan", "zuzhang"))).values(roles=["member"]))
        session.execute(
            update(User).where(User.username == "cunwei-gg").values(roles=["committee", "team_leader"])
        )
    page = browser("guanli").get("/administration").text
    assert "「已受理」的事在这些条件不成立时（反映的是谁都认清了）没有往下走的路" in page
    assert "驻马鞍乡工作组（在杉岭村、养鱼村）" in page
    told, _, folded = page.partition("<details><summary>哪些事，缺什么人</summary>")
    assert "有的事会停在半路，没有人能往下办：" in told
    assert "没有往下走的路" in folded.partition("</details>")[0]


def test_a_role_that_nobody_has_is_said_once_and_not_for_every_matter(browser: Open, town: Database) -> None:
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "zuzhang").values(active=False))
    page = browser("guanli").get("/administration").text
    assert "还没有人是组长" in page
    assert "没有往下走的路" not in page


def test_with_two_administrators_the_page_leads_to_the_second_factor_that_is_missing(
    browser: Open, with_role: Callable[[str, str], None]
) -> None:
    first = browser("guanli")
    assert "只有一位管理员" in first.get("/administration").text
    with_role("bumen", "admin")
    page = first.get("/administration")
    assert page.status == 200
    assert "2 位管理员没有用动态码" in page.text
    assert "只有一位管理员" not in page.text
    assert 'href="/me/second-factor"' in page.text
