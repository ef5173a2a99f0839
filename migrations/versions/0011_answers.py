"""Make the table of what was answered to the questions of a category, with its guards."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

TABLE = "case_answers"
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


def upgrade() -> None:
    """Make the table and put its guards up."""
    op.create_table(
        TABLE,
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "key", name="pk_case_answers"),
        sa.CheckConstraint("length(key) > 0", name=op.f("ck_case_answers_key_present")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_answers_case_id"),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in ON_SQLITE if on_sqlite else ON_POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Take the table away; its guards go with it, and so do the answers."""
    op.drop_table(TABLE)
