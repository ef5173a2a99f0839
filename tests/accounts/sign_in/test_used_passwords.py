"""Passwords in the stricter profile: of several kinds, not one of the last, and no older than it says."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from accounts.history import verify_chains
from accounts.models import UsedPassword
from accounts.registers.users import by_username, set_password
from accounts.sign_in.first_steps import EntryFacts, EntryRules, FirstStep, missing_step
from accounts.sign_in.passwords import generate_password, problem_of_password
from config.profiles import MLPS, ORDINARY, SecurityProfile
from core.errors import Invalid
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW

OWN = "Shanggao-shuichang-guangwei-{n}"
TODAY = date(2026, 3, 2)


def give(town: Database, number: int, profile: SecurityProfile = MLPS) -> None:
    with town.transaction() as session:
        set_password(
            session,
            actor=SYSTEM,
            chain=CHAIN,
            username="zuyuan",
            password=OWN.format(n=number),
            profile=profile,
            now=NOW + timedelta(minutes=number),
        )


def kept(town: Database) -> int:
    with town.reading() as session:
        assert list(verify_chains(session, CHAIN)) == []
        return len(session.scalars(select(UsedPassword)).all())


def test_none_of_the_last_three_passwords_comes_again(town: Database) -> None:
    for number in (1, 2, 3):
        give(town, number)
        with pytest.raises(Invalid) as refused:
            give(town, number)
        assert refused.value.errors == {"password": ["used_before"]}
    with pytest.raises(Invalid):
        give(town, 1)
    give(town, 4)
    assert kept(town) == MLPS.remembered
    give(town, 1)


def test_in_the_usual_profile_none_is_remembered(town: Database) -> None:
    for _ in range(2):
        give(town, 1, ORDINARY)
    assert kept(town) == 0


def test_when_a_password_was_chosen_is_noted_in_every_profile(town: Database) -> None:
    give(town, 1, ORDINARY)
    with town.reading() as session:
        user = by_username(session, "zuyuan")
        assert user is not None
        assert user.password_set_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("shanggaoshuichangguangwei", "too_few_kinds"),
        ("shanggao-shuichang-guangwei", "too_few_kinds"),
        ("山高水长路好走-不远万里", "too_few_kinds"),
        ("山高水长路好走-2026", None),
        ("Shanggao-shuichang-guangwei", None),
    ],
)
def test_a_password_has_three_kinds_of_characters(password: str, problem: str | None) -> None:
    assert problem_of_password(password, "zuyuan", (), MLPS) == problem
    assert problem_of_password(password, "zuyuan") is None


def test_a_password_that_the_program_makes_is_good_in_both() -> None:
    for _ in range(500):
        assert problem_of_password(generate_password("zuyuan"), "zuyuan", (), MLPS) is None


@pytest.mark.parametrize(
    ("since", "profile", "asked"),
    [
        (TODAY - timedelta(days=90), MLPS, FirstStep.PASSWORD),
        (TODAY - timedelta(days=89), MLPS, None),
        (TODAY - timedelta(days=900), ORDINARY, None),
        (None, MLPS, None),
    ],
    ids=["too old", "not yet", "the usual profile", "nobody signs in by one"],
)
def test_a_password_lasts_as_long_as_the_profile_says(
    since: date | None, profile: SecurityProfile, asked: FirstStep | None
) -> None:
    facts = EntryFacts(False, True, None, since)
    assert missing_step(frozenset({"member"}), facts, EntryRules((), False, TODAY, profile)) is asked
    assert missing_step(frozenset({"member"}), facts, EntryRules((), True, TODAY, profile)) is None


@pytest.mark.parametrize("role", sorted(MLPS.factor_roles))
def test_every_separate_administrator_has_a_second_factor_whatever_the_setting_says(role: str) -> None:
    facts = EntryFacts(False, False, None, TODAY)
    for factor_roles in ((), ("leader",)):
        rules = EntryRules(factor_roles, False, TODAY, MLPS)
        assert missing_step(frozenset({role}), facts, rules) is FirstStep.SECOND_FACTOR
