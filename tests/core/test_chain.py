"""A chain of HMACs shows every change, and older keys stay readable."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table

from core.chain import LATER, Chain, canonical, hashed_columns, row_digest, row_values

OLD = Chain("old", {"old": b"an earlier key"})
NEW = Chain("new", {"new": b"the present key", "old": b"an earlier key"})
ENTRY: dict[str, Any] = {"seq": 2, "action": "assign", "facts": {"unit": "committee-SL"}}


def test_the_same_record_gives_the_same_link() -> None:
    assert NEW.link("before", ENTRY) == NEW.link("before", dict(reversed(ENTRY.items())))


@pytest.mark.parametrize(
    ("before", "entry"),
    [
        ("another", ENTRY),
        ("before", {**ENTRY, "seq": 3}),
        ("before", {**ENTRY, "facts": {"unit": "committee-YY"}}),
        ("before", {key: value for key, value in ENTRY.items() if key != "facts"}),
    ],
    ids=["another link before", "another number", "another fact", "a fact less"],
)
def test_any_change_gives_another_link(before: str, entry: dict[str, Any]) -> None:
    assert NEW.link(before, entry) != NEW.link("before", ENTRY)


def test_a_link_made_with_an_earlier_key_is_still_found() -> None:
    assert NEW.link("before", ENTRY, "old") == OLD.link("before", ENTRY)
    assert NEW.link("before", ENTRY) != OLD.link("before", ENTRY)


def test_an_unknown_key_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        NEW.link("before", ENTRY, "lost")


def test_the_key_is_not_shown_when_a_chain_is_printed() -> None:
    assert "key" not in repr(NEW).replace("key_id", "")


def test_one_moment_has_one_form_whatever_its_zone() -> None:
    utc = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert canonical({"at": utc}) == canonical({"at": utc.astimezone(timezone(timedelta(hours=8)))})


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["1e5", "0.00001", '\x00\x1f\x7f\u2028"\\/', "\n\r\t\b\f"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES, max_size=4))
@example({"few": 1e-05, "many": 1e16, "most": 1.7976931348623157e308, "least": 5e-324})
@example({"fraction": 0.0001, "whole": 1e15, "nearly": 9999999999999998.0, "beyond": 2**64})
def test_the_form_is_that_of_the_standard_library_to_the_byte(payload: dict[str, Any]) -> None:
    plain = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(payload) == plain.encode()


def test_dates_and_chinese_stand_in_plain() -> None:
    assert canonical({"字": "𠮷", "day": date(2026, 3, 2)}).decode() == '{"day":"2026-03-02","字":"𠮷"}'


def test_a_column_that_came_later_is_hashed_once_something_stands_in_it() -> None:
    @dataclass
    class Row:
        id: int
        name: str | None
        added: str | None = None

    first = Table("rows", MetaData(), Column("id", Integer), Column("name", String))
    then = Table("rows", MetaData(), Column("id", Integer), Column("name", String))
    then.append_column(Column("added", String, info={LATER: True}))
    before = row_values(Row(1, None), hashed_columns(first))
    assert before == {"id": 1, "name": None}
    assert row_values(Row(1, None), hashed_columns(then)) == before
    assert row_values(Row(1, None, "new"), hashed_columns(then)) == {**before, "added": "new"}
    assert row_values(Row(1, "田某"), hashed_columns(then, frozenset({"name"}))) == {"id": 1}


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="canonical"):
        row_digest({"value": object()})
