"""The page of a case says nothing of another one that its reader must not know of."""

from collections.abc import Callable

import pytest

from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from core.persistence.db import Database
from tests.builders import actor_named, at
from tests.web.conftest import Browser

pytestmark = pytest.mark.one_database

SECRET = "和反映他们的那件是一回事"


@pytest.mark.parametrize(("action", "field"), [("merge", "into"), ("relate", "to")])
def test_the_page_and_the_lists_hide_the_number_and_the_reason(
    browser: Callable[..., Browser],
    town: Database,
    rules: CountyRules,
    a_case: Callable[..., Case],
    action: str,
    field: str,
) -> None:
    about_them = a_case(named_units=("committee-SL",))
    own = a_case()
    with town.transaction() as session:
        take_step.take_step(
            session,
            actor=actor_named(session, "zuzhang"),
            rules=rules,
            number=own.number,
            action=action,
            values=build_values(action, {field: about_them.number, "reason": SECRET}),
            now=at("2026-03-03"),
        )
    person = browser("cunwei-sl")
    assert person.get(f"/cases/{about_them.number}").status == 404
    seen = [person.get(path) for path in (f"/cases/{own.number}", "/cases", "/todo", "/me/notices")]
    assert [page.status for page in seen] == [200] * 4
    for page in seen:
        assert about_them.number not in page.text
        assert SECRET not in page.text
    if action == "relate":
        assert "关联" not in seen[0].text.partition("<form")[0]
    assert about_them.number in browser("zuzhang").get(f"/cases/{own.number}").text
