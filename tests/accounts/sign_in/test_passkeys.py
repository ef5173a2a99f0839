"""A passkey opens once per question, at its own address, for its own person, and never as a copy."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.history import RegisterEntry
from accounts.models import User
from accounts.registers import users
from accounts.sign_in import passkeys, sessions
from accounts.sign_in.passkeys import ANSWERED_WITHIN, MOST, Passkey, Site
from accounts.sign_in.sign_ins import SignIn
from core.errors import Invalid, NotFound
from core.persistence.db import Database
from tests.accounts.register_entries import CHAIN, NOW
from tests.accounts.sign_in.authenticator import Authenticator
from tests.builders import actor_named

SITE = Site("huiyin.example", "https://huiyin.example")
OTHER = "https://huiyin.example.evil.example"


def sign_in_of(session: Session, username: str = "zuyuan") -> SignIn:
    """Return a new sign-in of somebody, with a question that waits."""
    user = session.scalars(select(User).where(User.username == username)).one()
    sessions.create(session, user_id=user.id, device="Chrome", own_device=False, half=False, now=NOW)
    session.flush()
    found = session.scalars(
        select(SignIn).where(SignIn.user_id == user.id).order_by(SignIn.id.desc())
    ).first()
    assert found is not None
    passkeys.ask(session, sign_in=found, now=NOW)
    return found


def enrol(session: Session, device: Authenticator, username: str = "zuyuan", **wrong: Any) -> SignIn:
    """Let somebody register a device and give the sign-in, which has another question then."""
    found = sign_in_of(session, username)
    assert found.challenge is not None
    passkeys.register(
        session,
        actor=actor_named(session, username),
        chain=CHAIN,
        sign_in=found,
        label=wrong.pop("label", "我的手机"),
        answer=device.create(found.challenge, SITE, **wrong),
        site=SITE,
        now=NOW,
    )
    passkeys.ask(session, sign_in=found, now=NOW)
    return found


def test_a_passkey_that_was_registered_signs_the_question_of_a_sign_in_once(town: Database) -> None:
    device = Authenticator()
    with town.transaction() as session:
        found = enrol(session, device)
        assert found.challenge is not None
        answer = device.sign(found.challenge, SITE)
        assert passkeys.accept(session, sign_in=found, answer=answer, site=SITE, now=NOW)
        assert not passkeys.accept(session, sign_in=found, answer=answer, site=SITE, now=NOW)
        passkeys.ask(session, sign_in=found, now=NOW)  # a recording answers no other question
        assert not passkeys.accept(session, sign_in=found, answer=answer, site=SITE, now=NOW)
        row = session.scalars(select(Passkey)).one()
        assert (row.sign_count, row.used_at) == (1, NOW)


WRONG: dict[str, dict[str, Any]] = {
    "another site": {"origin": OTHER},
    "without TLS": {"origin": "http://huiyin.example"},
    "another port": {"origin": "https://huiyin.example:8443"},
    "another host": {"host": "evil.example"},
    "another question": {"asked": b"another question of 32 bytes ..."},
    "another kind of answer": {"kind": "webauthn.other"},
    "nobody present": {"absent": True},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_an_answer_that_is_wrong_in_one_thing_registers_and_opens_nothing(
    town: Database, wrong: dict[str, Any]
) -> None:
    with town.transaction() as session, pytest.raises(Invalid):
        enrol(session, Authenticator(), **wrong)
    device = Authenticator()
    with town.transaction() as session:
        found = enrol(session, device)
        assert found.challenge is not None
        answer = device.sign(found.challenge, SITE, **wrong)
        assert not passkeys.accept(session, sign_in=found, answer=answer, site=SITE, now=NOW)
        assert found.challenge is None


@pytest.mark.parametrize(
    ("counts", "opens"),
    [
        ((5, 6), [True, True]),
        ((5, 5), [True, False]),
        ((5, 4), [True, False]),
        ((0, 0), [True, True]),
        ((5, 0), [True, False]),
    ],
)
def test_a_counter_that_does_not_go_up_is_a_copy_unless_the_device_counts_nothing(
    town: Database, counts: tuple[int, int], opens: list[bool]
) -> None:
    device = Authenticator()
    with town.transaction() as session:
        found, accepted = enrol(session, device), []
        for count in counts:
            passkeys.ask(session, sign_in=found, now=NOW)
            assert found.challenge is not None
            answer = device.sign(found.challenge, SITE, count=count)
            accepted.append(passkeys.accept(session, sign_in=found, answer=answer, site=SITE, now=NOW))
    assert accepted == opens


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", "not json", '{"id": 1}', "[" * 5000, "x" * 20_001]
)
def test_what_is_no_answer_opens_and_registers_nothing(town: Database, answer: str) -> None:
    with town.transaction() as session:
        found = enrol(session, Authenticator())
        assert not passkeys.accept(session, sign_in=found, answer=answer, site=SITE, now=NOW)
        passkeys.ask(session, sign_in=found, now=NOW)
        with pytest.raises(Invalid):
            passkeys.register(
                session,
                actor=actor_named(session, "zuyuan"),
                chain=CHAIN,
                sign_in=found,
                label="手机",
                answer=answer,
                site=SITE,
                now=NOW,
            )


def test_a_signature_over_something_else_opens_nothing(town: Database) -> None:
    device = Authenticator()
    with town.transaction() as session:
        found = enrol(session, device)
        assert found.challenge is not None
        answer = device.sign(found.challenge, SITE, tampered=True)
        assert not passkeys.accept(session, sign_in=found, answer=answer, site=SITE, now=NOW)


def test_nobody_comes_in_by_the_passkey_of_somebody_else_or_registers_it_again(town: Database) -> None:
    device = Authenticator()
    with town.transaction() as session:
        enrol(session, device)
        theirs = sign_in_of(session, "lingdao")
        assert theirs.challenge is not None
        answer = device.sign(theirs.challenge, SITE)
        assert not passkeys.accept(session, sign_in=theirs, answer=answer, site=SITE, now=NOW)
        with pytest.raises(Invalid):
            enrol(session, device, "lingdao")


@pytest.mark.parametrize("later", [ANSWERED_WITHIN, -timedelta(minutes=1)])
def test_a_question_is_answered_within_ten_minutes_and_not_before_it_was_asked(
    town: Database, later: timedelta
) -> None:
    device = Authenticator()
    with town.transaction() as session:
        found = enrol(session, device)
        assert found.challenge is not None
        answer = device.sign(found.challenge, SITE)
        assert not passkeys.accept(session, sign_in=found, answer=answer, site=SITE, now=NOW + later)


def test_nobody_has_more_than_ten_and_each_has_a_name(town: Database) -> None:
    with town.transaction() as session:
        with pytest.raises(Invalid):
            enrol(session, Authenticator(), label="")
        for _ in range(MOST):
            enrol(session, Authenticator())
        with pytest.raises(Invalid):
            enrol(session, Authenticator())


def test_only_one_s_own_are_renamed_and_removed_and_the_history_tells(town: Database) -> None:
    with town.transaction() as session:
        found = enrol(session, Authenticator())
        key = session.scalars(select(Passkey)).one()
        stranger = actor_named(session, "lingdao")
        with pytest.raises(NotFound):
            passkeys.rename(session, user_id=stranger.user_id or 0, passkey_id=key.id, label="别人的")
        removing: dict[str, Any] = {"chain": CHAIN, "passkey_id": key.id, "now": NOW, "stays": found.id}
        with pytest.raises(NotFound):
            passkeys.remove(session, actor=stranger, **removing)
        passkeys.rename(session, user_id=found.user_id, passkey_id=key.id, label="办公室的电脑")
        passkeys.remove(session, actor=actor_named(session, "zuyuan"), **removing)
    with town.reading() as session:
        told = session.scalars(select(RegisterEntry).where(RegisterEntry.action.like("passkey_%"))).all()
        assert [(one.action, one.facts["label"]) for one in told] == [
            ("passkey_added", "我的手机"),
            ("passkey_removed", "办公室的电脑"),
        ]


def test_with_a_lost_device_the_administrator_takes_every_passkey_away(town: Database) -> None:
    with town.transaction() as session:
        enrol(session, Authenticator())
        admin = actor_named(session, "guanli")
        users.forget_code(session, actor=admin, chain=CHAIN, username="zuyuan", now=NOW)
        assert session.scalars(select(Passkey)).all() == []
