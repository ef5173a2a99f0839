"""Make the table of what villagers add to their own words while they wait."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "added_words",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("complainant_id", sa.Integer, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_added_words"),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_added_words_text_present")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_added_words_case_id"),
        sa.ForeignKeyConstraint(
            ["complainant_id"], ["complainants.id"], name="fk_added_words_complainant_id"
        ),
    )
    op.create_index("ix_added_words_case_id", "added_words", ["case_id"])


def downgrade() -> None:
    """Take the table away, and what was added with it."""
    op.drop_table("added_words")
