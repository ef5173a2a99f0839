"""Make the tables of cases, their rounds, clocks and people, and of their history."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

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
sa.Table("households", metadata, sa.Column("id", sa.Integer))
sa.Table("units", metadata, sa.Column("id", sa.Integer))
sa.Table("users", metadata, sa.Column("id", sa.Integer))
sa.Table("workflow_definitions", metadata, sa.Column("hash", sa.String))
sa.Table(
    "workflow_states",
    metadata,
    sa.Column("final", sa.Boolean),
    sa.Column("hash", sa.String),
    sa.Column("state", sa.String),
)
POINTED_TO = frozenset(metadata.tables)

sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("number", sa.String, nullable=False, unique=True),
    sa.Column("village_id", sa.Integer, sa.ForeignKey("areas.id"), nullable=False),
    sa.Column("village_name", sa.String, nullable=False),
    sa.Column("category", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("urgency", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("own_words", sa.String, nullable=False),
    sa.Column("client_ref", sa.String, nullable=False, unique=True),
    sa.Column("body_digest", sa.String, nullable=False),
    sa.Column("workflow_hash", sa.String, sa.ForeignKey("workflow_definitions.hash"), nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("final", sa.Boolean, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("owner_id", sa.Integer, sa.ForeignKey("units.id")),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("reply_owner_id", sa.Integer, sa.ForeignKey("units.id"), nullable=False),
    sa.Column("reply_person_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("handled_by_id", sa.Integer, sa.ForeignKey("units.id")),
    sa.Column("due_on", sa.Date),
    sa.Column("handling_due_on", sa.Date),
    sa.Column("reply_due_on", sa.Date),
    sa.Column("overdue", sa.Boolean, nullable=False),
    sa.Column("answered_at", MOMENT),
    sa.Column("outcome", sa.String),
    sa.Column("rating", sa.String),
    sa.Column("profile", sa.String, nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Column("offline", sa.Boolean, nullable=False),
    sa.Column("merged_into_id", sa.Integer, sa.ForeignKey("cases.id"), index=True),
    sa.Column("recorded_by_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("happened_at", MOMENT, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Column("received_at", MOMENT, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("entered_on", sa.Date, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("last_hash", sa.String, nullable=False),
    sa.CheckConstraint(
        "final OR (owner_id IS NOT NULL AND reply_owner_id IS NOT NULL AND due_on IS NOT NULL)",
        name="open_is_owned_and_dated",
    ),
    sa.CheckConstraint(
        "NOT final OR (due_on IS NULL AND handling_due_on IS NULL AND reply_due_on IS NULL)",
        name="final_has_no_date",
    ),
    sa.CheckConstraint(
        "state NOT IN ('assigned', 'escalated') OR (owner_id IS NOT NULL AND owner_id <> reply_owner_id)",
        name="handler_is_not_reply_owner",
    ),
    sa.CheckConstraint("version >= 1 AND round >= 1 AND last_seq >= 1", name="counters_start_at_one"),
    sa.CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
    sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_has_target"),
    sa.CheckConstraint("urgency IN ('normal', 'urgent')", name="urgency"),
    sa.CheckConstraint("length(own_words) > 0", name="own_words_present"),
    sa.CheckConstraint("length(client_ref) > 0", name="client_ref_present"),
    sa.ForeignKeyConstraint(
        ["workflow_hash", "state", "final"],
        ["workflow_states.hash", "workflow_states.state", "workflow_states.final"],
        name="fk_cases_state_of_definition",
    ),
    sa.ForeignKeyConstraint(
        ["id", "last_seq"],
        ["history.case_id", "history.seq"],
        name="fk_cases_last_entry",
        deferrable=True,
        initially="DEFERRED",
        use_alter=True,
    ),
    sa.Index("ix_cases_due", "due_on", "id"),
    sa.Index("ix_cases_owner", "owner_id", "due_on"),
    sa.Index("ix_cases_received", "received_at", "id"),
    sa.Index("ix_cases_received_on", "received_on"),
    sa.Index("ix_cases_village_received", "village_id", "received_at", "id"),
)

sa.Table(
    "case_named",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("unit_id", sa.Integer, sa.ForeignKey("units.id"), index=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), index=True),
    sa.CheckConstraint("(unit_id IS NULL) <> (user_id IS NULL)", name="either_unit_or_user"),
    sa.Index(
        "uq_case_named_unit",
        "case_id",
        "unit_id",
        unique=True,
        sqlite_where=sa.text("unit_id IS NOT NULL"),
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    ),
    sa.Index(
        "uq_case_named_user",
        "case_id",
        "user_id",
        unique=True,
        sqlite_where=sa.text("user_id IS NOT NULL"),
        postgresql_where=sa.text("user_id IS NOT NULL"),
    ),
)

sa.Table(
    "case_owners",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("unit_id", sa.Integer, sa.ForeignKey("units.id"), nullable=False),
    sa.Column("since", MOMENT, nullable=False),
    sa.Index("ix_case_owners_unit", "unit_id", "case_id"),
)

sa.Table(
    "case_relations",
    metadata,
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("other_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True, index=True),
    sa.Column("reason", sa.String, nullable=False),
    sa.CheckConstraint("case_id < other_id", name="lower_id_first"),
)

sa.Table(
    "clocks",
    metadata,
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("clock", sa.String, primary_key=True),
    sa.Column("cycle", sa.Integer, nullable=False),
    sa.Column("running", sa.Boolean, nullable=False),
    sa.Column("started_on", sa.Date, nullable=False),
    sa.Column("cycle_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("basis", sa.JSON, nullable=False),
    sa.Column("moves", sa.JSON, nullable=False),
    sa.Column("suspended_on", sa.Date),
    sa.Column("resume_on", sa.Date),
    sa.Column("overdue", sa.Boolean, nullable=False),
    sa.Column("next_look_on", sa.Date),
    sa.CheckConstraint("clock IN ('triage', 'accept', 'handling', 'reply', 'return')", name="clock"),
    sa.CheckConstraint("cycle >= 1", name="cycle_starts_at_one"),
    sa.CheckConstraint("running OR NOT overdue", name="stopped_is_not_overdue"),
    sa.CheckConstraint("(suspended_on IS NULL) = (resume_on IS NULL)", name="suspended_until_a_day"),
    sa.Index(
        "ix_clocks_look",
        "next_look_on",
        sqlite_where=sa.text("next_look_on IS NOT NULL"),
        postgresql_where=sa.text("next_look_on IS NOT NULL"),
    ),
    sa.Index(
        "ix_clocks_running_due",
        "due_on",
        sqlite_where=sa.text("running"),
        postgresql_where=sa.text("running"),
    ),
)

sa.Table(
    "complainants",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("origin_case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("household_id", sa.Integer, sa.ForeignKey("households.id"), index=True),
    sa.Column("name", sa.String),
    sa.Column("phone", sa.String),
    sa.Column("confidential", sa.Boolean, nullable=False),
    sa.Column("anonymous", sa.Boolean, nullable=False),
    sa.Column("own_words", sa.String, nullable=False),
    sa.Column("receipt_digest", sa.String, nullable=False, unique=True),
    sa.Column("recorded_by_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("joined_at", MOMENT, nullable=False),
    sa.Column("reply_due_on", sa.Date),
    sa.Column("reply_basis", sa.JSON(none_as_null=True)),
    sa.Column("answered_round", sa.Integer),
    sa.Column("answered_at", MOMENT),
    sa.Column("handled_by_id", sa.Integer, sa.ForeignKey("units.id")),
    sa.Column("handler_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("unreachable", sa.Boolean, nullable=False),
    sa.Column("visited_round", sa.Integer),
    sa.Column("rating", sa.String),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.CheckConstraint("answered_round IS NULL OR answered_at IS NOT NULL", name="answered_has_a_time"),
    sa.CheckConstraint("rating IS NULL OR rating IN ('satisfied', 'fair', 'dissatisfied')", name="rating"),
)

sa.Table(
    "history",
    metadata,
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("actor_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("from_state", sa.String),
    sa.Column("to_state", sa.String, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("happened_at", MOMENT, nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Column("received_at", MOMENT, nullable=False),
    sa.Column("stored_at", MOMENT, nullable=False),
    sa.Column("case_digest", sa.String, nullable=False),
    sa.Column("prev_hash", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False, unique=True),
    sa.Column("key_id", sa.String, nullable=False),
    sa.CheckConstraint("seq >= 1", name="seq_starts_at_one"),
    sa.CheckConstraint("(seq = 1) = (prev_hash = '')", name="first_has_no_previous"),
    sa.CheckConstraint("(seq = 1) = (from_state IS NULL)", name="first_has_no_source"),
    sa.Index("ix_history_stored", "stored_at"),
)

sa.Table(
    "rounds",
    metadata,
    sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("handling_due_on", sa.Date),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("extended", sa.Boolean, nullable=False),
    sa.Column("answered_on", sa.Date),
    sa.Column("outcome", sa.String),
    sa.Column("promised_on", sa.Date),
    sa.Column("returns", sa.Integer, nullable=False),
    sa.Column("return_until", sa.Date),
    sa.Column("binding", sa.Boolean, nullable=False),
    sa.Column("suspensions", sa.Integer, nullable=False),
    sa.Column("extensions", sa.Integer, nullable=False),
    sa.Column("escalated_to", sa.JSON, nullable=False),
    sa.Column("sent_down_by", sa.JSON, nullable=False),
    sa.Column("extension_request", sa.JSON(none_as_null=True)),
    sa.Column("reject_request", sa.JSON(none_as_null=True)),
)

sa.Table(
    "owed_entries",
    metadata,
    sa.Column("case_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.ForeignKeyConstraint(
        ["case_id", "seq"],
        ["history.case_id", "history.seq"],
        name="fk_owed_entries_entry",
        deferrable=True,
        initially="DEFERRED",
    ),
)

TABLES = [table for table in metadata.sorted_tables if table.name not in POINTED_TO]


def upgrade() -> None:
    """Make the tables."""
    metadata.create_all(op.get_bind(), tables=TABLES, checkfirst=False)


def downgrade() -> None:
    """Take the tables away."""
    metadata.drop_all(op.get_bind(), tables=TABLES, checkfirst=False)
