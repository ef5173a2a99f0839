"""Make the tables of who is signed in where, and of second factors."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("secret_hash", sa.String, nullable=False),
        sa.Column("device", sa.String, nullable=False),
        sa.Column("own_device", sa.Boolean, nullable=False),
        sa.Column("half", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.CheckConstraint("length(secret_hash) = 64", name=op.f("ck_sign_ins_secret_hash_whole")),
        sa.CheckConstraint("ends_at > created_at", name=op.f("ck_sign_ins_ends_after_creation")),
        sa.CheckConstraint("length(device) BETWEEN 1 AND 80", name=op.f("ck_sign_ins_device_length")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_ins_user_id"),
        sa.UniqueConstraint("secret_hash", name="uq_sign_ins_secret_hash"),
    )
    op.create_index("ix_sign_ins_user", "sign_ins", ["user_id", "id"])
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("last_step", sa.Integer, nullable=False),
        sa.Column("since", MOMENT),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factors"),
        sa.CheckConstraint("last_step >= 0", name=op.f("ck_second_factors_last_step_not_negative")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_second_factors_user_id"),
    )


def downgrade() -> None:
    """Take the tables away: everybody signs in again, and second factors are set anew."""
    op.drop_table("second_factors")
    op.drop_table("sign_ins")
