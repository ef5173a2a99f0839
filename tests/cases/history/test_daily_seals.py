"""Sealing: each finished day once, chained, and kept in a file of its own."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.history import daily_seals
from cases.models.case import Case
from core.persistence.db import Database
from tests.builders import at


@pytest.mark.parametrize(
    ("hour", "minute", "sealed"),
    [(23, 59, False), (0, 0, False), (0, 4, False), (0, 10, True)],
)
def test_a_day_is_sealed_when_what_began_before_midnight_has_ended(
    town: Database,
    rules: CountyRules,
    a_case: Callable[..., Case],
    tmp_path: Path,
    hour: int,
    minute: int,
    sealed: bool,
) -> None:
    a_case("received")
    now = at("2026-03-02" if hour else "2026-03-03", hour, minute)
    days = daily_seals.seal(town, rules=rules, folder=tmp_path, now=now)
    assert days == ([date(2026, 3, 2)] if sealed else [])


def test_a_day_without_an_entry_is_sealed_as_well(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], tmp_path: Path
) -> None:
    a_case("received")
    daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-05"))
    with town.reading() as session:
        rows = session.execute(
            select(daily_seals.DailySeal.day, daily_seals.DailySeal.entries).order_by(
                daily_seals.DailySeal.day
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        (date(2026, 3, 2), 1),
        (date(2026, 3, 3), 0),
        (date(2026, 3, 4), 0),
    ]


def test_sealing_again_seals_nothing_and_writes_a_lost_file_again(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], tmp_path: Path
) -> None:
    a_case("received")
    daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-04"))
    lost = tmp_path / "2026-03-02.json"
    before = lost.read_text(encoding="utf-8")
    lost.unlink()
    assert daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-04")) == []
    assert lost.read_text(encoding="utf-8") == before


def test_nothing_is_sealed_before_the_first_entry(town: Database, rules: CountyRules, tmp_path: Path) -> None:
    assert daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-04")) == []
