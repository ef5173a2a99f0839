"""Note who knows a code, and ratings by one that its handler knows; phones of units, dates of replies.

Whoever wrote a complainant down was shown the code, and so was whoever made the slip anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
HOLDERS, RATINGS = "code_holders", "self_ratings"
OWE = f"{RATINGS}_owe_an_entry"
ON_SQLITE = (
    f"""CREATE TRIGGER {OWE} AFTER INSERT ON {RATINGS}
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END""",
    *(
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table}_is_kept'); END"
        for table in (HOLDERS, RATINGS)
        for name, event in (("stay", "DELETE"), ("never_change", "UPDATE"))
    ),
)
ON_POSTGRESQL = (
    f"CREATE TRIGGER {OWE} AFTER INSERT ON {RATINGS} FOR EACH ROW EXECUTE FUNCTION guard_part_owes()",
    *(
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH {each}"
        f" EXECUTE FUNCTION guard_refuse('{table}_is_kept')"
        for table in (HOLDERS, RATINGS)
        for name, event, each in (
            ("stay", "DELETE", "ROW"),
            ("never_change", "UPDATE", "ROW"),
            ("are_not_truncated", "TRUNCATE", "STATEMENT"),
        )
    ),
)
NAMED = {
    "sqlite": "json_extract(h.facts, '$.complainant')",
    "postgresql": "CAST(h.facts ->> 'complainant' AS integer)",
}
#: The last slip of a complainant was shown to whoever made it, else to whoever wrote them down.
SHOWN = """
INSERT INTO code_holders (receipt_digest, unit_id, complainant_id)
SELECT c.receipt_digest, u.unit_id, c.id FROM complainants c JOIN users u ON u.id = coalesce(
    (SELECT h.actor_id FROM history h
     WHERE h.case_id IN (c.case_id, c.origin_case_id) AND h.action = 'reissue_receipt' AND {named} = c.id
     ORDER BY h.received_at DESC, h.seq DESC LIMIT 1),
    c.recorded_by_id)
"""


def upgrade() -> None:
    """Make the tables, fill the first one, and add the columns, which stay empty until something comes."""
    op.add_column("units", sa.Column("phone", sa.String))
    op.add_column("replies", sa.Column("due_on", sa.Date))
    op.create_table(
        HOLDERS,
        sa.Column("receipt_digest", sa.String, nullable=False),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("complainant_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("receipt_digest", "unit_id", name="pk_code_holders"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_code_holders_unit_id"),
        sa.ForeignKeyConstraint(
            ["complainant_id"], ["complainants.id"], name="fk_code_holders_complainant_id"
        ),
    )
    op.create_table(
        RATINGS,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("complainant_id", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("rating", sa.String, nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_self_ratings"),
        sa.CheckConstraint("rating IN ('satisfied', 'fair')", name=op.f("ck_self_ratings_content")),
        sa.UniqueConstraint("complainant_id", "round", "case_id", name="uq_self_ratings_once_a_round"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_self_ratings_case_id"),
        sa.ForeignKeyConstraint(
            ["complainant_id"], ["complainants.id"], name="fk_self_ratings_complainant_id"
        ),
    )
    op.create_index("ix_self_ratings_case", RATINGS, ["case_id", "id"])
    dialect = op.get_bind().dialect.name
    op.execute(sa.text(SHOWN.format(named=NAMED[dialect])))
    for statement in ON_SQLITE if dialect == "sqlite" else ON_POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Take it away; the guards go with their tables."""
    op.drop_table(RATINGS)
    op.drop_table(HOLDERS)
    op.drop_column("replies", "due_on")
    op.drop_column("units", "phone")
