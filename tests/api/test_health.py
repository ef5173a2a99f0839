"""Readiness proves that writing works, that the schema is new enough and that there is room."""

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from api.application import create
from cases.configuration.case_rules import CountyRules
from cli.framework.error_messages import SENTENCES
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import NOW, Clock
from tests.rules.sources import name, product, tree
from wsgi.error_messages import PROBLEMS, REGISTERS
from wsgi.models import Heartbeat


def test_the_process_answers(app: Flask) -> None:
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_readiness_commits_a_heartbeat(app: Flask, town: Database) -> None:
    assert app.test_client().get("/readyz").json == {"status": "ready"}
    with town.reading() as session:
        assert session.scalars(select(Heartbeat.beat_at)).one() == NOW


def test_the_heartbeat_is_written_at_most_every_five_seconds(
    app: Flask, town: Database, clock: Clock
) -> None:
    seen = []
    for seconds in (0, 4, 5, 9, 10):
        clock.moment = NOW + timedelta(seconds=seconds)
        app.test_client().get("/readyz")
        with town.reading() as session:
            seen.append((session.scalars(select(Heartbeat.beat_at)).one() - NOW).seconds)
    assert seen == [0, 0, 5, 5, 10]


def test_without_room_on_the_disk_it_is_not_ready(
    town: Database, rules: CountyRules, settings: Settings, clock: Clock
) -> None:
    greedy = replace(settings, least_free_mb=2**60)
    answer = create(db=town, rules=rules, settings=greedy, now=clock).test_client().get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert ((answer.json or {})["facts"], "Retry-After" in answer.headers) == (
        {"reason": "disk_nearly_full"},
        True,
    )


def test_with_a_migration_missing_it_is_not_ready(app: Flask, town: Database) -> None:
    with town.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, (answer.json or {})["facts"]) == (503, {"reason": "migration_pending"})


def test_when_nothing_can_be_written_it_is_not_ready_and_recovers_by_itself(
    app: Flask, town: Database, clock: Clock
) -> None:
    with town.transaction() as session:
        session.execute(text("ALTER TABLE heartbeats RENAME TO heartbeats_aside"))
    broken = app.test_client().get("/readyz")
    assert (broken.status_code, (broken.json or {})["facts"]) == (503, {"reason": "database_not_writable"})
    with town.transaction() as session:
        session.execute(text("ALTER TABLE heartbeats_aside RENAME TO heartbeats"))
    clock.moment = NOW + timedelta(seconds=5)
    assert app.test_client().get("/readyz").status_code == 200


def test_asking_for_life_touches_no_database(app: Flask, town: Database) -> None:
    def fail(*_: object) -> None:
        pytest.fail("the database was asked")

    event.listen(town.engine, "before_cursor_execute", fail)
    try:
        assert app.test_client().get("/healthz").status_code == 200
    finally:
        event.remove(town.engine, "before_cursor_execute", fail)


def test_the_description_tells_of_both_questions_and_of_every_code_of_a_problem(app: Flask) -> None:
    told = app.test_client().get("/api/v1/openapi.json").json
    assert told is not None
    for path in ("/healthz", "/readyz"):
        operation = told["paths"][path]["get"]
        assert operation["security"] == []
        shape = operation["responses"]["200"]["content"]["application/json"]["schema"]
        answer = app.test_client().get(path).json
        assert answer is not None
        assert answer["status"] in shape["properties"]["status"]["enum"]
    code = told["components"]["schemas"]["ProblemDetails"]["properties"]["code"]
    assert code["enum"] == sorted(PROBLEMS)


def test_the_guide_names_every_code_of_a_problem() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    rows = [line for line in guide.splitlines() if re.match(r"\| [45]\d\d", line)]
    named = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row.split("|")[2])}
    assert named == set(PROBLEMS)


#: Refusals of commands and pages, which no call of the interface gives.
ELSEWHERE = {"made_with_other_key", "set_up_already", "workflow_strands_cases", "workflow_version_reused"}


def test_every_conflict_that_is_raised_has_words() -> None:
    raised = {
        node.args[0].value
        for place in product()
        if name(place).split("/")[0] in {"api", "cases", "accounts", "roster", "wsgi", "reports", "workflow"}
        for node in ast.walk(tree(place))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Conflict"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert raised - set(PROBLEMS) - set(REGISTERS) - set(SENTENCES) - ELSEWHERE == set()
    assert "action_not_open" in raised
