"""Guard what must never happen to a case, with triggers on both databases.

The statements stand in `migrations/guards`. A later migration that rebuilds a guarded table takes its guards
away first and puts them back, for a table's triggers go with it.
"""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

GUARDS = Path(__file__).resolve().parent.parent / "guards"

#: Rows that stay for ever. A table with True also refuses to change them.
KEPT = {
    "cases": False,
    "rounds": False,
    "clocks": False,
    "complainants": False,
    "written_reports": False,
    "case_named": False,
    "number_serials": False,
    "history": True,
    "heads": True,
    "register_history": True,
    "replies": True,
    "return_visits": True,
    "unreachable_records": True,
    "reminders": True,
    "case_owners": True,
    "case_notes": True,
    "workflow_definitions": True,
    "workflow_states": True,
    "workflow_steps": True,
    "pinned_settings": True,
}


def upgrade() -> None:
    """Put the guards up."""
    connection = op.get_bind()
    cursor = connection.connection.cursor()
    dialect = connection.dialect.name
    for statement in _statements(dialect):
        cursor.execute(statement)
    for table, fixed in KEPT.items():
        for statement in _keep(dialect, table, fixed):
            cursor.execute(statement)


def downgrade() -> None:
    """Take the guards down."""
    dialect = op.get_bind().dialect.name
    written = "".join(_statements(dialect))
    for name, table in re.findall(r"CREATE TRIGGER (\w+) (?:BEFORE|AFTER)[^;]*?\bON (\w+)", written):
        _drop(dialect, name, table)
    for table, fixed in KEPT.items():
        for name in _names(dialect, table, fixed):
            _drop(dialect, name, table)
    for name, arguments in re.findall(r"CREATE FUNCTION (\w+)\((?:\w+ )?(\w*)\)", written):
        op.execute(f"DROP FUNCTION {name}({arguments})")
    op.execute("DROP VIEW unanswered_complainants")


def _statements(dialect: str) -> Iterator[str]:
    """Give the statements of a file one by one; only SQLite's driver needs them apart."""
    written = (GUARDS / f"0005_{dialect}.sql").read_text(encoding="utf-8")
    if dialect != "sqlite":
        yield written
        return
    statement = ""
    for line in written.splitlines(keepends=True):
        statement += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _names(dialect: str, table: str, fixed: bool) -> Iterator[str]:
    yield f"{table}_stay"
    if fixed:
        yield f"{table}_never_change"
    if dialect == "postgresql":
        yield f"{table}_are_not_truncated"


def _keep(dialect: str, table: str, fixed: bool) -> Iterator[str]:
    code = f"{table}_is_kept"
    if dialect == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{code}'); END"
        yield f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} {refuse}"
        if fixed:
            yield f"CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table} {refuse}"
        return
    refuse = f"EXECUTE FUNCTION guard_refuse('{code}')"
    yield f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} FOR EACH ROW {refuse}"
    yield f"CREATE TRIGGER {table}_are_not_truncated BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
    if fixed:
        yield f"CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table} FOR EACH ROW {refuse}"


def _drop(dialect: str, name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if dialect == "postgresql" else ""))
