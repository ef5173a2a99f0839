"""Ids outside tell nothing: not how many rows there are, which of them came first, or whose they are."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.persistence.row_ids import LARGEST_ID, RowIds, row_ids

IDS = st.integers(min_value=1, max_value=LARGEST_ID)
KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS, IDS)
def test_what_stands_for_an_id_is_an_id_and_stands_for_no_other(key: bytes, row_id: int) -> None:
    ids = RowIds(key)
    external = ids.external("notices", row_id)
    assert 1 <= external <= LARGEST_ID
    assert ids.internal("notices", external) == row_id


@given(KEYS, IDS)
def test_every_number_stands_for_one_id(key: bytes, external: int) -> None:
    ids = RowIds(key)
    assert ids.external("notices", ids.internal("notices", external)) == external


def test_ids_that_follow_one_another_do_not_outside() -> None:
    ids = RowIds(b"k" * 32)
    shown = [ids.external("complainants", row_id) for row_id in range(1, 2001)]
    assert len(set(shown)) == len(shown)
    risen = sum(one < other for one, other in itertools.pairwise(shown))
    assert 900 < risen < 1100
    # Half of them lie in either half of the numbers, and of every four bits each value is met about as often.
    assert 900 < sum(one > LARGEST_ID // 2 for one in shown) < 1100
    for place in range(0, 28, 4):
        met = [sum((one >> place) % 16 == digit for one in shown) for digit in range(16)]
        assert min(met) > 80, place
        assert max(met) < 175, place


def test_one_id_is_another_number_in_each_table_and_under_each_key() -> None:
    shown = {
        RowIds(key).external(table, 7) for key in (b"a" * 32, b"b" * 32) for table in ("notices", "users")
    }
    assert len(shown) == 4


@pytest.mark.parametrize("wrong", [0, -1, LARGEST_ID + 1])
def test_what_can_be_no_id_is_refused_in_both_directions(wrong: int) -> None:
    ids = RowIds(b"k" * 32)
    with pytest.raises(ValueError, match=str(wrong)):
        ids.external("notices", wrong)
    with pytest.raises(ValueError, match=str(wrong)):
        ids.internal("notices", wrong)


def test_a_new_secret_changes_no_id_while_the_old_one_stays() -> None:
    old, new = b"o" * 32, b"n" * 32
    assert row_ids([old]).external("users", 3) == row_ids([new, old]).external("users", 3)
