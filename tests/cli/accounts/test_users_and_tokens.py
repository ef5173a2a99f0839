"""Users and tokens on the command line."""

import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from accounts.access.actor import Actor
from accounts.history import RegisterEntry
from accounts.models import Unit, User
from accounts.openid.identities import OpenIdBinding
from accounts.registers import users
from accounts.registers.administrators import proposals
from accounts.sign_in import tokens
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from core.persistence.db import Database
from tests.builders import at
from tests.cli.conftest import Command

NEW = ("users", "add", "xiaolin", "--name", "小林", "--unit", "team", "--role", "member")
GOOD = "山高水长路不远"  # seven characters are too few, see below
LONG = "山高水长路不远人人都能走"


def test_a_new_user_gets_a_first_password_that_is_printed_once_and_alone(
    in_town: Command, town: Database
) -> None:
    done = in_town(*NEW)
    assert done.code == 0
    assert re.fullmatch(r"\S{12,}\n", done.out)
    with town.reading() as session:
        assert users.authenticate(session, username="xiaolin", password=done.out.strip()) is not None


def test_a_given_password_is_read_from_standard_input_and_not_printed(
    in_town: Command, town: Database
) -> None:
    done = in_town(*NEW, "--password", stdin=f"{LONG}\n")
    assert (done.code, done.out) == (0, "")
    with town.reading() as session:
        assert users.authenticate(session, username="xiaolin", password=LONG) is not None


def test_a_setup_code_is_shown_alone_and_only_while_there_is_nobody(
    command: Command, in_town: Command
) -> None:
    shown = command("users", "setup-code")
    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}\n", shown.out)
    refused = in_town("users", "setup-code")
    assert (refused.code, refused.out) == (1, "")
    assert "已经有人了" in refused.err


def test_managing_is_written_into_the_chained_history(in_town: Command, town: Database) -> None:
    in_town(*NEW)
    in_town("users", "disable", "xiaolin")
    with town.reading() as session:
        number = session.scalars(select(User.id).where(User.username == "xiaolin")).one()
        actions = session.scalars(
            select(RegisterEntry.action)
            .where(RegisterEntry.subject_kind == "user", RegisterEntry.subject_id == str(number))
            .order_by(RegisterEntry.seq)
        ).all()
    assert actions == ["added", "disabled"]


def test_a_password_is_changed_from_standard_input(in_town: Command, town: Database) -> None:
    assert in_town("users", "password", "zuyuan", stdin=f"{LONG}\n").code == 0
    with town.reading() as session:
        assert users.authenticate(session, username="zuyuan", password=LONG) is not None


@pytest.mark.parametrize(
    ("argv", "stdin", "names"),
    [
        (("users", "password", "zuyuan"), GOOD, "password"),
        (("users", "password", "zuyuan"), "", "password"),
        (("users", "password", "nobody"), LONG, "nobody"),
        (("users", "disable", "nobody"), "", "nobody"),
        (("tokens", "issue", "nobody"), "", "nobody"),
        (("tokens", "revoke", "4711"), "", "4711"),
        (("users", "add", "zuyuan", *NEW[3:]), "", "zuyuan"),
        (("users", "add", "小林", *NEW[3:]), "", "username"),
        (("users", "add", "xiaolin", "--name", "小林", "--unit", "nowhere", "--role", "member"), "", "unit"),
    ],
)
def test_a_refusal_is_one_sentence_on_standard_error(
    in_town: Command, argv: tuple[str, ...], stdin: str, names: str
) -> None:
    done = in_town(*argv, stdin=stdin)
    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert names in done.err


def test_users_are_listed_for_people_and_for_programs(in_town: Command) -> None:
    assert "驻马鞍乡" not in in_town("users", "list").out
    assert "zuzhang" in in_town("users", "list").out
    listed = json.loads(in_town("users", "list", "--json").out)
    assert {row["username"]: row["roles"] for row in listed}["zuzhang"] == ["team_leader"]


def test_a_token_is_printed_alone_and_works_until_it_is_revoked(in_town: Command, town: Database) -> None:
    done = in_town("tokens", "issue", "zuyuan", "--label", "手机", "--days", "30")
    assert re.fullmatch(r"hy_[A-Za-z0-9_-]{43}\n", done.out)
    text = done.out.strip()
    with town.reading() as session:
        assert tokens.find_holder(session, text, at("2026-03-02")) is not None
    (listed,) = json.loads(in_town("tokens", "list", "zuyuan", "--json").out)
    assert (listed["label"], listed["revoked_at"]) == ("手机", None)
    assert text not in in_town("tokens", "list").out
    assert in_town("tokens", "revoke", str(listed["id"])).code == 0
    with town.reading() as session:
        assert tokens.find_holder(session, text, at("2026-03-02")) is None


