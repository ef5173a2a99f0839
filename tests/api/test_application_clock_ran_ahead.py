"""While the clock lies behind the history, writing answers 503 with the day and reading goes on."""

from collections.abc import Callable, Iterator

import pytest

from accounts import history
from accounts.access.actor import SYSTEM
from accounts.registers import users
from cases.configuration.case_rules import CountyRules
from cases.history.clock_guard import ClockGuard
from cases.models.case import Case
from core.clock import CLOCK_GUARD
from core.errors import Unavailable
from core.persistence.db import Database
from tests.api.conftest import Caller
from tests.builders import at
from tests.web.conftest import Browser, browser, built, pages

__all__ = ["browser", "built", "pages"]


@pytest.fixture
def leader(call: Callable[[str], Caller]) -> Caller:
    """Return a team leader whose token was issued before."""
    return call("zuzhang")


@pytest.fixture
def case(town: Database, rules: CountyRules, a_case: Callable[..., Case], leader: Caller) -> Iterator[Case]:
    """Return a case of a day to come, and a clock that has been put right."""
    made = a_case("received", now=at("2026-03-03"))
    town.info[CLOCK_GUARD] = ClockGuard(lambda: at("2026-03-02", 12), rules.zone)
    yield made
    town.info.clear()


def test_programs_are_told_the_day(leader: Caller, case: Case) -> None:
    refused = leader.post(f"/cases/{case.number}/actions", {"action": "note", "text": "看过了。"})
    assert refused.status_code == 503
    assert refused.json["code"] == "unavailable"
    assert refused.json["facts"] == {"reason": "clock_ran_ahead", "day": "2026-03-03"}
    assert "Retry-After" in refused.headers
    assert leader.get(f"/cases/{case.number}").status_code == 200


def test_people_are_told_the_day(browser: Callable[..., Browser], case: Case) -> None:
    leader = browser("zuzhang")
    page = leader.get(f"/cases/{case.number}")
    assert page.status == 200
    refused = leader.post(
        f"/cases/{case.number}/actions", action="note", text="看过了。", version="1", once="a-form-key"
    )
    assert refused.status == 503
    assert "服务器的时钟比最新的记录（3月3日）慢" in refused.text


def test_several_cases_at_once_are_refused_together(browser: Callable[..., Browser], case: Case) -> None:
    chosen = [f"{case.number}:1"]
    refused = browser("zuzhang").post("/cases/together", action="assign", chosen=chosen, once="a-form-key")
    assert refused.status == 503


def test_registers_wait_as_well(rules: CountyRules, town: Database, case: Case) -> None:
    with pytest.raises(Unavailable), town.transaction() as session:
        users.set_password(
            session,
            actor=SYSTEM,
            chain=rules.services.chain,
            username="zuyuan",
            password="another long sentence of theirs",
            now=at("2026-03-02", 12),
        )


def test_what_a_start_fixes_for_the_installation_does_not_wait(
    rules: CountyRules, town: Database, case: Case
) -> None:
    with town.transaction() as session:
        history.record(
            session,
            chain=rules.services.chain,
            subject_kind="setting",
            subject_id="language",
            action="fix",
            actor=SYSTEM,
            facts={},
            now=at("2026-03-02", 12),
        )
