"""Make the table in which is counted what a user does in a day (docs/decisions/0054)."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "quota_counts",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("quota", sa.String, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "user_id", "quota", name="pk_quota_counts"),
        sa.CheckConstraint("count >= 0 AND refused >= 0", name=op.f("ck_quota_counts_counted")),
        sa.CheckConstraint("length(quota) BETWEEN 1 AND 40", name=op.f("ck_quota_counts_quota_length")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_quota_counts_user_id"),
    )


def downgrade() -> None:
    """Take the table away; what it counted is worth nothing on the next day."""
    op.drop_table("quota_counts")
