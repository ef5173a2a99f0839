"""Make the tables of what is counted in advance, and three indexes; every case there is waits to be counted.

A trigger writes down the case of every entry of a history, for without an entry nothing of a case changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

COUNTS = (
    "received",
    "answered",
    "resolved",
    "open",
    "at_work",
    "overdue",
    "under_way",
    "judged",
    "on_time",
    "rated",
    "content",
)
#: The newest words of each category, what a unit has, and the replies that it owes.
FURTHER = {
    "ix_cases_village_category": ["village_id", "category", "received_at", "id"],
    "ix_cases_owner_received": ["owner_id", "received_at", "id"],
    "ix_cases_reply_owner": ["reply_owner_id", "reply_due_on"],
}
OWNED = sa.text("owner_id IS NOT NULL")
GUARD = "history_is_untallied"
ON_SQLITE = (
    f"""CREATE TRIGGER {GUARD} AFTER INSERT ON history
BEGIN
    INSERT INTO untallied (case_id) VALUES (NEW.case_id);
END""",
)
FUNCTION = "note_untallied"
ON_POSTGRESQL = (
    f"""CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO untallied (case_id) VALUES (NEW.case_id);
    RETURN NULL;
END $$""",
    f"CREATE TRIGGER {GUARD} AFTER INSERT ON history FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()",
)


def upgrade() -> None:
    """Make the tables and the trigger."""
    op.create_table(
        "tallied_cases",
        sa.Column("case_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("village_id", sa.Integer, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("answered_on", sa.Date),
        sa.Column("late_after", sa.Date),
        sa.Column("judged_after", sa.Date),
        *_counts(),
        sa.PrimaryKeyConstraint("case_id", name="pk_tallied_cases"),
    )
    for name, column in (("late", "late_after"), ("judged", "judged_after")):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_tallied_cases_{name}", "tallied_cases", [column], sqlite_where=there, postgresql_where=there
        )
    op.create_table(
        "tallies",
        sa.Column("village_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("category", sa.String, nullable=False),
        *_counts(),
        sa.PrimaryKeyConstraint("village_id", "category", name="pk_tallies"),
    )
    op.create_table(
        "daily_tallies",
        sa.Column("village_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("received", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("village_id", "day", name="pk_daily_tallies"),
    )
    op.create_table(
        "untallied",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_untallied"),
    )
    op.create_index("ix_untallied_case_id", "untallied", ["case_id"])
    for name, columns in FURTHER.items():
        condition = OWNED if columns[0] == "owner_id" else None
        op.create_index(name, "cases", columns, sqlite_where=condition, postgresql_where=condition)
    op.execute(sa.text("INSERT INTO untallied (case_id) SELECT id FROM cases ORDER BY id"))
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in ON_SQLITE if on_sqlite else ON_POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Take it all away; nothing is lost that does not follow from the cases."""
    for name in FURTHER:
        op.drop_index(name, "cases")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(f"DROP TRIGGER {GUARD} ON history"))
        op.execute(sa.text(f"DROP FUNCTION {FUNCTION}()"))
    else:
        op.execute(sa.text(f"DROP TRIGGER {GUARD}"))
    for table in ("untallied", "daily_tallies", "tallies", "tallied_cases"):
        op.drop_table(table)


def _counts() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in COUNTS]
