"""Find what a villager added by who said it: the matter may have been merged, and unmerged, since."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_added_words_complainant_id", "added_words", ["complainant_id"])


def downgrade() -> None:
    """Take the index away."""
    op.drop_index("ix_added_words_complainant_id", "added_words")
