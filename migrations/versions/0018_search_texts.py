"""Make the index of words by case and kind of text, and fill it with what was said, added and told.

The index of 0009 stays as it is for the program before this one. How texts are folded and made into terms
stands in `core.normalization`; whoever changes it there writes a migration that fills the index anew.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from core.normalization.search_terms import searchable, terms_of

revision = "0018"
down_revision = "0017"

TERMS = "search_terms"
CASES_AT_ONCE = 500
IDS_OF_A_CASE = 8
KINDS = ("own_words", "added_words", "reply")
LAST = sa.text(f"SELECT id FROM cases WHERE id > :last ORDER BY id LIMIT {CASES_AT_ONCE}")
#: The texts of each kind, in the order of `KINDS`, of the cases of one batch.
READ = tuple(
    sa.text(statement)
    for statement in (
        "SELECT id, own_words FROM cases WHERE id > :last AND id <= :upto UNION "
        "SELECT case_id, own_words FROM complainants WHERE case_id > :last AND case_id <= :upto",
        *(
            f"SELECT c.case_id, t.text FROM {table} t JOIN complainants c ON c.id = t.complainant_id "
            "WHERE c.case_id > :last AND c.case_id <= :upto"
            for table in ("added_words", "replies")
        ),
    )
)


def upgrade() -> None:
    """Make and fill the index."""
    op.create_table(
        "search_texts",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("searched", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_texts"),
        sa.CheckConstraint(
            "kind IN ('own_words', 'added_words', 'reply')", name=op.f("ck_search_texts_kind")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_search_texts_case_id"),
    )
    op.create_index("ix_search_texts_case_id", "search_texts", ["case_id"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE VIRTUAL TABLE {TERMS} USING "
            "fts5(terms, content='', columnsize=0, detail=none, tokenize='ascii')"
        )
        _fill(sa.text(f"INSERT INTO {TERMS} (rowid, terms) VALUES (:id, :terms)"))
        return
    op.create_table(
        TERMS,
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("terms", TSVECTOR, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_terms"),
    )
    _fill(sa.text(f"INSERT INTO {TERMS} (id, terms) VALUES (:id, CAST(:terms AS tsvector))"))
    op.create_index("ix_search_terms", TERMS, ["terms"], postgresql_using="gin")


def downgrade() -> None:
    """Take the index away; what was said stays where it is."""
    op.execute(f"DROP TABLE {TERMS}")
    op.drop_table("search_texts")


def _fill(enter: sa.TextClause) -> None:
    """Enter the texts of all cases, so many cases at once and never all of them in memory."""
    connection, last = op.get_bind(), 0
    texts = sa.table("search_texts", *map(sa.column, ("id", "case_id", "kind", "searched")))
    while ids := connection.scalars(LAST, {"last": last}).all():
        said: dict[tuple[int, int], set[str]] = {}
        for place, statement in enumerate(READ):
            for case_id, words in connection.execute(statement, {"last": last, "upto": ids[-1]}):
                said.setdefault((case_id, place), set()).add(words)
        rows = [
            {
                "id": case_id * IDS_OF_A_CASE + place,
                "case_id": case_id,
                "kind": KINDS[place],
                "searched": searched,
            }
            for (case_id, place), words in said.items()
            if (searched := searchable(sorted(words)))
        ]
        if rows:
            connection.execute(sa.insert(texts), rows)
            terms = [{"id": row["id"], "terms": " ".join(terms_of(str(row["searched"])))} for row in rows]
            connection.execute(enter, terms)
        last = ids[-1]
