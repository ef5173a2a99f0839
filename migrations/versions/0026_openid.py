"""Make the table of who is who at the provider, and room for its proof in a sign-in (docs/decisions/0053)."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
COLUMNS = (
    sa.Column("provider_proof", sa.LargeBinary),
    sa.Column("provider_strong", sa.Boolean),
    sa.Column("proved_at", MOMENT),
)


def upgrade() -> None:
    """Add both."""
    op.create_table(
        "openid_bindings",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("issuer", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_openid_bindings"),
        sa.UniqueConstraint("issuer", "subject", name="uq_openid_bindings_issuer_subject"),
        sa.CheckConstraint(
            "length(subject) BETWEEN 1 AND 255", name=op.f("ck_openid_bindings_subject_length")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_openid_bindings_user_id"),
    )
    for column in COLUMNS:
        op.add_column("sign_ins", column)


def downgrade() -> None:
    """Take both away; whoever has no password here is given one by an administrator."""
    for column in COLUMNS:
        op.drop_column("sign_ins", column.name)
    op.drop_table("openid_bindings")
