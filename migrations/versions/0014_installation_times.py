"""Make the tables of what came in while a gap in the clock was accepted, and a sum of what is looked after.

Imported history that nobody has acted on is open, and no longer among what may be overdue: such cases wait to
be counted anew, all others count as they did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
COUNTED = ("tallied_cases", "tallies")
TABLES = ("late_entries", "late_seals")


def upgrade() -> None:
    """Make the tables and put their guards up: rows stay for ever as they are."""
    op.create_table(
        "late_entries",
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("gap", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_late_entries"),
        sa.ForeignKeyConstraint(
            ["case_id", "seq"], ["history.case_id", "history.seq"], name="fk_late_entries_case_id_seq"
        ),
    )
    op.create_table(
        "late_seals",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("gap", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("prev_hash", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_late_seals"),
        sa.UniqueConstraint("gap", "day", name="uq_late_seals_gap_day"),
        sa.UniqueConstraint("hash", name="uq_late_seals_hash"),
    )
    op.create_table(
        "verification_runs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("run_at", MOMENT, nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("looked_at", sa.Integer, nullable=False),
        sa.Column("found", sa.Integer, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verification_runs"),
        sa.CheckConstraint(
            "looked_at >= 0 AND found >= 0", name=op.f("ck_verification_runs_counts_not_negative")
        ),
    )
    for table in COUNTED:
        op.add_column(table, sa.Column("taken_up", sa.Integer, nullable=False, server_default=sa.text("0")))
        op.execute(sa.text(f"UPDATE {table} SET taken_up = open"))
    op.execute(
        sa.text(
            "INSERT INTO untallied (case_id) SELECT id FROM cases WHERE imported AND NOT final ORDER BY id"
        )
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for statement in _on_sqlite(table) if on_sqlite else _on_postgresql(table):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Take the tables away; their guards go with them, and so does the mark of what came late."""
    for table in COUNTED:
        op.drop_column(table, "taken_up")
    for table in (*TABLES, "verification_runs"):
        op.drop_table(table)


def _on_sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}_is_kept'); END"
    return [
        f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table} {refuse}",
    ]


def _on_postgresql(table: str) -> list[str]:
    refuse = f"EXECUTE FUNCTION guard_refuse('{table}_is_kept')"
    return [
        f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_are_not_truncated BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        f"CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table} FOR EACH ROW {refuse}",
    ]
