"""Forgetting on the command line: counted first, done, and said."""

import json
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, text

from cases.models.case import Case
from cases.vocabulary import FORGOTTEN
from core.persistence.db import Database
from tests.builders import at
from tests.cases.breaking_in import break_in
from tests.cli.conftest import Command
from wsgi.models import StoredAnswer

BEFORE = ("--before", "2026-06-01")


def words(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Case.own_words).order_by(Case.id)))


def test_what_is_due_is_counted_then_forgotten_and_nothing_else(
    in_town: Command, town: Database, a_case: Callable[..., Case], stopped: Callable[[datetime], None]
) -> None:
    closed = a_case("closed", own_words="到期的话")
    a_case(own_words="还在办")
    with town.transaction() as session:
        for number, key in ((f"GG-2026-0001 {closed.number}", "one"), (f"{closed.number}1", "two")):
            session.add(
                StoredAnswer(
                    user_id=session.scalars(text("SELECT min(id) FROM users")).one(),
                    key=key,
                    fingerprint="f",
                    case_numbers=number,
                    claimed_at=at("2026-03-02"),
                )
            )
    stopped(at("2026-09-01"))
    counted = in_town("people", "forget", *BEFORE, "--dry-run", "--json")
    assert (counted.code, json.loads(counted.out)) == (0, {"due": 1})
    assert "到期该删的有 1 件" in in_town("people", "forget", *BEFORE, "--dry-run").out
    assert words(town) == ["到期的话", "还在办"]
    done = in_town("people", "forget", *BEFORE)
    assert done.code == 0
    assert "删了 1 件里的内容" in done.out
    assert "删不掉" not in done.out
    assert words(town) == [FORGOTTEN, "还在办"]
    with town.reading() as session:
        assert session.scalars(select(StoredAnswer.key)).all() == ["two"]
    assert json.loads(in_town("people", "forget", *BEFORE, "--json").out)["cases"] == 0
    assert in_town("verify").code == 0


def test_how_many_entries_of_earlier_versions_keep_their_words_is_said(
    in_town: Command, town: Database, a_case: Callable[..., Case], stopped: Callable[[datetime], None]
) -> None:
    case = a_case("void")
    facts = json.dumps({"reason": "早先的话"})
    break_in(
        town,
        "UPDATE history SET personal = '[]', facts = :facts WHERE case_id = :id AND action = 'void'",
        facts=facts,
        id=case.id,
    )
    stopped(at("2026-09-01"))
    done = in_town("people", "forget", *BEFORE, "--json")
    assert json.loads(done.out) == {"cases": 1, "entries": 1, "plain": 1, "files": 0}
    again = in_town("people", "forget", "--before", "2026-09-02")
    assert (again.code, again.out) == (1, "")
    assert "before：还没有到" in again.err
