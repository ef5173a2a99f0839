"""The numbers of a village do not tell how many matters somebody does not see."""

import random
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.intake import numbering
from cases.intake.numbering import advance_serials, is_kept_back, ordinary_serial, reserve, slot_key_of
from cases.models.case import Case
from cases.models.number_serials import NumberSerial
from core.persistence.db import Database
from tests.builders import ORDINARY_FIRST

KEY = slot_key_of(b"some key", "SL", 2026)
TOWNSHIPS = 1000
#: The row of SL in the small township.
VILLAGE = 3


def a_number(session: Session, year: int, *, names_somebody: bool, key: bytes = b"some key") -> int:
    found = reserve(
        session,
        village_id=VILLAGE,
        village_code="SL",
        year=year,
        complainants=1,
        number_key=key,
        names_somebody=names_somebody,
    )
    return int(found.number.rpartition("-")[2])


def seen(session: Session, year: int, matters: list[bool]) -> list[int]:
    """Return the serials that somebody sees who sees all matters but those that name them."""
    found = [(a_number(session, year, names_somebody=one), one) for one in matters]
    return [serial for serial, names in found if not names]


def townships(many: int) -> Iterator[list[bool]]:
    """Yield for each township its matters in order, and whether each names the observer."""
    for seed in range(many):
        drawn = random.Random(seed)
        share = drawn.random()
        yield [drawn.random() < share for _ in range(drawn.randrange(2, 6))]


def told_apart(session: Session, many: int) -> int:
    """Count the townships in which what is seen is another than if nothing had been hidden."""
    found = 0
    for year, matters in enumerate(townships(many), start=1000):
        ordinary = len(matters) - sum(matters)
        slot_key = slot_key_of(b"some key", "SL", year)
        without = [ordinary_serial(slot_key, 1, one) for one in range(1, ordinary + 1)]
        found += seen(session, year, matters) != without
    return found


def test_what_is_seen_of_a_thousand_townships_is_the_same_whatever_is_hidden(town: Database) -> None:
    with town.transaction() as session:
        assert told_apart(session, TOWNSHIPS) == 0


def test_serials_without_slots_are_told_apart(town: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "is_kept_back", lambda slot_key, serial: False)
    numbering._ordinary.cache_clear()
    plain = numbering.reserve
    monkeypatch.setitem(globals(), "reserve", lambda *given, names_somebody, **more: plain(*given, **more))
    with town.transaction() as session:
        assert told_apart(session, 100) > 20
    numbering._ordinary.cache_clear()


def test_about_a_third_is_kept_back_and_another_third_for_another_key() -> None:
    other = slot_key_of(b"some key", "SL", 2027)
    kept, others = ({one for one in range(1, 3001) if is_kept_back(key, one)} for key in (KEY, other))
    assert 900 < len(kept) < 1100
    assert 250 < len(kept & others) < 420


def test_ordinary_serials_are_those_that_are_not_kept_back() -> None:
    wanted = [one for one in range(7, 400) if not is_kept_back(KEY, one)]
    assert [ordinary_serial(KEY, 7, place) for place in range(1, len(wanted) + 1)] == wanted


def test_a_matter_that_names_somebody_has_the_highest_free_serial_kept_back_below_or_the_next_above(
    town: Database, a_case: Callable[..., Case], rules: CountyRules
) -> None:
    slot_key = slot_key_of(ORDINARY_FIRST, "SL", 2026)
    kept = [one for one in range(1, 200) if is_kept_back(slot_key, one)]
    below = [a_case(named_units=("committee-SL",)) for _ in range(2)]  # all before the fifteenth are ordinary
    assert [one.number for one in below] == [f"SL-2026-{one:04d}" for one in kept[:2]]
    for _ in range(30):
        a_case(state="received")
    with town.reading() as session:
        numbers = session.scalars(select(Case.number).where(Case.own_words.is_not(None))).all()
    taken = {int(number.rpartition("-")[2]) for number in numbers}
    upcoming = next(one for one in range(1, 200) if one not in taken and one not in kept)
    free = [one for one in kept if one < upcoming and one not in taken]
    named = [a_case(named_units=("committee-SL",)).number for _ in range(len(free) + 1)]
    above = next(one for one in kept if one > upcoming and one not in taken)
    assert [int(one.rpartition("-")[2]) for one in named] == [*reversed(free), above]
    assert int(a_case().number.rpartition("-")[2]) == upcoming


def test_another_secret_does_not_mix_the_serials_of_a_year_anew(town: Database) -> None:
    with town.transaction() as session:
        first = a_number(session, 2031, names_somebody=False)
        later = [a_number(session, 2031, names_somebody=False, key=b"another") for _ in range(5)]
    key = slot_key_of(b"some key", "SL", 2031)
    assert [first, *later] == [ordinary_serial(key, 1, place) for place in range(1, 7)]


def test_after_a_restore_serials_begin_above_everything_that_was_given_out(town: Database) -> None:
    with town.transaction() as session:
        session.add(NumberSerial(village_id=VILLAGE, year=2032, value=40))
        session.flush()
        assert a_number(session, 2032, names_somebody=False) > 40
        advance_serials(session, years=[])
        assert a_number(session, 2032, names_somebody=True) >= 200
        assert 200 <= a_number(session, 2032, names_somebody=False) < 220
