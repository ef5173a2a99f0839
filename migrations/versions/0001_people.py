"""Make the tables of areas, units, users, households, notices and of the door for programs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

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

sa.Table(
    "areas",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String, nullable=False, unique=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("level", sa.String, nullable=False),
    sa.Column("parent_id", sa.Integer, sa.ForeignKey("areas.id"), index=True),
    sa.Column("path", sa.String, nullable=False, unique=True),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_until", sa.Date),
    sa.Column("successor_id", sa.Integer, sa.ForeignKey("areas.id")),
    sa.Column("land_mu", sa.Integer),
    sa.Column("groups_declared", sa.Integer),
    sa.Column("households_declared", sa.Integer),
    sa.Column("population_declared", sa.Integer),
    sa.CheckConstraint("level IN ('county', 'township', 'village', 'group')", name="level"),
    sa.CheckConstraint("length(code) > 0 AND code = upper(code)", name="code_upper_case"),
    sa.CheckConstraint("length(name) > 0", name="name_present"),
    sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent_is_another"),
    sa.CheckConstraint("path LIKE '/%/' AND path LIKE '%/' || code || '/'", name="path_ends_in_code"),
    sa.CheckConstraint("successor_id IS NULL OR successor_id <> id", name="successor_is_another"),
    sa.CheckConstraint("successor_id IS NULL OR valid_until IS NOT NULL", name="succeeded_has_ended"),
    sa.CheckConstraint(
        "valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="ends_after_start"
    ),
    sa.CheckConstraint(
        "coalesce(land_mu, 0) >= 0 AND coalesce(groups_declared, 0) >= 0 AND "
        "coalesce(households_declared, 0) >= 0 AND coalesce(population_declared, 0) >= 0",
        name="totals_not_negative",
    ),
)

sa.Table(
    "heartbeats",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("beat_at", MOMENT, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)

sa.Table(
    "pinned_settings",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)

sa.Table(
    "households",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String, nullable=False, unique=True),
    sa.Column("village_id", sa.Integer, sa.ForeignKey("areas.id"), nullable=False),
    sa.Column("group_no", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("head", sa.String, nullable=False),
    sa.Column("phone", sa.String),
    sa.Column("people", sa.Integer),
    sa.Column("note", sa.String),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("moved_out_on", sa.Date),
    sa.Column("successor_id", sa.Integer, sa.ForeignKey("households.id")),
    sa.UniqueConstraint("village_id", "group_no", "number"),
    sa.CheckConstraint(
        "group_no BETWEEN 1 AND 999 AND number BETWEEN 1 AND 99999", name="numbers_start_at_one"
    ),
    sa.CheckConstraint("length(key) > 0 AND length(head) > 0", name="key_and_head_present"),
    sa.CheckConstraint("people IS NULL OR people BETWEEN 0 AND 99", name="people_plausible"),
    sa.CheckConstraint("successor_id IS NULL OR successor_id <> id", name="successor_is_another"),
    sa.CheckConstraint("active = (moved_out_on IS NULL)", name="inactive_has_a_day"),
)

sa.Table(
    "units",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String, nullable=False, unique=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("area_id", sa.Integer, sa.ForeignKey("areas.id"), nullable=False, index=True),
    sa.Column("superior_id", sa.Integer, sa.ForeignKey("units.id"), index=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.CheckConstraint(
        "kind IN ('team', 'committee', 'township', 'department', 'leading_group')", name="kind"
    ),
    sa.CheckConstraint("length(code) > 0 AND length(name) > 0", name="code_and_name_present"),
    sa.CheckConstraint("superior_id IS NULL OR superior_id <> id", name="superior_is_another"),
)

sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("username", sa.String, nullable=False, unique=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("email", sa.String),
    sa.Column("unit_id", sa.Integer, sa.ForeignKey("units.id"), nullable=False, index=True),
    sa.Column("roles", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("head", sa.Boolean, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.String),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.CheckConstraint("length(username) > 0 AND username = lower(username)", name="username_lower_case"),
    sa.CheckConstraint("length(name) > 0", name="name_present"),
    sa.CheckConstraint("email IS NULL OR email LIKE '%_@_%'", name="email_has_an_at"),
    sa.CheckConstraint(
        "password_hash IS NULL OR password_hash LIKE '$argon2id$%'", name="password_hash_is_argon2id"
    ),
)

sa.Table(
    "api_tokens",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("token_hash", sa.String, nullable=False, unique=True),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("expires_at", MOMENT),
    sa.Column("revoked_at", MOMENT),
    sa.CheckConstraint("length(token_hash) = 64", name="token_hash_whole"),
    sa.CheckConstraint("expires_at IS NULL OR expires_at > created_at", name="expires_after_creation"),
    sa.Index("ix_api_tokens_user", "user_id"),
)

sa.Table(
    "kept_answers",
    metadata,
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String, nullable=False),
    sa.Column("case_number", sa.String),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.JSON(none_as_null=True)),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("replays", sa.Integer, nullable=False),
    sa.Column("claimed_at", MOMENT, nullable=False, index=True),
    sa.CheckConstraint(
        "(status IS NULL AND headers IS NULL AND sealed IS NULL) OR (status IS NOT NULL "
        "AND headers IS NOT NULL AND sealed IS NOT NULL)",
        name="whole_or_claimed",
    ),
    sa.CheckConstraint("status IS NULL OR status BETWEEN 200 AND 299", name="successes_only"),
    sa.CheckConstraint("replays >= 0", name="replays_counted"),
    sa.CheckConstraint("length(key) BETWEEN 1 AND 255", name="key_length"),
)

sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String, nullable=False, unique=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("subject", sa.String, nullable=False, index=True),
    sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("read_at", MOMENT),
    sa.CheckConstraint("length(key) > 0 AND length(kind) > 0", name="key_and_kind_present"),
    sa.Index(
        "ix_notices_unread",
        "user_id",
        "id",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    ),
    sa.Index("ix_notices_user", "user_id", "id"),
)

sa.Table(
    "register_history",
    metadata,
    sa.Column("subject_kind", sa.String, primary_key=True),
    sa.Column("subject_id", sa.String, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("actor_id", sa.Integer, sa.ForeignKey("users.id")),
    sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("recorded_at", MOMENT, nullable=False),
    sa.Column("subject_digest", sa.String),
    sa.Column("prev_hash", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False, unique=True),
    sa.Column("key_id", sa.String, nullable=False),
    sa.CheckConstraint("seq >= 1", name="seq_starts_at_one"),
    sa.CheckConstraint("(seq = 1) = (prev_hash = '')", name="first_has_no_previous"),
    sa.CheckConstraint("length(subject_kind) > 0 AND length(subject_id) > 0", name="subject_present"),
)

sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("notice_id", sa.Integer, sa.ForeignKey("notices.id"), nullable=False, index=True),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", MOMENT),
    sa.Column("lease_by", sa.String),
    sa.Column("lease_until", MOMENT),
    sa.Column("sent_at", MOMENT),
    sa.Column("last_error", sa.String),
    sa.Column("dedupe_key", sa.String, nullable=False, unique=True),
    sa.CheckConstraint("status IN ('pending', 'sending', 'sent', 'dead', 'dropped')", name="status"),
    sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_a_time"),
    sa.CheckConstraint(
        "status <> 'dead' OR (last_error IS NOT NULL AND length(last_error) > 0)", name="dead_has_a_reason"
    ),
    sa.CheckConstraint("(status = 'sending') = (lease_by IS NOT NULL)", name="sending_has_a_worker"),
    sa.CheckConstraint("(lease_by IS NULL) = (lease_until IS NULL)", name="lease_has_an_end"),
    sa.CheckConstraint("attempts >= 0", name="attempts_not_negative"),
    sa.CheckConstraint("length(address) > 0 AND length(dedupe_key) > 0", name="address_and_key_present"),
    sa.Index(
        "ix_deliveries_open",
        "id",
        sqlite_where=sa.text("status IN ('pending', 'sending')"),
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    ),
)


def upgrade() -> None:
    """Make the tables."""
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    """Take the tables away."""
    metadata.drop_all(op.get_bind(), checkfirst=False)