def test_a_unit_with_open_cases_is_not_closed(
    in_town: Command, town: Database, a_case: Callable[..., Case]
) -> None:
    a_case("assigned")
    done = in_town("units", "close", "committee-SL")
    assert (done.code, done.out) == (1, "")
    assert "杉岭村两委还有没办完的事" in done.err


def test_a_unit_that_nobody_needs_is_closed(in_town: Command, town: Database) -> None:
    assert in_town("units", "close", "county-water").code == 0
    with town.reading() as session:
        assert not session.scalars(select(Unit.active).where(Unit.code == "county-water")).one()


def test_a_required_code_waits_for_so_many_days_and_the_record_says_why(
    in_town: Command, town: Database
) -> None:
    done = in_town("users", "postpone-code", "lingdao", "--days", "7", "--reason", "手机在修")
    assert (done.code, "到 20" in done.err) == (0, True)
    with town.reading() as session:
        entry = session.scalars(
            select(RegisterEntry).where(RegisterEntry.action == "second_factor_postponed")
        ).one()
        until = session.scalars(select(User.factor_postponed_until).where(User.username == "lingdao")).one()
    assert until is not None
    assert entry.facts == {"until": until.isoformat(), "reason": "手机在修"}
    assert in_town("users", "postpone-code", "lingdao", "--days", "31", "--reason", "手机在修").code == 1


def test_a_user_is_released_from_single_sign_on(in_town: Command, town: Database) -> None:
    with town.transaction() as session:
        user_id = session.scalars(select(User.id).where(User.username == "lingdao")).one()
        known = {"issuer": "https://id.example.org", "subject": "of lingdao"}
        session.add(OpenIdBinding(user_id=user_id, bound_at=at("2026-03-02"), **known))
    assert in_town("users", "release-openid", "lingdao").code == 0
    assert in_town("users", "release-openid", "nobody").code == 1
    with town.reading() as session:
        assert session.scalars(select(OpenIdBinding)).all() == []
        (entry,) = session.scalars(select(RegisterEntry).where(RegisterEntry.action == "openid_released"))
        assert entry.facts == {"issuer": "https://id.example.org"}


def test_a_token_is_for_what_it_was_issued_for_and_the_list_says_so(in_town: Command) -> None:
    assert in_town("tokens", "issue", "zuyuan", "--may", "read", "--may", "act").code == 0
    (listed,) = json.loads(in_town("tokens", "list", "--json").out)
    assert (listed["may"], listed["expires_at"] is not None) == (["act", "read"], True)
    assert "act,read" in in_town("tokens", "list").out


def test_a_user_for_a_program_has_no_password_and_prints_none(in_town: Command, town: Database) -> None:
    assert in_town(*NEW, "--no-password").out == ""
    with town.reading() as session:
        row = session.scalars(select(User).where(User.username == "xiaolin")).one()
    assert (row.password_hash, row.password_given) == (None, None)


def test_whoever_runs_the_server_agrees_in_place_of_a_second_administrator(
    in_town: Command,
    town: Database,
    actor: Callable[[str], Actor],
    rules: CountyRules,
    stopped: Callable[[datetime], None],
) -> None:
    chain = rules.services.chain
    stopped(at("2026-03-03"))
    with town.transaction() as session:
        given = {"username": "xin", "name": "新来的", "unit": "team", "roles": ["leader"], "password": None}
        users.add_user(session, actor=actor("guanli"), chain=chain, now=at("2026-03-02"), **given)  # type: ignore[arg-type]
        proposals.propose_password(
            session, actor=actor("guanli"), chain=chain, username="lingdao", now=at("2026-03-02")
        )
    assert in_town("users", "confirm", "nobody").code == 1
    given_roles = in_town("users", "confirm", "xin")
    assert (given_roles.code, given_roles.out) == (0, "")
    made = in_town("users", "confirm", "lingdao")
    with town.reading() as session:
        found = users.by_username(session, "xin")
        assert found is not None
        assert found.roles == ["leader"]
        assert users.authenticate(session, username="lingdao", password=made.out.strip()) is not None
    again = in_town("users", "confirm", "xin")
    assert (again.code, again.out) == (1, "")
    assert "没有等着确认的事" in again.err
