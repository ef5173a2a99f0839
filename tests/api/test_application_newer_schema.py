"""The database was migrated for a newer program, and this one goes on serving meanwhile (threats.md T22)."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.verification.verify import verify
from core.persistence.db import Database
from tests.api.conftest import Caller
from tests.builders import at

#: The tables that this program writes to when it takes a complaint and answers it.
TABLES = "areas units users cases rounds clocks complainants history replies notices deliveries"
ADDED = (
    *(f"ALTER TABLE {table} ADD COLUMN added_later VARCHAR" for table in TABLES.split()),
    "ALTER TABLE cases ADD COLUMN counted_later INTEGER DEFAULT 0 NOT NULL",
    "CREATE INDEX ix_cases_added_later ON cases (added_later)",
    "CREATE TABLE further_things (id INTEGER PRIMARY KEY, case_id INTEGER REFERENCES cases (id))",
    "INSERT INTO further_things (id, case_id) SELECT id, id FROM cases",
    "UPDATE alembic_version SET version_num = '9999'",
)


def test_a_program_goes_on_while_its_database_is_migrated_for_the_next(
    town: Database,
    rules: CountyRules,
    client: FlaskClient,
    call: Callable[[str], Caller],
    submission: Callable[..., dict[str, Any]],
) -> None:
    zuyuan, zuzhang, committee = call("zuyuan"), call("zuzhang"), call("cunwei-sl")
    before = zuyuan.post("/cases", submission()).json["number"]
    assert zuzhang.get(f"/cases/{before}").status_code == 200
    with town.transaction() as session:
        for statement in ADDED:
            session.execute(text(statement))

    assert client.get("/readyz").status_code == 200
    after = zuyuan.post("/cases", submission(client_ref="phone-2")).json["number"]
    for number in (before, after):
        assert zuzhang.act(number, "assign", unit="committee-SL").status_code == 200
        assert committee.act(number, "accept").status_code == 200
        assert committee.get(f"/cases/{number}").json["state"] == "assigned"
    assert {one["number"] for one in zuzhang.get("/cases").json["items"]} == {before, after}
    swept = sweep.sweep(town, rules=rules, now=at("2026-04-20", 10))
    assert (len(swept.fired) > 1, swept.failed) == (True, [])
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []
