"""A database that an earlier program wrote is still found sound, and its life cycles can still be read.

`surface/ledger-of-before.zip.base64` is a folder of data as it was: database, sealed heads and a file. It was
written by `surface_township`; the key is for this test alone and everybody in it is invented.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import app
from cli.main import main
from tests.rules.surface_snapshot import DATABASE, FOLDER, unpack
from tests.rules.surface_township import environment
from workflow.definition.reader import BadDefinition, parse

#: The life cycles that installations may hold, with the hash under which cases name them.
DEFINITIONS = {
    "workflow-1-first.toml": (1, "ad618a77302593854c6386fb63027d5ba4ab2eae17e4ffb9054aa4f26103aeb8"),
    "workflow-1.toml": (1, "d7c13c2f6d76f1d31267167daca2a55a35e0bb78285de8d00d5fca574fab5475"),
    "workflow-2.toml": (2, "63a8913a09c7627f1577a1194aff6156e4f7560b702b5a27128657325f1c61ca"),
}
HASHES = "SELECT version, hash FROM workflow_definitions ORDER BY version"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the ledger of before."""
    unpack(tmp_path)

    def command(*argv: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(argv, assemble=app.assemble, create_app=app.create_app, environ=environment(tmp_path))
        return code, capsys.readouterr().out

    assert command("db", "upgrade")[0] == 0
    return command


def findings(run: Run) -> tuple[int, set[str]]:
    code, said = run("verify", "--json")
    return code, {one["rule"] for one in json.loads(said)["findings"]}


def test_the_ledger_of_before_verifies_today(run: Run) -> None:
    assert findings(run) == (0, set())


def test_after_the_upgrade_nobody_of_the_ledger_of_before_stands_in_its_files(
    run: Run, tmp_path: Path
) -> None:
    (copy,) = tmp_path.glob(f"{DATABASE}.before-*")
    told = [one.encode() for one in ("14000000002", "覃某", "向某", "田老根")]
    assert all(one in copy.read_bytes() for one in told)
    files = [place for place in tmp_path.rglob("*") if place.is_file() and place != copy]
    assert [place for place in files if any(one in place.read_bytes() for one in told)] == []
    code, said = run("check")
    assert (code, copy.name in said) == (0, True)


def test_the_ledger_of_before_holds_what_a_ledger_can_hold(run: Run, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        actions = {row[0] for row in connection.execute("SELECT action FROM history")}
        imported = connection.execute("SELECT count(*) FROM cases WHERE imported").fetchone()[0]
        versions = {row[0] for row in connection.execute(HASHES)}
    assert {"absorb", "amend", "attach", "merge", "raise", "recalculated", "release", "reopen"} <= actions
    assert (imported, {1, 2} <= versions) == (2, True)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE cases SET category = 'other' WHERE id = 1", "case_row"),
        ("UPDATE users SET name = '别人' WHERE id = 1", "registers"),
        ("UPDATE replies SET text = '没有说过' WHERE id = 1", "words_told"),
        ("UPDATE heads SET entries = entries + 1", "heads"),
    ],
)
def test_a_planted_change_of_the_ledger_of_before_is_found(
    run: Run, tmp_path: Path, statement: str, rule: str
) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        bodies = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement)
        for (body,) in bodies:
            connection.execute(body)
    code, rules = findings(run)
    assert (code, rule in rules) == (1, True), rules


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_life_cycle_of_before_is_read_under_its_own_hash(name: str) -> None:
    body = (FOLDER / name).read_text(encoding="utf-8")
    loaded = parse(body, name)
    assert (loaded.version, loaded.hash) == DEFINITIONS[name]


def test_a_stored_life_cycle_is_the_one_that_was_kept_here(run: Run, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        stored = connection.execute(HASHES).fetchall()
    assert stored[:2] == [DEFINITIONS["workflow-1.toml"], DEFINITIONS["workflow-2.toml"]]


def test_a_life_cycle_that_cannot_be_read_is_refused() -> None:
    body = (FOLDER / "workflow-2.toml").read_text(encoding="utf-8")
    with pytest.raises(BadDefinition, match="这个关系代码"):
        parse(body.replace('"not_handler"', '"not_a_handler"'), "workflow.toml")
