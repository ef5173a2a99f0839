"""The code of a telephone: right, new, and used up once it was given."""

from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from accounts.history import RegisterEntry
from accounts.models import User
from accounts.registers import users
from accounts.sign_in import second_factors
from cases.configuration.case_rules import CountyRules
from cases.verification.verify import verify
from core.encryption import Encryptor
from core.errors import Invalid
from core.persistence.db import Database
from tests.builders import actor_named, at

NOW = at("2026-03-03", 9)
SEAL = Encryptor([b"a key for the factors of tests"], "second factors")
STEP = timedelta(seconds=30)
#: The sign-in in which a secret is made.
SIGN_IN = 7


def here(now: datetime = NOW, sign_in_id: int = SIGN_IN) -> dict[str, Any]:
    return {"sign_in_id": sign_in_id, "seal": SEAL, "now": now}


@pytest.fixture
def secret(town: Database, rules: CountyRules) -> str:
    """Return the secret of a member who uses a code, the first of which is used up."""
    with town.transaction() as session:
        actor = actor_named(session, "zuyuan")
        earlier = NOW - 5 * STEP
        made = second_factors.propose(session, user_id=actor.user_id or 0, **here(earlier))
    with town.transaction() as session:
        second_factors.confirm(
            session, actor=actor, chain=rules.services.chain, code=code(made, earlier), **here(earlier)
        )
    return made


def code(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


def accepted(town: Database, given: str, moment: datetime = NOW) -> bool:
    with town.transaction() as session:
        user = session.scalars(select(User).where(User.username == "zuyuan")).one()
        return second_factors.accept(session, user_id=user.id, code=given, seal=SEAL, now=moment)


def test_a_code_opens_once_and_never_again(town: Database, secret: str) -> None:
    given = code(secret, NOW)
    assert accepted(town, given)
    assert not accepted(town, given)
    assert not accepted(town, given, NOW + STEP)


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_half_a_minute_off(town: Database, secret: str, steps: int, opens: bool) -> None:
    assert accepted(town, code(secret, NOW + steps * STEP)) is opens


def test_an_older_code_than_the_last_one_opens_nothing(town: Database, secret: str) -> None:
    assert accepted(town, code(secret, NOW))
    assert not accepted(town, code(secret, NOW - STEP))


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_opens_nothing(town: Database, secret: str, given: str) -> None:
    del secret
    assert not accepted(town, given)


def test_a_factor_counts_only_once_it_gave_a_code(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        actor = actor_named(session, "zuyuan")
        second_factors.propose(session, user_id=actor.user_id or 0, **here())
        assert not second_factors.is_set(session, user_id=actor.user_id or 0)
    with pytest.raises(Invalid, match="invalid"), town.transaction() as session:
        second_factors.confirm(session, actor=actor, chain=rules.services.chain, code="000000", **here())


def test_a_lost_telephone_is_forgotten_and_the_history_tells(
    town: Database, rules: CountyRules, secret: str
) -> None:
    with town.transaction() as session:
        users.forget_code(session, actor=SYSTEM, chain=rules.services.chain, username="zuyuan", now=NOW)
    assert not accepted(town, code(secret, NOW))
    with town.reading() as session:
        told = session.scalars(select(RegisterEntry.action).order_by(RegisterEntry.recorded_at)).all()
        assert {"second_factor_set", "second_factor_removed"} <= set(told)
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize(
    ("later", "sign_in_id"),
    [(timedelta(), SIGN_IN + 1), (second_factors.WAITS, SIGN_IN), (-2 * STEP, SIGN_IN)],
)
def test_a_secret_waits_in_its_own_sign_in_and_for_a_quarter_of_an_hour(
    town: Database, rules: CountyRules, later: timedelta, sign_in_id: int
) -> None:
    with town.transaction() as session:
        actor = actor_named(session, "zuyuan")
        made = second_factors.propose(session, user_id=actor.user_id or 0, **here())
        elsewhere = here(NOW + later, sign_in_id)
        assert second_factors.proposed(session, user_id=actor.user_id or 0, **here()) == made
        assert second_factors.proposed(session, user_id=actor.user_id or 0, **elsewhere) is None
        given = code(made, NOW + later)
        with pytest.raises(Invalid):
            second_factors.confirm(session, actor=actor, chain=rules.services.chain, code=given, **elsewhere)


def test_the_old_secret_opens_until_the_new_one_gave_its_first_code(
    town: Database, rules: CountyRules, secret: str
) -> None:
    with town.transaction() as session:
        actor = actor_named(session, "zuyuan")
        fresh = second_factors.propose(session, user_id=actor.user_id or 0, **here())
    assert not accepted(town, code(fresh, NOW))
    assert accepted(town, code(secret, NOW))
    with town.transaction() as session:
        given = code(fresh, NOW)
        second_factors.confirm(session, actor=actor, chain=rules.services.chain, code=given, **here())
    assert not accepted(town, code(secret, NOW + STEP), NOW + STEP)
    assert accepted(town, code(fresh, NOW + STEP), NOW + STEP)
