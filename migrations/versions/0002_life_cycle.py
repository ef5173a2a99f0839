"""Make the tables of what cases run by: definitions, working days, numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What these point to, as far as the keys need it.
sa.Table("areas", metadata, sa.Column("id", sa.Integer))
POINTED_TO = frozenset(metadata.tables)

sa.Table(
    "calendar_days",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("working", sa.Boolean, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False),
)

sa.Table(
    "calendar_years",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("notice", sa.String, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
)

sa.Table(
    "workflow_definitions",
    metadata,
    sa.Column("hash", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", sa.String, nullable=False),
    sa.Column("adopted_at", MOMENT, nullable=False),
)

sa.Table(
    "number_serials",
    metadata,
    sa.Column("village_id", sa.Integer, sa.ForeignKey("areas.id"), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)

sa.Table(
    "workflow_states",
    metadata,
    sa.Column("hash", sa.String, sa.ForeignKey("workflow_definitions.hash"), primary_key=True),
    sa.Column("state", sa.String, primary_key=True),
    sa.Column("final", sa.Boolean, nullable=False),
    sa.Column("answered", sa.Boolean, nullable=False),
    sa.UniqueConstraint("hash", "state", "final"),
)

sa.Table(
    "workflow_steps",
    metadata,
    sa.Column("hash", sa.String, sa.ForeignKey("workflow_definitions.hash"), primary_key=True),
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("target", sa.String, primary_key=True),
)

TABLES = [table for table in metadata.sorted_tables if table.name not in POINTED_TO]


def upgrade() -> None:
    """Make the tables."""
    metadata.create_all(op.get_bind(), tables=TABLES, checkfirst=False)


def downgrade() -> None:
    """Take the tables away."""
    metadata.drop_all(op.get_bind(), tables=TABLES, checkfirst=False)
