"""A sample says on every page and paper that it is one, and asks for no second factor."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.web.cases.test_bulk_actions import rows_of
from tests.web.conftest import Browser, assets
from tests.web.test_application_pages import filled, routes
from web.application import attach_services
from web.framework.request_context import EXTENSION

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
MARK = "示例，不是真事"


@pytest.fixture
def in_sample(pages: Flask, town: Database, rules: CountyRules, settings: Settings, clock: Clock) -> Flask:
    """Make the installation a sample."""
    attach_services(
        pages, db=town, rules=rules, settings=settings, now=clock, assets=assets, is_sample=lambda: True
    )
    return pages


@pytest.mark.parametrize("username", [None, "zuzhang", "guanli"])
def test_every_page_of_a_sample_says_so(
    browser: Open, in_sample: Flask, a_case: Callable[..., Case], username: str | None
) -> None:
    case = a_case("assigned")
    person = browser(username)
    seen = 0
    for method, rule in routes(in_sample):
        page = person.get(filled(rule, case)) if method == "GET" else None
        if page is not None and page.status not in (302, 303, 308) and "<!doctype" in page.text:
            assert MARK in page.text, rule
            seen += 1
    assert seen > 2


def test_no_page_of_a_live_installation_says_so(browser: Open, a_case: Callable[..., Case]) -> None:
    case = a_case("assigned")
    for path in ("/cases", f"/cases/{case.number}", "/nowhere"):
        assert MARK not in browser("zuzhang").get(path).text


def test_tables_and_slips_of_a_sample_say_so(
    browser: Open, in_sample: Flask, a_case: Callable[..., Case]
) -> None:
    a_case("assigned")
    first, heading, *_ = rows_of(browser("zuzhang").get("/cases/export"))
    assert (first[0], heading[0]) == (MARK, "编号")
    slip = browser("zuyuan").post(
        "/register",
        once="a-form-key",
        village="SL",
        category="village_org",
        kind="problem",
        own_words="水渠不通。",
        **{"complainant.name": "田某", "complainant.phone": "13800002046"},
    )
    assert slip.status == 200
    assert slip.text.count(MARK) == 2  # over the page, and on the slip itself


def test_a_sample_asks_nobody_for_a_second_factor(browser: Open, in_sample: Flask) -> None:
    services = in_sample.extensions[EXTENSION]
    asking = replace(services.settings, second_factor_roles=("team_leader",))
    in_sample.extensions[EXTENSION] = replace(services, settings=asking)
    assert browser("zuzhang").get("/cases").status == 200
    in_sample.extensions[EXTENSION] = replace(services, settings=asking, is_sample=lambda: False)
    assert browser("zuzhang").get("/cases").status in (302, 303)
