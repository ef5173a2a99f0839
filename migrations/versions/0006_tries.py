"""Make the table in which tries are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tries",
        sa.Column("limit", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("limit", "subject", name="pk_tries"),
        sa.CheckConstraint("count > 0", name=op.f("ck_tries_counted")),
        sa.CheckConstraint("length(subject) BETWEEN 1 AND 100", name=op.f("ck_tries_subject_length")),
    )
    op.create_index("ix_tries_since", "tries", ["since"])


def downgrade() -> None:
    """Take the table away; what it counted is worth nothing a day later."""
    op.drop_table("tries")
