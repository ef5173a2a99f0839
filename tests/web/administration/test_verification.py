"""核对 shows what the nightly check found to those who may see everything."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.verification import nightly_check
from core.persistence.db import Database
from tests.builders import at
from tests.cases.breaking_in import break_in
from tests.web.conftest import Browser

Open = Callable[..., Browser]


@pytest.fixture
def broken(town: Database, rules: CountyRules, a_case: Callable[..., Case], tmp_path: Path) -> Case:
    """Return a case that somebody changed, found by the check of the night."""
    case = a_case("resolved")
    break_in(town, "UPDATE replies SET text = '已经办好' WHERE case_id = :id", id=case.id)
    nightly_check.run(town, rules=rules, seals_folder=tmp_path, now=at("2026-03-03", 4, 20))
    return case


@pytest.mark.parametrize("username", ["guanli", "jiandu"])
def test_administrators_and_auditors_see_what_the_night_found(
    browser: Open, broken: Case, username: str
) -> None:
    page = browser(username).get("/checking")
    assert page.status == 200
    assert "上次夜间核对" in page.text
    assert broken.number in page.text


def test_whoever_the_matter_names_does_not_see_it_there(browser: Open, broken: Case, town: Database) -> None:
    break_in(
        town,
        "INSERT INTO case_named (case_id, user_id) SELECT :id, id FROM users WHERE username = 'jiandu'",
        id=broken.id,
    )
    assert broken.number not in browser("jiandu").get("/checking").text
    assert broken.number in browser("guanli").get("/checking").text


def test_before_the_first_night_nothing_is_said_of_it(browser: Open) -> None:
    assert "上次夜间核对" not in browser("guanli").get("/checking").text
