"""Make the index through which matters are found by what villagers said, and fill it with what was said.

How terms are made is written down here as it was then; a later change of it
(cases/persistence/search_index.py) needs a migration that fills the index anew.
"""

import unicodedata
from collections.abc import Iterator
from itertools import groupby

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0009"
down_revision = "0008"

TABLE = "complainant_words"
ROWS_AT_ONCE = 5_000
READ = sa.text(f"SELECT id, own_words FROM complainants WHERE id > :last ORDER BY id LIMIT {ROWS_AT_ONCE}")


def upgrade() -> None:
    """Make and fill the index."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, content='', columnsize=0, tokenize='ascii')"
        )
        _fill(sa.text(f"INSERT INTO {TABLE} (rowid, words) VALUES (:id, :words)"), "{term}")
        return
    op.create_table(
        TABLE,
        sa.Column("complainant_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("words", TSVECTOR, nullable=False),
        sa.PrimaryKeyConstraint("complainant_id", name="pk_complainant_words"),
        sa.ForeignKeyConstraint(
            ["complainant_id"],
            ["complainants.id"],
            name="fk_complainant_words_complainant_id",
            ondelete="CASCADE",
        ),
    )
    enter = sa.text(f"INSERT INTO {TABLE} (complainant_id, words) VALUES (:id, CAST(:words AS tsvector))")
    _fill(enter, "{term}:{place}")
    op.create_index("ix_complainant_words", TABLE, ["words"], postgresql_using="gin")


def downgrade() -> None:
    """Take the index away; what was said stays where it is."""
    op.execute(f"DROP TABLE {TABLE}")


def _fill(enter: sa.TextClause, form: str) -> None:
    """Enter the terms of all words with one statement for many rows; `form` is how a term is written."""
    last = 0
    while rows := op.get_bind().execute(READ, {"last": last}).all():
        entered = []
        for key, said in rows:
            terms = (form.format(term=term, place=place) for place, term in _terms(said))
            entered.append({"id": key, "words": " ".join(terms)})
        op.get_bind().execute(enter, entered)
        last = rows[-1].id


def _terms(said: str) -> Iterator[tuple[int, str]]:
    """Give every letter or digit with the next one of its run, in hexadecimal, and its place from 1 on."""
    plain, place = unicodedata.normalize("NFKC", said).casefold(), 0
    for wanted, run in groupby(plain, str.isalnum):
        points = [f"{ord(character):05x}" for character in run]
        for first, second in zip(points, [*points[1:], ""], strict=True):
            place += 1
            if wanted:
                yield place, first + second
