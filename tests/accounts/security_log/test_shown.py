"""What an answer shows: each number is told once, by what weighs most."""

from collections.abc import Iterator

import pytest

from accounts.security_log import shown
from accounts.security_log.shown import Event


@pytest.fixture
def collected() -> Iterator[shown.Shown]:
    yield shown.begin()
    shown.end()


def test_a_number_is_told_by_what_weighs_most(collected: shown.Shown) -> None:
    shown.note(Event.LIST, ["A", "B"])
    shown.note(Event.CASE, ["A"])
    shown.note(Event.CASE, ["A"])
    shown.note(Event.REVEALED, ["A"])
    assert collected.by_event() == {Event.REVEALED: ["A"], Event.LIST: ["B"]}


def test_what_has_no_numbers_is_told_all_the_same(collected: shown.Shown) -> None:
    shown.note(Event.HOUSEHOLDS)
    shown.note(Event.EXPORT)
    assert collected.by_event() == {Event.EXPORT: [], Event.HOUSEHOLDS: []}


def test_an_attempt_is_refused_until_a_sign_in_is_made_of_it(collected: shown.Shown) -> None:
    shown.attempt("password", name="zuzhang")
    assert collected.attempt == shown.SignInAttempt("password", "zuzhang")
    shown.note_sign_in(7)
    assert collected.attempt == shown.SignInAttempt("password", "zuzhang", 7, accepted=True)


def test_a_sign_in_that_nobody_tried_is_told_all_the_same(collected: shown.Shown) -> None:
    shown.note_sign_in(7)
    assert collected.attempt == shown.SignInAttempt("none", None, 7, accepted=True)


def test_outside_of_a_request_nothing_is_collected() -> None:
    shown.note(Event.CASE, ["A"])
    shown.note_leaving()
    assert shown.begin().by_event() == {}
    shown.end()
