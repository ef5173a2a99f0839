"""Which cases somebody must not know of wherever they are, and whether somebody's reach is a place at all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import NOBODY, SYSTEM, Actor
from accounts.models import User
from accounts.registers.user_changes import change_user
from cases.access.visibility import (
    has_area_scope,
    hidden_from,
    list_hidden_numbers,
    names_user,
    number_of,
    numbers_hidden_from,
    visible,
)
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.loading import load_for_reading
from cases.models.case import Case
from cases.models.named_words import NamedWords
from core.persistence.db import Database
from tests import builders
from tests.builders import USERS, actor_named, at
from tests.conftest import Filled

#: What each case is called below, and whom it names; 老支书家 is open until it is settled.
NAMED: Mapping[str, dict[str, Any]] = {
    "nobody": {},
    "a committee": {"named_units": ("committee-SL",)},
    "the team leader": {"named_users": ("zuzhang",)},
    "open": {"named_units": ("老支书家",)},
    "settled": {"named_units": ("老支书家",)},
    "open, received above": {"named_units": ("team", "township-MA", "老支书家")},
}
OPEN = {"open", "open, received above"}
#: Whoever is named, and whom an open name might mean; but for those who settle names, or receive the matter.
HIDDEN = {
    "zuzhang": {"the team leader", "open, received above"},
    "zuyuan": OPEN,
    "cunwei-sl": {"a committee", *OPEN},
    "cunwei-yy": OPEN,
    "cunwei-gg": OPEN,
    "xiangzhen": OPEN,
    "bumen": OPEN,
    "lingdao": {"open"},
    "jiandu": set(),
    "guanli": OPEN,
}


def register_all(session: Session, rules: CountyRules) -> None:
    for label, named in NAMED.items():
        who = "cunwei-sl" if "above" in label else "zuyuan"
        builders.a_case(session, rules, recorded_by=who, client_ref=label, **named)
    session.flush()  # the names are to be found
    settled = select(NamedWords).join(Case, Case.id == NamedWords.case_id).where(Case.client_ref == "settled")
    session.scalars(settled).one().settled_at = at("2026-03-03")


@pytest.fixture
def filled() -> Filled:
    return Filled("cases-that-name", register_all)


@pytest.fixture
def labels(town: Database) -> dict[str, str]:
    """Return what each number is called."""
    with town.reading() as session:
        return {case.number: case.client_ref for case in session.scalars(select(Case))}


def test_everybody_of_the_township_is_asked() -> None:
    assert set(HIDDEN) == {username for username, *_ in USERS}


@pytest.mark.parametrize("username", HIDDEN)
def test_hidden_is_what_names_somebody_or_might(
    town: Database, labels: dict[str, str], username: str
) -> None:
    with town.reading() as session:
        actor = actor_named(session, username)
        numbers = list(session.scalars(numbers_hidden_from(actor)))
        assert sorted(labels[number] for number in numbers) == sorted(HIDDEN[username])
        assert list_hidden_numbers(session, actor) == frozenset(numbers)
        by_id = select(Case.number).where(Case.id.in_(hidden_from(actor)))
        assert set(session.scalars(by_id)) == set(numbers)


@pytest.mark.parametrize("username", HIDDEN)
def test_a_case_might_be_about_whoever_it_is_hidden_from(
    town: Database, labels: dict[str, str], username: str
) -> None:
    with town.reading() as session:
        user_id = session.scalars(select(User.id).where(User.username == username)).one()
        named = {
            label for number, label in labels.items() if names_user(session, number=number, user_id=user_id)
        }
    assert named == HIDDEN[username]


def test_nothing_is_hidden_from_the_program_and_open_names_from_whoever_is_unknown(
    town: Database, labels: dict[str, str]
) -> None:
    with town.reading() as session:
        assert list_hidden_numbers(session, SYSTEM) == frozenset()
        assert {labels[number] for number in list_hidden_numbers(session, NOBODY)} == OPEN


@pytest.mark.parametrize("username", sorted(set(HIDDEN) - {"bumen", "guanli"}))
def test_whoever_reaches_a_place_sees_all_of_it_but_what_is_hidden(
    town: Database, labels: dict[str, str], username: str
) -> None:
    with town.reading() as session:
        actor = actor_named(session, username)
        assert has_area_scope(actor)
        found = {labels[number] for number in session.scalars(visible(select(Case.number), actor))}
    in_reach = set(NAMED) if "/SX/MA/SL/".startswith(actor.area_path) else set()
    assert found == in_reach - HIDDEN[username]


@pytest.mark.parametrize(
    ("roles", "reaches_a_place"),
    [
        ((), False),
        (("admin",), False),
        (("department",), False),
        (("department", "committee"), False),
        (("committee",), True),
        (("auditor", "admin"), True),
        (("system", "department"), True),
        (("system",), True),
    ],
)
def test_a_reach_is_a_place_unless_it_is_what_a_unit_owns(
    roles: tuple[str, ...], reaches_a_place: bool
) -> None:
    assert has_area_scope(Actor(1, "somebody", 1, "unit", "/SX/", frozenset(roles))) is reaches_a_place


@pytest.mark.parametrize(("most", "counted"), [(1, 1), (5, 5), (6, 6), (7, 6)])
def test_rows_are_counted_no_further_than_is_asked(
    town: Database, labels: dict[str, str], most: int, counted: int
) -> None:
    with town.reading() as session:
        assert session.scalars(number_of(select(Case.id), most)).one() == counted


def moved(db: Database, rules: CountyRules, username: str, unit: str, moment: str) -> None:
    """Let an administrator move somebody to another unit."""
    with db.transaction() as session:
        user = session.scalars(select(User).where(User.username == username)).one()
        change_user(
            session,
            actor=SYSTEM,
            chain=rules.services.chain,
            username=username,
            name=user.name,
            unit=unit,
            roles=user.roles,
            email=user.email,
            head=False,
            count_matters=lambda *_: 0,
            now=at(moment),
        )


@pytest.mark.parametrize(("moment", "is_hidden"), [("2026-03-03", True), ("2026-03-01", False)])
def test_a_matter_that_names_a_unit_stays_hidden_from_who_was_moved_out_of_it(
    town: Database, labels: dict[str, str], rules: CountyRules, moment: str, is_hidden: bool
) -> None:
    """The matter came on the second of March; who had left by then is none of those it is about."""
    moved(town, rules, "cunwei-sl", "committee-GG", moment)
    with town.reading() as session:
        who = actor_named(session, "cunwei-sl")
        told = {labels[number] for number in list_hidden_numbers(session, who)}
        (number,) = [number for number, label in labels.items() if label == "a committee"]
        assert ("a committee" in told) is is_hidden
        assert names_user(session, number=number, user_id=who.user_id or 0) is is_hidden
        reaching = replace(who, area_path="/SX/MA/", village_id=None)
        seen = session.scalars(visible(select(Case.number), reaching)).all()
        assert (number not in seen) is is_hidden
        context = load_for_reading(session, actor=SYSTEM, rules=rules, number=number, now=at("2026-03-05"))
        assert (who.user_id in context.hidden_users) is is_hidden
        assert (replace(context, actor=reaching).is_visible()) is not is_hidden
