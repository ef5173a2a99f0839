"""What was forgotten is shown as deleted after its retention, on every page that there is of a matter."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from cases.retention.forgetting import forget
from cases.vocabulary import FORGOTTEN
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import at
from tests.cases.conftest import act
from tests.web.conftest import Browser

__all__ = ["act"]


SAID = {"zh": "已按保存期限删除", "en": "deleted after the retention period"}
ANSWERS = {"asks_for": "早先的话", "land_mu": 3, "contract": True, "unpaid_since": "2026-02-01"}


@pytest.fixture
def gone(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], act: Callable[..., None], clock: Clock
) -> Case:
    """Return a case that was told, noted, amended and closed, and then forgotten."""
    case = a_case(
        own_words="早先的话",
        category="reforestation",
        answers=ANSWERS,
        complainants=(ComplainantEntry(name="早先的人", phone="13812344321"),),
    )
    act("zuyuan", case.number, "note", "2026-03-02", text="早先的话")
    act(
        "zuzhang",
        case.number,
        "amend",
        "2026-03-02",
        field="own_words",
        value="早先的话二",
        reason="早先的话",
    )
    act("zuzhang", case.number, "withdraw", "2026-03-02", words="早先的话", recorded_by="zuyuan")
    forget(
        town,
        rules=rules,
        before=at("2026-06-01").date(),
        now=at("2026-09-01"),
        clear=lambda session, numbers: None,
    )
    clock.moment = at("2026-09-02")
    return case


def paths(app: Flask, case: Case) -> list[str]:
    """Return the address of every page that takes the number of a case, and of the lists."""
    found = [
        re.sub(r"<[^>]*number>", case.number, rule.rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and set(rule.arguments) == {"number"}
    ]
    return [*found, "/cases", f"/cases?q={case.number}", "/"]


@pytest.mark.parametrize("language", SAID)
def test_no_page_of_a_forgotten_case_holds_its_words_or_an_odd_character(
    pages: Flask, browser: Callable[..., Browser], gone: Case, language: str
) -> None:
    person = browser("zuzhang")
    read = {path: person.get(path, headers={"Accept-Language": language}) for path in paths(pages, gone)}
    assert len(read) >= 5
    for path, page in read.items():
        assert page.status < 500, path
        assert FORGOTTEN not in page.text, path
        assert "早先的" not in page.text, path
    main = read[f"/cases/{gone.number}"]
    assert main.status == 200
    assert main.text.count(SAID[language]) >= 6
    assert {"zh": "按保存期限删除了内容", "en": "words deleted after the retention period"}[
        language
    ] in main.text.lower()
