"""Where no register of households is kept, no page shows or asks anything of groups and households."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text

from cases.models.case import Case
from core.persistence.db import Database
from tests.rules.test_nouns_of_sentences import HOMES
from tests.web.conftest import Browser

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
#: Groups and what is counted of them; work teams and their leaders are others.
GROUPS = re.compile(r"\d ?个?组(?!长)|组数|\bgroups?\b", re.IGNORECASE)
ASKED = re.compile(r'name="[^"]*household[^"]*"|value="household"|name="groups_declared"')
#: What is called so by the files of this county: categories, ways of coming together, levels, people by name.
OF_A_COUNTY = re.compile(
    r"户口证件|[Hh]ousehold papers|入户走访|白天入户|home visit|田家|田 family|\bGroup\b"
)
#: Who looks at what, besides the matter.
LOOKED_AT = {
    "guanli": ("/areas/new", "/areas/SL", "/checking"),
    "zuyuan": ("/register", "/todo", "/cases"),
    "zuzhang": ("/cases",),
    "lingdao": ("/dashboard", "/villages/SL", "/complainants"),
}


@pytest.fixture
def matter(town: Database, a_case: Callable[..., Case]) -> str:
    """Return the number of a matter; the area has no declared totals."""
    number = a_case("received", category="roads").number
    with town.transaction() as session:
        session.execute(text("UPDATE areas SET groups_declared = NULL, households_declared = NULL"))
    return number


def said_of_homes(browser: Open, who: str, path: str, language: str) -> set[str]:
    """Return what a page shows and asks of groups and households."""
    page = browser(who).get(path, headers={"Accept-Language": language}).text
    body = re.sub(r"<head>.*?</head>", " ", page, flags=re.DOTALL)
    bare = OF_A_COUNTY.sub(" ", re.sub(r"<[^>]*>", " ", body))
    return {*GROUPS.findall(bare), *HOMES.findall(bare), *ASKED.findall(body)}


def places(number: str) -> list[tuple[str, str]]:
    found = [(who, path) for who, paths in LOOKED_AT.items() for path in paths]
    return [*found, *((who, f"/cases/{number}") for who in LOOKED_AT if who != "guanli")]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_is_said_of_households_where_there_is_no_register(
    browser: Open, town: Database, matter: str, language: str
) -> None:
    with town.transaction() as session:
        session.execute(text("UPDATE households SET active = false, moved_out_on = '2026-01-01'"))
    said = {(who, path): said_of_homes(browser, who, path, language) for who, path in places(matter)}
    assert {place: found for place, found in said.items() if found} == {}


def test_a_register_is_shown_and_asked_for_where_there_is_one(browser: Open, matter: str) -> None:
    said = {path: said_of_homes(browser, who, path, "zh-CN") for who, path in places(matter)}
    assert 'name="complainant.household"' in said["/register"]
    assert said["/villages/SL"] >= {"户"}
    assert 'name="groups_declared"' in said["/areas/SL"]
    asked = said_of_homes(browser, "zuzhang", f"/cases/{matter}", "zh-CN")
    assert {'value="household"', 'name="complainant.household"'} <= asked


def test_a_register_need_not_be_kept(browser: Open, town: Database) -> None:
    assert "可以没有" not in browser("guanli").get("/administration").text
    with town.transaction() as session:
        session.execute(text("UPDATE households SET active = false, moved_out_on = '2026-01-01'"))
    assert "可以没有：登记时就不问户号" in browser("guanli").get("/administration").text
    assert '户册 <span class="unseen">可以没有' in browser("guanli").get("/administration").text
