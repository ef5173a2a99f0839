"""Keep personal words beside the entries of the history, and a salt for the own words of each case.

Entries and rows of before keep their words where they stand, for their digests hold them so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

COLUMNS = (
    ("history", sa.Column("personal", sa.JSON, nullable=False, server_default=sa.text("'[]'"))),
    ("cases", sa.Column("words_salt", sa.String)),
)
#: Where something stands in them that a program of before cannot do without when it comes back.
HELD = {
    ("history", "personal"): "SELECT 1 FROM history WHERE CAST(personal AS text) <> '[]' LIMIT 1",
    ("cases", "words_salt"): "SELECT 1 FROM cases WHERE words_salt IS NOT NULL LIMIT 1",
}


def upgrade() -> None:
    """Add the columns, but for those that a downgrade has left."""
    for table, column in COLUMNS:
        if column.name not in _columns(table):
            op.add_column(table, column._copy())


def downgrade() -> None:
    """Take the columns away; one that holds what stands nowhere else stays for the next upgrade."""
    for table, column in COLUMNS:
        if op.get_bind().scalar(sa.text(HELD[table, str(column.name)])) is None:
            op.drop_column(table, str(column.name))


def _columns(table: str) -> set[str]:
    return {str(one["name"]) for one in sa.inspect(op.get_bind()).get_columns(table)}
