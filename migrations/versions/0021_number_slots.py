"""Keep a third of the serials back for matters that name somebody (docs/decisions/0049).

What was given out stays as it is: without a key, the slots begin above the last serial.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

COLUMNS = (
    sa.Column("begins_at", sa.Integer, nullable=False, server_default="1"),
    sa.Column("slot_key", sa.String),
)
ROWS = sa.text("SELECT village_id, year, begins_at, value FROM number_serials WHERE slot_key IS NOT NULL")
NUMBERS = sa.text("SELECT number FROM cases WHERE village_id = :village_id AND number LIKE :year")
SET = sa.text("UPDATE number_serials SET value = :last WHERE village_id = :village_id AND year = :year")


def upgrade() -> None:
    """Add what the slots are decided by; it is filled with the next number of each village and year."""
    for column in COLUMNS:
        op.add_column("number_serials", column)


def downgrade() -> None:
    """Go on above the highest serial that a case has."""
    connection = op.get_bind()
    for row in connection.execute(ROWS).all():
        given = connection.scalars(NUMBERS, {"village_id": row.village_id, "year": f"%-{row.year}-%"})
        serials = [int(number.rpartition("-")[2]) for number in given]
        last = max([row.begins_at + row.value - 1, *serials])
        connection.execute(SET, {"last": last, "village_id": row.village_id, "year": row.year})
    for column in COLUMNS:
        op.drop_column("number_serials", column.name)
