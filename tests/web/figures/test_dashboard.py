"""总览 and 村情: every number opens a list of exactly so many, and is the one that the interface gives."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from core.persistence.db import Database
from reports.counting import count, scope_of
from reports.overview import build_overview
from reports.rate_definitions import BY_CODE
from tests import builders
from tests.api.conftest import Clock
from tests.builders import WAYS, actor_named, at
from tests.conftest import Filled
from tests.markup import HTML
from tests.statements import statements
from tests.web.conftest import Browser

Open = Callable[..., Browser]
Make = Callable[..., Case]
NUMBER = re.compile(r"([\d,]+)( 件.*| 人已评)?")
CATEGORIES = ("irrigation", "roads", "drinking_water")
CASES = 36
#: What the way of the builders brings about for one complainant alone.
OF_ONE = {"closed", "withdrawn"}


def fill_at_random(seed: int, session: Session, rules: CountyRules) -> None:
    """Register cases of any state, in any village, on any of forty days."""
    rng = Random(seed)
    for _ in range(CASES):
        people = tuple(
            ComplainantEntry(name=name) for name in ("田某", "覃某", "向某")[: rng.choice((1, 1, 2))]
        )
        states = sorted(WAYS if len(people) == 1 else WAYS.keys() - OF_ONE)
        state = rng.choice(states)
        builders.a_case(
            session,
            rules,
            state,
            village=rng.choice(("SL", "YY", "GG")),
            now=at("2026-03-02") + timedelta(days=rng.randrange(40), minutes=rng.randrange(300)),
            complainants=people,
            recorded_by=rng.choice(("zuyuan", "zuzhang")),
            category=rng.choice(CATEGORIES),
            named_units=("committee-YY",) if state == "received" else (),
        )


RANDOM = pytest.mark.parametrize(
    "filled",
    [
        pytest.param(Filled(f"random {seed}", partial(fill_at_random, seed)), marks=marks)
        for seed, marks in ((1, ()), (2, pytest.mark.proof))
    ],
    ids=str,
)


@pytest.fixture
def random_cases(town: Database, clock: Clock) -> None:
    """Let the clock stand where some of the cases are overdue, some due and some answered."""
    clock.moment = at("2026-04-13", 9)


def links(page: Any) -> Iterator[tuple[str, str]]:
    """Yield what is written on the links into lists, and where each leads."""
    main = page.tree.find(f".//{HTML}main")
    for one in main.iter(f"{HTML}a"):
        address = one.get("href") or ""
        if address.startswith(("/cases?", "/complainants?")):
            hidden = "".join(
                "".join(inner.itertext())
                for inner in one.iter(f"{HTML}span")
                if inner.get("class") == "unseen"
            )
            yield "".join(one.itertext()).replace(hidden, "").strip(), address


def rows(person: Browser, address: str) -> int:
    """Count what a list holds, over all its pages."""
    found = 0
    while address:
        page = person.get(address)
        assert page.status == 200, address
        main = page.tree.find(f".//{HTML}main")
        places = [one for one in main.iter() if (one.get("id") or "").startswith("case-")]
        found += len(places) or len(main.findall(f".//{HTML}tbody/{HTML}tr"))
        following = [one.get("href") for one in main.iter(f"{HTML}a") if one.get("rel") == "next"]
        address = following[0] if following else ""
    return found


@pytest.mark.parametrize("backend", ["sqlite"])
@RANDOM
@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("lingdao", "/dashboard"),
        ("jiandu", "/dashboard?area=MA&from=2026-03-10&to=2026-03-31"),
        ("xiangzhen", "/dashboard?area=YY"),
        ("cunwei-yy", "/villages/YY"),
    ],
)
def test_every_number_opens_a_list_of_exactly_so_many(
    random_cases: None, browser: Open, username: str, path: str
) -> None:
    person = browser(username)
    numbers = {
        (address, int(match[1].replace(",", "")))
        for words, address in links(person.get(path))
        if (match := NUMBER.fullmatch(words))
    }
    assert len(numbers) > 12
    assert {(address, rows(person, address)) for address, _ in numbers} == numbers


@RANDOM
@pytest.mark.parametrize("username", ["lingdao", "jiandu", "xiangzhen", "cunwei-yy"])
def test_the_figures_are_the_rates_of_the_interface(
    random_cases: None, town: Database, rules: CountyRules, clock: Clock, username: str
) -> None:
    codes = ("answered", "on_time", "resolved", "overdue", "satisfied")
    rates = [BY_CODE[code] for code in codes]
    with town.reading() as session:
        actor = actor_named(session, username)

        def counted(area: str | None) -> dict[str, Any]:
            scope = scope_of(
                session, actor=actor, rules=rules, area=area, start=None, end=None, now=clock.moment
            )
            return count(session, rates, scope)

        scope = scope_of(session, actor=actor, rules=rules, area=None, start=None, end=None, now=clock.moment)
        found = build_overview(session, scope=scope, zone=rules.zone)
        assert {code: found.total[code] for code in codes} == counted(None)
        assert found.total["received"].numerator == found.total["answered"].denominator
        for line in found.villages:
            assert {code: line.figures[code] for code in codes} == counted(line.code)
        parts = [line.figures["received"].numerator for line in found.categories]
        assert sum(parts) == found.total["received"].numerator > 0
        last = found.points[-1]
        assert (last.received, last.answered) == (
            found.total["received"].numerator,
            found.total["answered"].numerator,
        )


def test_the_first_page_of_leaders_and_auditors_is_the_overview(browser: Open) -> None:
    for username in ("lingdao", "jiandu"):
        assert browser(username).get("/").headers["Location"] == "/dashboard"


def test_without_any_case_the_page_says_when_figures_begin(browser: Open) -> None:
    page = browser("lingdao").get("/dashboard")
    assert "还没有收到事情，数字会从第一件开始" in page.text
    assert "这个地方、这段时间没有收到事情" in browser("lingdao").get("/dashboard?from=2020-01-01").text


def test_few_cases_are_a_fraction_and_have_no_rank(browser: Open, a_case: Make) -> None:
    a_case("resolved")
    page = browser("lingdao").get("/dashboard?sort=answered")
    assert "1/1" in page.text
    assert not re.search(r"100\.0 ?%", page.text)


@pytest.mark.parametrize(
    ("query", "status"),
    [("area=ZZ", 404), ("from=2026-05-01&to=2026-04-01", 422), ("from=gestern", 422), ("sort=name", 200)],
)
def test_what_is_asked_wrongly_is_told(browser: Open, query: str, status: int) -> None:
    assert browser("lingdao").get(f"/dashboard?{query}").status == status


def test_a_village_outside_the_area_is_answered_like_an_unknown_one(browser: Open, a_case: Make) -> None:
    a_case("received", village="YY")
    person = browser("cunwei-sl")
    assert [person.get(f"/villages/{code}").status for code in ("YY", "ZZ", "MA", "SL")] == [
        404,
        404,
        404,
        200,
    ]
    assert person.get("/villages").headers["Location"] == "/villages/SL"


def test_the_pages_cost_the_same_however_many_cases_there_are(
    browser: Open, town: Database, a_case: Make
) -> None:
    person, paths = browser("lingdao"), ("/dashboard", "/villages/SL", "/complainants")
    a_case("assigned")
    few = [_cost(town, person, path) for path in paths]
    for state in ("assigned", "closed", "resolved", "escalated"):
        a_case(state, category="roads")
        a_case(state, village="YY")
    assert [_cost(town, person, path) for path in paths] == few
    assert max(few) <= 12


def _cost(town: Database, person: Browser, path: str) -> int:
    person.get(path)
    with statements(town) as seen:
        assert person.get(path).status == 200
    return len(seen)


@RANDOM
def test_the_parts_of_every_category_add_up_to_what_was_received(
    random_cases: None, town: Database, rules: CountyRules, clock: Clock
) -> None:
    with town.reading() as session:
        actor = actor_named(session, "lingdao")
        scope = scope_of(session, actor=actor, rules=rules, area=None, start=None, end=None, now=clock.moment)
        found = build_overview(session, scope=scope, zone=None)
    assert found.categories
    for line in found.categories:
        parts = [line.figures[code].numerator for code in ("resolved", "under_way", "late", "declined")]
        assert sum(parts) == line.figures["received"].numerator


@pytest.mark.parametrize("backend", ["sqlite"])
@RANDOM
@pytest.mark.parametrize(
    "query", ["rated=true", "rated=true&content=true", "rated=true&village=SL", "rated=false"]
)
def test_the_title_of_a_list_of_people_says_how_many_they_are(
    random_cases: None, browser: Open, query: str
) -> None:
    person = browser("lingdao")
    title = re.search(r"群众 (\d+) 位", person.get(f"/complainants?{query}").text)
    assert title is not None
    assert int(title[1]) == rows(person, f"/complainants?{query}") > 0
