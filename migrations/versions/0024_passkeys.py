"""Make the table of passkeys, and room for the question that a sign-in was asked (docs/decisions/0048)."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
COLUMNS = (sa.Column("challenge", sa.LargeBinary), sa.Column("challenge_until", MOMENT))


def upgrade() -> None:
    """Add both."""
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("credential_id", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkeys_sign_count_not_negative")),
        sa.CheckConstraint("length(label) BETWEEN 1 AND 80", name=op.f("ck_passkeys_label_length")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_passkeys_user_id"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_index("ix_passkeys_user", "passkeys", ["user_id", "id"])
    for column in COLUMNS:
        op.add_column("sign_ins", column)


def downgrade() -> None:
    """Take both away; whoever had a passkey alone signs in by the password."""
    for column in COLUMNS:
        op.drop_column("sign_ins", column.name)
    op.drop_table("passkeys")
