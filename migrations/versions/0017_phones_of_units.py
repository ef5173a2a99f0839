"""Give units a telephone for villagers."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0013"


def upgrade() -> None:
    """Add the column; it stays empty until somebody enters one."""
    op.add_column("units", sa.Column("phone", sa.String))


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("units", "phone")
