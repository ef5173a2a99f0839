"""Let the guards allow one change of what was said: that it is forgotten, with an entry that says so.

Words become the mark, and what stands beside entries loses its words, only while the last entry of the case
is `forget`; everything else stays refused. The entry itself is taken of a final case alone.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

#: The column of words of each table whose rows never change otherwise.
WORDS = {
    "case_answers": "value",
    "case_notes": "text",
    "contact_attempts": "words",
    "replies": "text",
    "return_visits": "words",
    "self_ratings": "words",
    "unreachable_records": "text",
}
IN_JSON = frozenset({"case_answers"})
#: The mark (`cases.vocabulary.FORGOTTEN`): U+FDD0, which no text has.
MARK = {"sqlite": "char(64976)", "postgresql": "chr(64976)"}
IDENTITY = "cases_keep_identity"
ENTRY = "history_forgets_in_the_open"
FUNCTIONS = ("guard_words", "guard_beside", "guard_forgets")
NEVER = "{table}_never_change"

#: The last entry of a case says that it was forgotten: nothing has come in since.
LAST_FORGETS = """EXISTS (
    SELECT 1 FROM cases c JOIN history h ON h.case_id = c.id AND h.seq = c.last_seq
    WHERE c.id = OLD.case_id AND h.action = 'forget'
)"""
#: What would mark words without saying so, or forget a matter that is not over.
UNSAID = """EXISTS (
    SELECT 1 FROM cases c WHERE c.id = NEW.case_id AND (
        (c.own_words = {mark} AND NOT EXISTS (
            SELECT 1 FROM history h WHERE h.case_id = c.id AND h.action = 'forget'
        ))
        OR (NEW.action = 'forget' AND (NOT c.final OR c.own_words <> {mark} OR NEW.seq = 1))
    )
)"""
SAME_IDENTITY = """NEW.id <> OLD.id OR NEW.number <> OLD.number OR NEW.client_ref <> OLD.client_ref
    OR {digest} OR NEW.workflow_hash <> OLD.workflow_hash
    OR NEW.village_id <> OLD.village_id OR NEW.received_at <> OLD.received_at
    OR NEW.received_on <> OLD.received_on OR NEW.recorded_by_id {differs} OLD.recorded_by_id"""
DIGEST = "NEW.body_digest <> OLD.body_digest"
FORGETTABLE_DIGEST = "({digest} AND NOT (OLD.final AND NEW.body_digest = '' AND NEW.own_words = {mark}))"

ON_POSTGRESQL = f"""
CREATE FUNCTION guard_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - TG_ARGV[1] = to_jsonb(OLD) - TG_ARGV[1]
        AND to_jsonb(NEW) ->> TG_ARGV[1] = {MARK["postgresql"]}
        AND {LAST_FORGETS}
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION guard_beside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'personal' = to_jsonb(OLD) - 'personal'
        AND to_jsonb(NEW) -> 'personal' = '[]'
        AND {LAST_FORGETS}
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'history_is_kept' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION guard_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {UNSAID.format(mark=MARK["postgresql"])} THEN
        RAISE EXCEPTION 'forgotten_in_silence' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {ENTRY} AFTER INSERT ON history FOR EACH ROW EXECUTE FUNCTION guard_forgets();
"""


def upgrade() -> None:
    """Put guards that allow it in the place of those that allow nothing."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    mark = MARK[op.get_bind().dialect.name]
    if not on_sqlite:
        _run(ON_POSTGRESQL)
    for table, column in WORDS.items():
        _drop(NEVER.format(table=table), table)
        _run(_sqlite_words(table, column) if on_sqlite else _postgresql_words(table, column))
    _drop(NEVER.format(table="history"), "history")
    _run(
        _sqlite_guard("history", "personal", "'[]'") if on_sqlite else _replaced("history", "guard_beside()")
    )
    _identity(FORGETTABLE_DIGEST.format(digest=DIGEST, mark=mark))
    if on_sqlite:
        _run(
            f"CREATE TRIGGER {ENTRY} AFTER INSERT ON history WHEN {UNSAID.format(mark=mark)}"
            " BEGIN SELECT RAISE(ABORT, 'forgotten_in_silence'); END"
        )


def downgrade() -> None:
    """Allow nothing again; what was forgotten stays so."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    _drop(ENTRY, "history")
    for table in (*WORDS, "history"):
        _drop(NEVER.format(table=table), table)
        if on_sqlite:
            _run(
                f"CREATE TRIGGER {NEVER.format(table=table)} BEFORE UPDATE ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table}_is_kept'); END"
            )
        else:
            _run(_replaced(table, f"guard_refuse('{table}_is_kept')"))
    _identity(DIGEST)
    for name in () if on_sqlite else FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")


def _sqlite_words(table: str, column: str) -> str:
    """Write the guard of a table for SQLite, whose triggers may ask no function of JSON."""
    quote = "" if table not in IN_JSON else "'\"'"
    mark = f"{quote} || {MARK['sqlite']} || {quote}" if quote else MARK["sqlite"]
    return _sqlite_guard(table, column, mark)


def _sqlite_guard(table: str, column: str, after: str) -> str:
    return (
        f"CREATE TRIGGER {NEVER.format(table=table)} BEFORE UPDATE ON {table} WHEN NOT ("
        f"NEW.{column} IS ({after}) AND {_all_else(table, column)} AND {LAST_FORGETS})"
        f" BEGIN SELECT RAISE(ABORT, '{table}_is_kept'); END"
    )


def _all_else(table: str, column: str) -> str:
    """Say that all other columns of a table stay, which PostgreSQL can say of a whole row."""
    names = [str(one["name"]) for one in sa.inspect(op.get_bind()).get_columns(table)]
    return " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in names if name != column)


def _postgresql_words(table: str, column: str) -> str:
    return _replaced(table, f"guard_words('{table}_is_kept', '{column}')")


def _replaced(table: str, function: str) -> str:
    name = NEVER.format(table=table)
    return f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}"


def _identity(digest: str) -> None:
    _drop(IDENTITY, "cases")
    if op.get_bind().dialect.name == "sqlite":
        differs = SAME_IDENTITY.format(digest=digest, differs="IS NOT")
        _run(
            f"CREATE TRIGGER {IDENTITY} BEFORE UPDATE ON cases WHEN {differs}"
            " BEGIN SELECT RAISE(ABORT, 'case_identity_is_fixed'); END"
        )
        return
    differs = SAME_IDENTITY.format(digest=digest, differs="IS DISTINCT FROM")
    _run(
        f"CREATE TRIGGER {IDENTITY} BEFORE UPDATE ON cases FOR EACH ROW WHEN ({differs})"
        " EXECUTE FUNCTION guard_refuse('case_identity_is_fixed')"
    )


def _run(statements: str) -> None:
    """Run statements as they stand; in a text of SQLAlchemy a colon would begin a parameter."""
    op.get_bind().exec_driver_sql(re.sub(r"%", "%%", statements) if _doubles() else statements)


def _doubles() -> bool:
    """Tell whether the driver takes a per cent for the beginning of a parameter."""
    return op.get_bind().dialect.name != "sqlite"


def _drop(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if op.get_bind().dialect.name != "sqlite" else ""))
