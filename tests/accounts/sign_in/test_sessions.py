"""Who is signed in, until when, and how it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from accounts.models import User
from accounts.registers import users
from accounts.sign_in import sessions
from accounts.sign_in.sign_ins import SignIn
from cases.configuration.case_rules import CountyRules
from core.persistence.db import Database
from tests.builders import at

NOW = at("2026-03-03", 9)
HOUR = timedelta(hours=1)


def begin(town: Database, *, own_device: bool = False) -> str:
    with town.transaction() as session:
        user = session.scalars(select(User).where(User.username == "zuyuan")).one()
        return sessions.create(
            session, user_id=user.id, device="Chrome", own_device=own_device, half=False, now=NOW
        )


def is_present(town: Database, secret: str, after: timedelta) -> bool:
    with town.reading() as session:
        return sessions.find_signed_in(session, secret, NOW + after) is not None


@pytest.mark.parametrize(
    ("own_device", "after", "present"),
    [
        (False, timedelta(minutes=119), True),
        (False, 2 * HOUR, False),
        (True, 3 * HOUR, True),
        (True, timedelta(days=7) - HOUR, True),
        (True, timedelta(days=7), False),
        (False, -13 * HOUR, False),
    ],
)
def test_a_sign_in_lasts_as_long_as_the_device_allows(
    town: Database, own_device: bool, after: timedelta, present: bool
) -> None:
    assert is_present(town, begin(town, own_device=own_device), after) is present


def test_being_noted_keeps_a_shared_computer_signed_in_for_twelve_hours_at_most(town: Database) -> None:
    secret = begin(town)
    for hour in range(1, 13):
        assert is_present(town, secret, hour * HOUR - timedelta(minutes=1))
        with town.transaction() as session:
            kept = session.scalars(select(SignIn)).one()
            sessions.update_seen(session, kept.id, NOW + hour * HOUR - timedelta(minutes=1))
    assert not is_present(town, secret, 12 * HOUR)


def test_only_a_digest_of_the_secret_is_kept(town: Database) -> None:
    secret = begin(town)
    with town.reading() as session:
        kept = session.scalars(select(SignIn)).one()
        assert secret not in (kept.secret_hash, kept.device)
        assert sessions.find_signed_in(session, kept.secret_hash[:43], NOW) is None


def test_a_new_password_ends_every_sign_in(town: Database, rules: CountyRules) -> None:
    secret = begin(town, own_device=True)
    with town.transaction() as session:
        users.set_password(
            session,
            actor=SYSTEM,
            chain=rules.services.chain,
            username="zuyuan",
            password="山高水长路好走-2026",
            now=NOW,
        )
    assert not is_present(town, secret, timedelta(minutes=1))


def test_a_restore_ends_every_sign_in(town: Database) -> None:
    secret = begin(town, own_device=True)
    with town.transaction() as session:
        sessions.end_all_of_everybody(session, now=NOW)
    assert not is_present(town, secret, timedelta(minutes=1))


def test_what_is_over_for_half_a_year_is_forgotten(town: Database) -> None:
    begin(town)
    with town.transaction() as session:
        assert sessions.delete_expired(session, now=NOW + timedelta(days=183)) == 0
        assert sessions.delete_expired(session, now=NOW + timedelta(days=184)) == 1
