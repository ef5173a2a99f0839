"""What the county decided, and whether the records hold: 流程, 类别, 核对."""

from collections.abc import Callable

import pytest

from cases.models import Case
from cases.rules import Rules
from core.db import Database
from tests.cases.breaking_in import break_in
from tests.web.conftest import Browser
from web.lifecycle_drawing import drawing

Open = Callable[..., Browser]


def test_the_life_cycle_is_shown_with_every_state_step_and_act(browser: Open, rules: Rules) -> None:
    page = browser("guanli").get("/workflow").text
    definition = rules.definition
    names = [state.zh for state in definition.states.values()]
    names += [step.zh for step in definition.steps.values()]
    names += [act.zh for act in definition.acts.values()]
    assert [name for name in names if name not in page] == []


def test_the_drawing_has_an_arrow_for_every_way(rules: Rules) -> None:
    drawn = drawing(rules.definition, "zh")
    ways = {(source, step.target) for step in rules.definition.steps.values() for source in step.sources}
    assert (len(drawn.arrows), len(drawn.boxes)) == (len(ways), len(rules.definition.states))
    assert len({(box.x, box.y) for box in drawn.boxes}) == len(drawn.boxes)
    assert max(box.x for box in drawn.boxes) < drawn.width


def test_the_categories_are_shown_with_their_days(browser: Open, rules: Rules) -> None:
    page = browser("guanli").get("/categories").text
    assert [one.zh for one in rules.categories.values() if one.zh not in page] == []


@pytest.mark.parametrize("days", ["1", "7", "30", "0"])
def test_sound_records_are_praised_with_their_number(
    browser: Open, a_case: Callable[..., Case], days: str
) -> None:
    a_case("closed")
    page = browser("guanli").get(f"/checking?days={days}")
    assert page.status == 200
    assert "没有断，没有改" in page.text


def test_what_was_changed_behind_the_program_is_named(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    case = a_case("closed")
    break_in(town, f"UPDATE cases SET urgency = 'urgent' WHERE id = {case.id}")
    page = browser("guanli").get("/checking?days=0").text
    assert "处对不上" in page
    assert case.number in page


def test_without_a_span_nothing_is_checked_yet(browser: Open) -> None:
    for query in ("", "?days=5", "?days=x"):
        page = browser("guanli").get(f"/checking{query}").text
        assert "没有断，没有改" not in page
        assert "近 7 天" in page


def test_too_much_is_left_to_the_command(
    browser: Open, a_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case("received")
    monkeypatch.setattr("web.checking.MOST_ENTRIES", 0)
    assert "verify" in browser("guanli").get("/checking?days=0").text


@pytest.mark.parametrize("username", ["zuyuan", "cunwei-sl", "lingdao", "jiandu"])
def test_only_administrators_check_here(browser: Open, username: str) -> None:
    assert browser(username).get("/checking").status == 403
