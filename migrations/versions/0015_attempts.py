"""Make the table of failed attempts, room for requests and words, and allow two more clocks.

Two checks become wider, which takes nothing from a program that knows the narrower ones: a clock may be one
of those of planned matters, and the unit that owes the replies may handle a matter where no other could owe
them. On SQLite the text of a table says its checks; it is changed in place, so that no row or guard moves.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
TABLE = "contact_attempts"
OWE = f"{TABLE}_owe_an_entry"
ON_SQLITE = (
    f"""CREATE TRIGGER {OWE} AFTER INSERT ON {TABLE}
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END""",
    f"""CREATE TRIGGER {TABLE}_stay BEFORE DELETE ON {TABLE}
BEGIN SELECT RAISE(ABORT, '{TABLE}_is_kept'); END""",
    f"""CREATE TRIGGER {TABLE}_never_change BEFORE UPDATE ON {TABLE}
BEGIN SELECT RAISE(ABORT, '{TABLE}_is_kept'); END""",
)
ON_POSTGRESQL = (
    f"CREATE TRIGGER {OWE} AFTER INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION guard_part_owes()",
    f"CREATE TRIGGER {TABLE}_stay BEFORE DELETE ON {TABLE}"
    f" FOR EACH ROW EXECUTE FUNCTION guard_refuse('{TABLE}_is_kept')",
    f"CREATE TRIGGER {TABLE}_are_not_truncated BEFORE TRUNCATE ON {TABLE}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION guard_refuse('{TABLE}_is_kept')",
    f"CREATE TRIGGER {TABLE}_never_change BEFORE UPDATE ON {TABLE}"
    f" FOR EACH ROW EXECUTE FUNCTION guard_refuse('{TABLE}_is_kept')",
)
CLOCK = "ck_clocks_clock"
NARROW = "clock IN ('triage', 'accept', 'handling', 'reply', 'return')"
WIDE = "clock IN ('triage', 'accept', 'handling', 'reply', 'return', 'promise', 'word')"
PLANNED = "DELETE FROM clocks WHERE clock IN ('promise', 'word')"
HANDLER = "ck_cases_handler_is_not_reply_owner"
APART = "state NOT IN ('assigned', 'escalated') OR (owner_id IS NOT NULL AND owner_id <> reply_owner_id)"
OWNED = "state NOT IN ('assigned', 'escalated') OR owner_id IS NOT NULL"


def upgrade() -> None:
    """Make the table, the columns and the wider checks."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("complainant_id", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("stands_for", sa.String, nullable=False),
        sa.Column("mode", sa.String, nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("by_id", sa.Integer),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.CheckConstraint("stands_for IN ('reply', 'visit')", name=op.f(f"ck_{TABLE}_stands_for")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=f"fk_{TABLE}_case_id"),
        sa.ForeignKeyConstraint(["complainant_id"], ["complainants.id"], name=f"fk_{TABLE}_complainant_id"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=f"fk_{TABLE}_by_id"),
    )
    op.create_index(f"ix_{TABLE}_case_id", TABLE, ["case_id"])
    op.create_index(f"ix_{TABLE}_complainant_id", TABLE, ["complainant_id"])
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in ON_SQLITE if on_sqlite else ON_POSTGRESQL:
        op.execute(sa.text(statement))
    op.add_column("rounds", sa.Column("suspend_request", sa.JSON(none_as_null=True)))
    often = sa.text("returns >= 2")
    op.create_index("ix_rounds_returned", "rounds", ["case_id"], sqlite_where=often, postgresql_where=often)
    op.add_column("unreachable_records", sa.Column("text", sa.String))
    _set_check("clocks", CLOCK, NARROW, WIDE)
    _set_check("cases", HANDLER, APART, OWNED)


def downgrade() -> None:
    """Take it away again, and with it the attempts and the clocks of planned matters.

    A matter that is handled by the unit that owes its replies cannot stand in the older schema.
    """
    _set_check("cases", HANDLER, OWNED, APART)
    _delete_planned()
    _set_check("clocks", CLOCK, WIDE, NARROW)
    op.drop_column("unreachable_records", "text")
    op.drop_index("ix_rounds_returned", "rounds")
    op.drop_column("rounds", "suspend_request")
    op.drop_table(TABLE)


def _set_check(table: str, name: str, before: str, after: str) -> None:
    """Let a check of a table say something else."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        op.execute(sa.text(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({after})"))
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
        (before, after, table),
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"no table {table}")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _delete_planned() -> None:
    """Delete the clocks that the older schema does not know, past the guard that keeps clocks."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        for statement in ("DISABLE TRIGGER USER", "ENABLE TRIGGER USER"):
            op.execute(sa.text(f"ALTER TABLE clocks {statement}"))
            if statement.startswith("DISABLE"):
                op.execute(sa.text(PLANNED))
        return
    guard = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE name = 'clocks_stay'"
    ).scalar_one()
    connection.exec_driver_sql("DROP TRIGGER clocks_stay")
    connection.exec_driver_sql(PLANNED)
    connection.exec_driver_sql(guard)
