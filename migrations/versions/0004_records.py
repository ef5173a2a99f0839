"""Make the tables of what was said, sent and filed about a case, and of the daily heads."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

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
sa.Table("cases", metadata, sa.Column("id", sa.Integer))
sa.Table("complainants", metadata, sa.Column("id", sa.Integer))
sa.Table("units", metadata, sa.Column("id", sa.Integer))
sa.Table("users", metadata, sa.Column("id", sa.Integer))
POINTED_TO = frozenset(metadata.tables)

sa.Table(
    "heads",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("prev_hash", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False, unique=True),
    sa.Column("key_id", sa.String, nullable=False),
    sa.Column("sealed_at", MOMENT, nullable=False),
)

sa.Table(
    "attachments",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), index=True),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("media_type", sa.String, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("uploaded_by_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("received_at", MOMENT, nullable=False),
    sa.CheckConstraint("size BETWEEN 1 AND 10485760", name="size_within_limit"),
    sa.CheckConstraint("length(sha256) = 64", name="sha256_whole"),
    sa.CheckConstraint("media_type IN ('image/jpeg', 'image/png', 'application/pdf')", name="media_type"),
    sa.CheckConstraint("length(name) BETWEEN 1 AND 255", name="name_length"),
)

sa.Table(
    "case_notes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("by_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("received_at", MOMENT, nullable=False),
)

sa.Table(
    "reminders",
    metadata,
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("clock", sa.String, primary_key=True),
    sa.Column("cycle", sa.Integer, primary_key=True),
    sa.Column("rung", sa.String, primary_key=True),
    sa.Column("result", sa.String, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("fired_on", sa.Date, nullable=False),
    sa.CheckConstraint("result IN ('fired', 'skipped', 'not_applicable')", name="result"),
    sa.CheckConstraint("rung IN ('remind', 'urge', 'supervise', 'publish', 'raise')", name="rung"),
)

sa.Table(
    "written_reports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("number", sa.String, nullable=False),
    sa.Column("addressee", sa.String, nullable=False),
    sa.Column("to_unit_id", sa.Integer, sa.ForeignKey("units.id"), nullable=False),
    sa.Column("sent_on", sa.Date, nullable=False),
    sa.Column("answered_on", sa.Date),
    sa.CheckConstraint("length(number) > 0", name="number_present"),
)

sa.Table(
    "replies",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("complainant_id", sa.Integer, sa.ForeignKey("complainants.id"), nullable=False, index=True),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("final", sa.Boolean, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("by_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("by_unit_id", sa.Integer, sa.ForeignKey("units.id")),
    sa.Column("said_at", MOMENT, nullable=False),
    sa.Column("received_at", MOMENT, nullable=False),
    sa.CheckConstraint("length(text) > 0", name="text_present"),
    sa.Index("ix_replies_case", "case_id", "id"),
)

sa.Table(
    "return_visits",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("complainant_id", sa.Integer, sa.ForeignKey("complainants.id"), nullable=False, index=True),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("heard", sa.Boolean, nullable=False),
    sa.Column("rating", sa.String, nullable=False),
    sa.Column("words", sa.String, nullable=False),
    sa.Column("by_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("received_at", MOMENT, nullable=False),
    sa.CheckConstraint("rating IN ('satisfied', 'fair', 'dissatisfied')", name="rating"),
    sa.Index("ix_return_visits_case", "case_id", "id"),
)

sa.Table(
    "unreachable_records",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("complainant_id", sa.Integer, sa.ForeignKey("complainants.id"), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("stands_for", sa.String, nullable=False),
    sa.Column("attempts", sa.JSON, nullable=False),
    sa.Column("accepted_by_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("received_at", MOMENT, nullable=False),
    sa.CheckConstraint("stands_for IN ('reply', 'visit')", name="stands_for"),
)

TABLES = [table for table in metadata.sorted_tables if table.name not in POINTED_TO]


def upgrade() -> None:
    """Make the tables."""
    metadata.create_all(op.get_bind(), tables=TABLES, checkfirst=False)


def downgrade() -> None:
    """Take the tables away."""
    metadata.drop_all(op.get_bind(), tables=TABLES, checkfirst=False)
