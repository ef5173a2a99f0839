"""The numbers of a village do not tell how many matters somebody does not see."""

import random
from collections.abc import Callable, Iterator
from itertools import count, islice

import pytest
from sqlalchemy.orm import Session

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


def test_a_matter_that_names_somebody_has_one_of_those_kept_back_around_the_next(
    town: Database, a_case: Callable[..., Case]
) -> None:
    slot_key = slot_key_of(ORDINARY_FIRST, "SL", 2026)
    for _ in range(30):
        a_case(state="received")
    upcoming = ordinary_serial(slot_key, 1, 31)
    around = {one for one in range(1, upcoming + numbering.AHEAD) if is_kept_back(slot_key, one)}
    above = next(one for one in range(max(around) + 1, 200) if is_kept_back(slot_key, one))
    named = [a_case(named_units=("committee-SL",)).number for _ in range(len(around) + 1)]
    serials = [int(one.rpartition("-")[2]) for one in named]
    assert {*serials[:-1]} == around
    assert serials[-1] == above
    assert serials[:-1] not in (sorted(around), sorted(around, reverse=True))
    assert int(a_case().number.rpartition("-")[2]) == upcoming


def place_of_one_that_is_seen(*, hidden: int) -> float:
    """Return where among those kept back a seen matter lies that names another, after so many hidden ones.

    It is the mean over many years, from nought for the lowest to one for the highest.
    """
    places = []
    for year in range(1000, 1500):
        slot_key = slot_key_of(b"some key", "SL", year)
        serial = next(islice(numbering._kept_back(slot_key, 1, 30), hidden, None))
        last = ordinary_serial(slot_key, 1, 31) + numbering.AHEAD
        kept = [one for one in range(1, last) if is_kept_back(slot_key, one)]
        places.append(kept.index(serial) / (len(kept) - 1))
    return sum(places) / len(places)


def test_a_matter_that_is_seen_and_names_another_tells_nothing_of_hidden_ones() -> None:
    for hidden in (0, 1, 4, 8):  # the standard deviation of the mean is 0.3 / sqrt(500), which is 0.013
        assert abs(place_of_one_that_is_seen(hidden=hidden) - 0.5) < 0.05


def test_serials_in_an_order_that_can_be_foreseen_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def downwards(slot_key: str, begins_at: int, value: int) -> Iterator[int]:
        upcoming = ordinary_serial(slot_key, begins_at, value + 1)
        yield from (one for one in range(upcoming - 1, begins_at - 1, -1) if is_kept_back(slot_key, one))
        yield from (one for one in count(upcoming) if is_kept_back(slot_key, one))

    monkeypatch.setattr(numbering, "_kept_back", downwards)
    assert place_of_one_that_is_seen(hidden=0) - place_of_one_that_is_seen(hidden=4) > 0.1


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
