"""Make the table of the units that people were in before, and fill it from the history of the users.

What named a unit while somebody was in it stays hidden from them when they are moved (domain.md section 1).
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
TABLE = "former_members"
#: The entries that say where somebody was before, and where afterwards; times as each database keeps them.
CHANGES = "SELECT subject_id, facts, recorded_at FROM register_history WHERE subject_kind = 'user'"
INSERT = f"INSERT INTO {TABLE} (user_id, unit_id, left_at) VALUES (:user_id, :unit_id, :left_at)"


def upgrade() -> None:
    """Make it; who was moved by an earlier version stands in it as well."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("left_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_former_members"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_former_members_user_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_former_members_unit_id"),
    )
    op.create_index("ix_former_members_user", TABLE, ["user_id", "unit_id"])
    op.create_index("ix_former_members_unit", TABLE, ["unit_id"])
    bind = op.get_bind()
    units = {code: unit_id for unit_id, code in bind.execute(sa.text("SELECT id, code FROM units"))}
    for user_id, stored, moment in bind.execute(sa.text(f"{CHANGES} AND action = 'changed'")).all():
        facts = json.loads(stored) if isinstance(stored, str) else stored
        before = facts["unit"][0] if "unit" in facts else None
        if before in units:
            moved = {"user_id": int(user_id), "unit_id": units[before], "left_at": moment}
            bind.execute(sa.text(INSERT), moved)


def downgrade() -> None:
    """Take it away; the history of the users still says where they were."""
    op.drop_table(TABLE)
