"""Make the table of names that somebody wrote down for whom a matter is about, until they are settled.

And the columns of the outcomes among what is counted in advance; every case there is waits to be counted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
TABLE = "case_named_words"
OPEN = sa.text("settled_at IS NULL")
CODE = f"{TABLE}_is_kept"
OUTCOMES = (
    "solved",
    "partly_solved",
    "planned",
    "explained",
    "referred",
    "rejected",
    "unreachable",
    "undecided",
)


def upgrade() -> None:
    """Make the table, whose rows stay for ever, and the columns."""
    for counted in ("tallied_cases", "tallies"):
        for outcome in OUTCOMES:
            column = sa.Column(f"outcome_{outcome}", sa.Integer, nullable=False, server_default=sa.text("0"))
            op.add_column(counted, column)
    op.execute(sa.text("INSERT INTO untallied (case_id) SELECT id FROM cases ORDER BY id"))
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_case_named_words"),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_case_named_words_words_present")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_named_words_case_id"),
    )
    op.create_index("ix_case_named_words_case_id", TABLE, ["case_id"])
    op.create_index("ix_case_named_words_open", TABLE, ["case_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {TABLE}_stay BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{CODE}'); END"
        )
        return
    refuse = f"EXECUTE FUNCTION guard_refuse('{CODE}')"
    op.execute(f"CREATE TRIGGER {TABLE}_stay BEFORE DELETE ON {TABLE} FOR EACH ROW {refuse}")
    op.execute(
        f"CREATE TRIGGER {TABLE}_are_not_truncated BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT {refuse}"
    )


def downgrade() -> None:
    """Take the table away, and the names in it; what is counted follows from the cases."""
    op.drop_table(TABLE)
    for counted in ("tallied_cases", "tallies"):
        for outcome in OUTCOMES:
            op.drop_column(counted, f"outcome_{outcome}")
