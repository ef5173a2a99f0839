"""Change the database as its owner can, with every guard and key switched off: the one whom verify is for."""

from typing import Any

from sqlalchemy import Connection, text

from cases.configuration.case_rules import CaseRules
from cases.verification.verify import Finding, verify
from core.persistence.db import Database

CHECKS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""


def break_in(db: Database, *statements: str, **values: Any) -> None:
    """Run statements without triggers, keys and checks; the triggers are back afterwards, as if untouched."""
    with db.engine.connect() as connection:
        triggers = _open_sqlite(connection) if db.is_sqlite else _open_postgresql(connection)
        for statement in statements:
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), named)
        for trigger in triggers:
            connection.exec_driver_sql(trigger)
        connection.commit()
        connection.invalidate()  # what was switched off stays off for this connection alone


def _open_sqlite(connection: Connection) -> list[str]:
    """Switch everything off and give the triggers to be put back."""
    connection.exec_driver_sql("COMMIT")  # keys can be switched outside of a transaction only
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [sql for _, sql in triggers]


def _open_postgresql(connection: Connection) -> list[str]:
    """Switch triggers and keys off for this connection and take the checks away."""
    connection.execute(text("SET session_replication_role = replica"))
    for statement in connection.scalars(text(CHECKS)).all():
        connection.exec_driver_sql(statement)
    return []


def findings(db: Database, rules: CaseRules, **options: Any) -> list[Finding]:
    """Give what verify finds."""
    with db.reading() as session:
        return list(verify(session, rules=rules, **options))


def found(db: Database, rules: CaseRules, **options: Any) -> set[tuple[str, str | None]]:
    """Give the rules that verify finds broken, each with its case."""
    return {(one.rule, one.case) for one in findings(db, rules, **options)}
