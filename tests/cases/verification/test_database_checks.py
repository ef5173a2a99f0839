"""What verify finds in the whole: heads, guards, definitions, registers, doubled rows and lost keys."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.configuration.case_rules import CountyRules
from cases.history import daily_seals
from cases.models.case import Case
from cases.verification import trigger_names
from cases.verification.verify import verify
from core.chain import Chain
from core.persistence.db import Database
from tests.builders import at
from tests.cases.breaking_in import break_in, details, findings, found

Make = Callable[..., Case]


def test_a_case_that_went_with_its_history_is_found_by_the_head_of_its_day(
    town: Database, rules: CountyRules, a_case: Make, tmp_path: Path
) -> None:
    case = a_case("received")
    a_case("received")
    daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-04"))
    tables = ("history", "complainants", "clocks", "rounds", "case_owners", "search_texts")
    of_case = "SELECT id FROM complainants WHERE case_id = :id"
    break_in(town, f"DELETE FROM code_holders WHERE complainant_id IN ({of_case})", id=case.id)
    break_in(town, *[f"DELETE FROM {table} WHERE case_id = :id" for table in tables], id=case.id)
    break_in(town, "DELETE FROM cases WHERE id = :id", id=case.id)
    assert found(town, rules, seals_folder=tmp_path) == {("heads", None)}


def test_a_chain_recomputed_with_the_key_is_found_by_the_head_of_its_day(
    town: Database, rules: CountyRules, a_case: Make, tmp_path: Path
) -> None:
    a_case("received")
    daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-04"))
    break_in(town, "UPDATE history SET hash = 'recomputed'", "UPDATE cases SET last_hash = 'recomputed'")
    assert "entries that were sealed are missing or were changed" in details(town, rules)


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("UPDATE heads SET entries = 0 WHERE day = '2026-03-02'", "the head was changed"),
        ("UPDATE heads SET prev_hash = 'x' WHERE day = '2026-03-03'", "does not follow"),
        ("DELETE FROM heads WHERE day = '2026-03-02'", "there is a file, but no head"),
        ("UPDATE heads SET key_id = 'lost' WHERE day = '2026-03-02'", "not known here"),
        (
            "UPDATE heads SET hash = 'x' WHERE day = '2026-03-02'",
            "differs from its file",
        ),
    ],
)
def test_a_head_that_was_touched_is_found(
    town: Database, rules: CountyRules, a_case: Make, tmp_path: Path, statement: str, detail: str
) -> None:
    a_case("assigned")
    daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-05"))
    break_in(town, statement)
    assert detail in details(town, rules, seals_folder=tmp_path)


def test_a_file_of_a_head_that_was_touched_or_lost_is_found(
    town: Database, rules: CountyRules, a_case: Make, tmp_path: Path
) -> None:
    a_case("assigned")
    daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-05"))
    first, second, *_ = sorted(tmp_path.glob("*.json"))
    first.unlink()
    second.write_text(json.dumps({**json.loads(second.read_text("utf-8")), "entries": 9}), encoding="utf-8")
    told = details(town, rules, seals_folder=tmp_path)
    assert f"{first.stem}: the file of the head is missing" in told
    assert f"{second.stem}: the head differs from its file" in told


def test_a_guard_that_was_taken_away_is_found(town: Database, rules: CountyRules) -> None:
    name = "history_never_change"
    with town.transaction() as session:
        session.execute(text(f"DROP TRIGGER {name}" + ("" if town.is_sqlite else " ON history")))
    assert details(town, rules) == f"guards: {name} is missing"


def test_every_guard_is_looked_for(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        dialect = session.get_bind().dialect.name
        for name in trigger_names.expected_triggers(dialect):
            if dialect == "sqlite":
                session.execute(text(f"DROP TRIGGER {name}"))
        if dialect != "sqlite":
            session.execute(text("DROP FUNCTION guard_refuse() CASCADE"))
    assert ("guards", None) in found(town, rules)


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("UPDATE workflow_definitions SET body = replace(body, 'assigned', 'given')", "its hash says"),
        ("UPDATE workflow_states SET answered = false WHERE state = 'resolved'", "the table of states"),
        ("UPDATE workflow_steps SET source = 'closed' WHERE target = 'rejected'", "the table of steps"),
    ],
)
def test_a_definition_that_was_touched_is_found(
    town: Database, rules: CountyRules, a_case: Make, statement: str, detail: str
) -> None:
    a_case("assigned")
    break_in(town, statement)
    assert re.search(f"^definitions: .*{detail}", details(town, rules), re.MULTILINE)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET roles = '[\"leader\"]' WHERE username = 'zuyuan'",
        "UPDATE units SET active = false WHERE code = 'team'",
        "UPDATE areas SET name = '新村' WHERE code = 'SL'",
        "UPDATE households SET head = '某' WHERE key = 'SL-01-001'",
        "UPDATE pinned_settings SET value = 'UTC'",
        "DELETE FROM register_history WHERE subject_kind = 'user'",
        "UPDATE register_history SET action = 'x' WHERE subject_kind = 'unit'",
    ],
)
def test_a_register_that_was_touched_is_found(town: Database, rules: CountyRules, statement: str) -> None:
    break_in(town, statement)
    assert found(town, rules) == {("registers", None)}


@pytest.mark.parametrize(
    ("table", "column"),
    [("cases", "number"), ("cases", "client_ref"), ("complainants", "receipt_digest"), ("notices", "key")],
)
def test_what_must_be_unique_and_is_not_is_found(
    town: Database, rules: CountyRules, a_case: Make, table: str, column: str
) -> None:
    a_case("assigned")
    a_case("assigned")
    if town.is_sqlite:  # a constraint cannot be dropped there, but a table can be made anew without any
        lifted = [
            f"CREATE TABLE aside AS SELECT * FROM {table}",
            f"DROP TABLE {table}",
            f"CREATE TABLE {table} AS SELECT * FROM aside",
        ]
    else:
        lifted = [f"ALTER TABLE {table} DROP CONSTRAINT uq_{table}_{column}"]
    break_in(town, *lifted, f"UPDATE {table} SET {column} = (SELECT min({column}) FROM {table})")
    assert f"unique: {table}.{column}" in details(town, rules)


def test_a_key_that_is_lost_is_named(town: Database, rules: CountyRules, a_case: Make) -> None:
    case = a_case("received")
    with town.reading() as session:
        lost = rules.with_services(chain=Chain("new", {"new": b"another key"}))
        told = {(one.rule, one.case) for one in verify(session, rules=lost)}
    assert ("chain", case.number) in told


def test_an_older_key_still_verifies(town: Database, rules: CountyRules, a_case: Make) -> None:
    a_case("received")
    keys = {**rules.services.chain.keys, "new": b"another key"}
    assert findings(town, rules.with_services(chain=Chain("new", keys))) == []
