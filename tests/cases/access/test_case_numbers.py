"""Test that a number is read in every spelling, and found among those that were given out."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from cases.access.case_numbers import WrittenNumber, find_number, full_number, is_numbered, read_number
from cases.models.case import Case
from core.persistence.db import Database
from tests.builders import actor_named, at

Make = Callable[..., Case]


@pytest.mark.parametrize(
    ("typed", "place", "year", "serial"),
    [
        *((typed, "YY", 2026, 86) for typed in ("YY-2026-0086", "yy-2026-86", "YY—2026—86号")),
        ("ＹＹ－２０２６－８６", "YY", 2026, 86),
        ("MA-YY-2026-86", "MA-YY", 2026, 86),
        ("YY〔2026〕86号", "YY", 2026, 86),
        *(
            (typed, "养鱼", 2026, 86)
            for typed in ("养鱼〔2026〕86 号", "养鱼[2026]86号", "养鱼（2026）第86号")
        ),
        ("养鱼字〔2026〕第86号", "养鱼", 2026, 86),
        *((typed, "YY", 2026, 86) for typed in ("YY 2026 86", "YY/2026/86", "YY2026-86", "YY·2026·86")),
        *(
            (typed, "养鱼", 2026, 86)
            for typed in ("养鱼2026年86号", "养鱼-2026-86", "养鱼《2026》86号", "养鱼{2026} 86")
        ),
        *((typed, None, 2026, 86) for typed in ("〔2026〕86号", "(2026)86号", "2026年第86号")),
        *((typed, place, None, 86) for typed, place in (("YY86", "YY"), ("养鱼 86", "养鱼"))),
        ("2026-86", None, 2026, 86),
        ("2026年86号", None, 2026, 86),
        ("YY-86", "YY", None, 86),
        ("养鱼 86 号", "养鱼", None, 86),
        *((typed, None, None, 86) for typed in ("86", "0086", "８６", "86号", " 第 86 号 ")),
    ],
)
def test_a_number_is_read_however_it_is_written(
    typed: str, place: str | None, year: int | None, serial: int
) -> None:
    assert read_number(typed) == WrittenNumber(serial, year, place)


NO_NUMBERS = ("", "水管漏水", "三组86户", "86.5", "YY-2026-", "-86", "1234567", "YY-2026-86-1")


@pytest.mark.parametrize("typed", NO_NUMBERS)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None
    assert is_numbered(typed) is None


def test_a_number_in_full_becomes_that_of_the_database_and_anything_else_stays() -> None:
    assert [full_number(typed) for typed in ("yy-2026-7", "YY〔2026〕7号", "86", "养鱼〔2026〕7号")] == [
        "YY-2026-0007",
        "YY-2026-0007",
        "86",
        "养鱼〔2026〕7号",
    ]


@pytest.fixture
def numbers(a_case: Make) -> dict[str, str]:
    """Make two cases of 养鱼村 and two of 杉岭村, of two years; give their numbers by a name."""
    old, new = at("2025-12-01"), at("2026-03-02")
    return {
        "first of last year": a_case("received", village="YY", now=old).number,
        "first": a_case("received", village="YY", now=new).number,
        "second": a_case("received", village="YY", now=new).number,
        "elsewhere": a_case("received", village="SL", now=new).number,
    }


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1", {"first of last year", "first", "elsewhere"}),
        ("养鱼1号", {"first of last year", "first"}),
        ("養魚村 1 號", {"first of last year", "first"}),
        ("养鱼〔2026〕1 号", {"first"}),
        ("yy-1", {"first of last year", "first"}),
        ("2025-1", {"first of last year"}),
        ("ＹＹ-２０２６-2", {"second"}),
        ("3", set()),
        ("0", set()),
    ],
)
def test_a_case_is_found_by_its_number_however_it_is_written(
    town: Database, numbers: dict[str, str], typed: str, expected: set[str]
) -> None:
    condition = is_numbered(typed)
    with town.reading() as session:
        found = set(session.scalars(select(Case.number).where(condition))) if condition is not None else set()
    assert found == {numbers[name] for name in expected}


@pytest.mark.parametrize(
    ("who", "typed", "expected"),
    [
        ("zuzhang", "1", "first"),
        ("zuzhang", "2号", "second"),
        ("zuzhang", "杉岭 1 号", "elsewhere"),
        ("zuzhang", "2025-1", "first of last year"),
        ("zuzhang", "9", None),
        ("zuzhang", "漏水", None),
        ("cunwei-sl", "1", None),
    ],
)
def test_whoever_works_on_a_case_means_one_of_its_village_and_the_newest_that_they_see(
    town: Database, numbers: dict[str, str], who: str, typed: str, expected: str | None
) -> None:
    with town.reading() as session:
        village = session.scalars(select(Case.village_id).where(Case.number == numbers["first"])).one()
        found = find_number(session, actor=actor_named(session, who), typed=typed, village_id=village)
    assert found == (numbers[expected] if expected else typed)
