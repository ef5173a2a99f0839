"""Make room for what passwords, one-time codes and tokens are bound to.

Tokens without an end get one, 90 days after the upgrade. Everything else that stands there stays as it is.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
COLUMNS = (
    ("second_factors", sa.Column("proposed", sa.LargeBinary)),
    ("second_factors", sa.Column("proposed_in", sa.Integer)),
    ("second_factors", sa.Column("proposed_until", MOMENT)),
    ("api_tokens", sa.Column("may", sa.JSON(none_as_null=True))),
    ("users", sa.Column("password_given", sa.Boolean)),
    ("users", sa.Column("factor_postponed_until", sa.Date)),
)
LASTS = timedelta(days=90)
ENDLESS = "expires_at IS NULL AND revoked_at IS NULL"
NEWEST = sa.text(f"SELECT max(created_at) FROM api_tokens WHERE {ENDLESS}").columns(created=MOMENT)
PRESENT = sa.select(sa.func.now())
GIVE_END = sa.text(f"UPDATE api_tokens SET expires_at = :ends WHERE {ENDLESS}")


def upgrade() -> None:
    """Add the columns, and give every token that has none an end."""
    for table, column in COLUMNS:
        op.add_column(table, column)
    connection = op.get_bind()
    newest = connection.execute(NEWEST).scalar_one()
    if newest is None:
        return
    on_sqlite = connection.dialect.name == "sqlite"
    made = datetime.fromisoformat(newest) if on_sqlite else newest
    asked = connection.execute(PRESENT).scalar_one()
    present = asked.replace(tzinfo=UTC) if asked.tzinfo is None else asked
    ends = max(present, made) + LASTS  # in a sample it may be later than the clock says
    written = ends.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z" if on_sqlite else ends
    connection.execute(GIVE_END, {"ends": written})


def downgrade() -> None:
    """Take the columns away; a token keeps the end that it was given."""
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
