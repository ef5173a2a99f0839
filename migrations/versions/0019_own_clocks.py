"""Let a case have clocks that its definition alone names.

The check of the clocks' names goes: which there are says the definition of the case, and `verify` asks it. On
SQLite the text of a table says its checks; it is changed in place, so that no row or guard moves.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NAME = "ck_clocks_clock"
NAMED = "clock IN ('triage', 'accept', 'handling', 'reply', 'return', 'promise', 'word')"
ANY = "length(clock) > 0"


def upgrade() -> None:
    """Allow every name."""
    _set_check(NAMED, ANY)


def downgrade() -> None:
    """Allow the names of the program alone; refused while a case has another clock."""
    others = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM clocks WHERE NOT ({NAMED})"))
    if others:
        raise RuntimeError(f"{others} clocks of cases under a definition with clocks of its own")
    _set_check(ANY, NAMED)


def _set_check(before: str, after: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute(sa.text(f"ALTER TABLE clocks DROP CONSTRAINT {NAME}"))
        op.execute(sa.text(f"ALTER TABLE clocks ADD CONSTRAINT {NAME} CHECK ({after})"))
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'clocks'",
        (before, after),
    )
    if changed.rowcount != 1:
        raise RuntimeError("no table clocks")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
