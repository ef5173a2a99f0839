"""Two administrators at once: nobody undoes unseen what the other has just changed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.conftest import Browser
from tests.web.test_administration_rules import NOTICE
from tests.web.test_application_journeys import hidden

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
ZHOU = {"name": "组员小周", "unit": "team", "roles": "member"}


@pytest.fixture
def both(browser: Open, with_role: Callable[[str, str], None]) -> tuple[Browser, Browser]:
    with_role("lingdao", "admin")
    return browser("guanli"), browser("lingdao")


@pytest.mark.parametrize(
    ("page", "path", "first", "second", "kept"),
    [
        ("/people/zuyuan", "/people/zuyuan", {**ZHOU, "head": "yes"}, {**ZHOU, "name": "周明"}, "周明"),
        ("/areas/SL", "/areas/SL", {"name": "杉林村"}, {"name": "杉岭新村"}, "杉岭新村"),
        (
            "/units/committee-SL",
            "/units/committee-SL",
            {"name": "杉岭村委", "kind": "committee", "area": "SL"},
            {"name": "杉岭村两委会", "kind": "committee", "area": "SL"},
            "杉岭村两委会",
        ),
        ("/calendar/2027", "/calendar/2027", NOTICE, {**NOTICE, "notice": "另一份通知"}, "另一份通知"),
    ],
    ids=["a person", "an area", "a unit", "a year"],
)
def test_whoever_saves_second_is_told_and_loses_nothing(
    both: tuple[Browser, Browser],
    page: str,
    path: str,
    first: dict[str, Any],
    second: dict[str, Any],
    kept: str,
) -> None:
    one, other = both
    other.post(path, **first)  # so that there is an entry which both have seen
    seen = hidden(one.get(page), "seen")
    assert hidden(other.get(page), "seen") == seen
    third = {**first, "name": f"{first['name']}甲"} if "name" in first else {**first, "notice": "通知甲"}
    assert other.post(path, seen=seen, **third).status == 303
    refused = one.post(path, seen=seen, **second)
    assert refused.status == 409
    assert "刚才也改了这里" in refused.text
    assert kept in refused.text
    fresh = hidden(refused, "seen")
    assert fresh != seen
    assert one.post(path, seen=fresh, **second).status == 303
    assert kept in one.get(page).text


def test_a_look_at_a_year_that_changed_meanwhile_says_so_and_going_back_keeps_what_was_seen(
    both: tuple[Browser, Browser],
) -> None:
    one, other = both
    assert other.post("/calendar/2027", **NOTICE).status == 303
    seen = hidden(one.get("/calendar/2027"), "seen")
    back = one.post("/calendar/2027/look", seen=seen, back="yes", **NOTICE)
    assert (back.status, hidden(back, "seen")) == (200, seen)
    assert other.post("/calendar/2027", seen=seen, **{**NOTICE, "notice": "改过的通知"}).status == 303
    refused = one.post("/calendar/2027/look", seen=seen, **NOTICE)
    assert (refused.status, "刚才也改了这里" in refused.text) == (409, True)
    kept = one.post("/calendar/2027/look", seen=seen, back="yes", **NOTICE)
    assert hidden(kept, "seen") == seen
