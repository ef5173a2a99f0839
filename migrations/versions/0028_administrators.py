"""Make the table of what waits for a second administrator, and room for when a password was chosen.

Of passwords that are there already nobody knows when; in the stricter profile they count from the day on
which the account was made (docs/decisions/0055).
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
TABLE = "user_proposals"
OPEN = sa.text("ended_at IS NULL")
CHECKS = {
    "act": "act IN ('roles', 'password')",
    "roles_of_roles": "(act = 'roles') = (roles IS NOT NULL AND before IS NOT NULL)",
    "expires_after_proposal": "expires_at > proposed_at",
    "ended_with_outcome": "(ended_at IS NULL) = (outcome IS NULL)",
    "outcome": "outcome IS NULL OR outcome IN ('confirmed', 'refused', 'withdrawn', 'replaced')",
    "confirmed_by_another": "outcome IS NULL OR outcome <> 'confirmed' OR ended_by_id IS NULL"
    " OR (ended_by_id <> proposed_by_id AND ended_by_id <> user_id)",
}


def upgrade() -> None:
    """Make the table; of one user one proposal of a kind is open at a time."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("roles", sa.JSON(none_as_null=True)),
        sa.Column("before", sa.JSON(none_as_null=True)),
        sa.Column("proposed_by_id", sa.Integer, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by_id", sa.Integer),
        sa.Column("outcome", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_user_proposals"),
        *(sa.CheckConstraint(said, name=op.f(f"ck_{TABLE}_{name}")) for name, said in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], ["users.id"], name=f"fk_{TABLE}_{column}")
            for column in ("user_id", "proposed_by_id", "ended_by_id")
        ),
    )
    op.create_index(
        "uq_user_proposals_open",
        TABLE,
        ["user_id", "act"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "used_passwords",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("password_hash", sa.String, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_used_passwords"),
        sa.CheckConstraint(
            "password_hash LIKE '$argon2id$%'", name=op.f("ck_used_passwords_password_hash_is_argon2id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_used_passwords_user_id"),
    )
    op.create_index("ix_used_passwords_user", "used_passwords", ["user_id", "id"])
    op.add_column("users", sa.Column("password_set_at", MOMENT))


def downgrade() -> None:
    """Take all of it away; what was agreed to stands in the history of the users."""
    op.drop_column("users", "password_set_at")
    op.drop_table("used_passwords")
    op.drop_table(TABLE)
