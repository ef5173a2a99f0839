"""Change the database as its owner can, with every guard and key switched off: the one whom verify is for."""

from collections.abc import Mapping
from typing import Any

from psycopg.errors import CheckViolation
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from cases.configuration.case_rules import CountyRules
from cases.verification.verify import Finding, verify
from core.persistence.db import Database
from tests.english import in_english


def break_in(db: Database, *statements: str, **values: Any) -> None:
    """Run statements without triggers, keys and checks; the triggers are back afterwards, as if untouched."""
    with db.engine.connect() as connection:
        triggers = _open_sqlite(connection) if db.is_sqlite else _open_postgresql(connection)
        for statement in statements:
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            _force(connection, statement, named)
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
    """Switch triggers and keys off for this connection."""
    connection.execute(text("SET session_replication_role = replica"))
    return []


def _force(connection: Connection, statement: str, values: Mapping[str, Any]) -> None:
    """Run a statement, and take away each check that refuses it.

    The others stay: a database whose constraints are what they were is soon ready for the next test.
    """
    while True:
        before = connection.begin_nested()
        try:
            connection.execute(text(statement), values)
        except IntegrityError as error:
            before.rollback()
            if not isinstance(error.orig, CheckViolation):
                raise
            refused = error.orig.diag
            connection.exec_driver_sql(
                f'ALTER TABLE "{refused.table_name}" DROP CONSTRAINT "{refused.constraint_name}"'
            )
        else:
            before.commit()
            return


def findings(db: Database, rules: CountyRules, **options: Any) -> list[Finding]:
    """Return what verify finds."""
    with db.reading() as session:
        return list(verify(session, rules=rules, **options))


def details(db: Database, rules: CountyRules, **options: Any) -> str:
    """Return in English what verify finds wrong, with the rule that is broken, one a line."""
    return "\n".join(f"{one.rule}: {in_english(one.detail)}" for one in findings(db, rules, **options))


def found(db: Database, rules: CountyRules, **options: Any) -> set[tuple[str, str | None]]:
    """Return the rules that verify finds broken, each with its case."""
    return {(one.rule, one.case) for one in findings(db, rules, **options)}
