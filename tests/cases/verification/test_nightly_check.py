"""The nightly check: what came since the last one, its result kept, and a notice when it finds something."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.statistics import tallies
from cases.verification import nightly_check
from cases.verification.nightly_check import NightlyResult, last_run
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import at
from tests.cases.breaking_in import break_in

Make = Callable[..., Case]
NIGHT = at("2026-03-03", 4, 20)


@pytest.fixture
def check(town: Database, rules: CountyRules, tmp_path: Path) -> Callable[..., NightlyResult]:
    def run(night: int = 0) -> NightlyResult:
        tallies.tally(town, zone=rules.zone)
        moment = NIGHT + timedelta(days=night)
        return nightly_check.run(town, rules=rules, seals_folder=tmp_path / "heads", now=moment)

    return run


def notices(town: Database) -> dict[str, int]:
    with town.reading() as session:
        rows = session.execute(
            select(User.username, Notice.facts)
            .join(Notice, Notice.user_id == User.id)
            .where(Notice.kind == nightly_check.KIND)
        )
        return {username: facts["found"] for username, facts in rows}


def test_the_first_check_looks_at_everything_and_the_next_at_what_came_since(
    check: Callable[..., NightlyResult], town: Database, a_case: Make
) -> None:
    a_case("received")
    assert check() == NightlyResult(None, 1, 0)
    a_case("received", now=at("2026-03-03"))
    assert check(1) == NightlyResult(NIGHT, 1, 0)
    assert notices(town) == {}
    with town.reading() as session:
        last = last_run(session)
        assert last is not None
        assert (last.run_at, last.since, last.found, last.findings) == (NIGHT + timedelta(1), NIGHT, 0, [])


def test_what_is_found_is_kept_and_told_to_administrators_and_auditors(
    check: Callable[..., NightlyResult], town: Database, a_case: Make
) -> None:
    case = a_case("resolved")
    break_in(town, "UPDATE replies SET text = '已经办好' WHERE case_id = :id", id=case.id)
    found = check().found
    assert found > 0
    with town.reading() as session:
        last = last_run(session)
        assert last is not None
        assert {one["case"] for one in last.findings} == {case.number}
        assert last.found == found
    assert notices(town) == {"jiandu": found, "guanli": found}


def test_whoever_a_matter_names_learns_nothing_of_it(
    check: Callable[..., NightlyResult], town: Database, a_case: Make
) -> None:
    case = a_case("resolved")
    break_in(town, "UPDATE replies SET text = '已经办好' WHERE case_id = :id", id=case.id)
    break_in(
        town,
        "INSERT INTO case_named (case_id, user_id) SELECT :id, id FROM users WHERE username = 'jiandu'",
        id=case.id,
    )
    assert check().found > 0
    assert set(notices(town)) == {"guanli"}
