"""Make room for sealed names and telephones: keys, digests, and guards that let them be sealed anew.

What stands there in the clear is sealed after the migration, by whoever has the key (docs/decisions/0052).
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

KEYS = "personal_keys"
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
DIGESTS = ("phone_digest", "phone_end_digest")
SEALED = ("name", "phone")
OWE = "complainants_owe_an_entry"
NEVER = "history_never_change"
#: The marks of a forgotten text and of a sealed one, U+FDD0 and U+FDD1, which no text has.
CHAR = {"sqlite": "char", "postgresql": "chr"}
FUNCTIONS = ("guard_complainant_keys()", "guard_entry_key()", "guard_known_key(text)")

#: The last entry of a case says that it was forgotten (0023).
LAST_FORGETS = """EXISTS (
    SELECT 1 FROM cases c JOIN history h ON h.case_id = c.id AND h.seq = c.last_seq
    WHERE c.id = OLD.case_id AND h.action = 'forget'
)"""
OWES_ON_SQLITE = f"""CREATE TRIGGER {OWE} AFTER UPDATE ON complainants{{when}}
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
    INSERT INTO owed_entries (case_id, seq)
    SELECT OLD.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = OLD.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END"""
NOT_IN_USE = """substr({column}, {place}, 1) = char(64977) AND NOT EXISTS (
    SELECT 1 FROM personal_keys k WHERE k.id = substr({column}, {place} + 1, 12) AND k.replaced_at IS NULL
)"""
EACH = """({new} {same} {old} OR ({new} IS NOT NULL AND {old} IS NOT NULL AND {old} <> {forgotten}
    AND substr({new}, 1, 1) = {sealed} AND substr({new}, 1, 13) <> substr({old}, 1, 13)))"""
BESIDE_ON_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION guard_beside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'personal' = to_jsonb(OLD) - 'personal' AND (
        (to_jsonb(NEW) -> 'personal' = '[]' AND {LAST_FORGETS}){{besides}}
    )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'history_is_kept' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
BESIDES = """ OR (
            to_jsonb(OLD) -> 'personal' <> '[]' AND left(NEW.personal #>> '{}', 1) = chr(64977)
            AND left(NEW.personal #>> '{}', 13) <> left(OLD.personal #>> '{}', 13)
        )"""
KNOWN_ON_POSTGRESQL = """
CREATE FUNCTION guard_known_key(sealed text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF left(sealed, 1) = chr(64977) AND NOT EXISTS (
        SELECT 1 FROM personal_keys k WHERE k.id = substr(sealed, 2, 12) AND k.replaced_at IS NULL
    ) THEN
        RAISE EXCEPTION 'personal_key_not_in_use' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;
CREATE FUNCTION guard_complainant_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM guard_known_key(NEW.name);
    PERFORM guard_known_key(NEW.phone);
    RETURN NEW;
END $$;
CREATE FUNCTION guard_entry_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM guard_known_key(NEW.personal #>> '{}');
    RETURN NEW;
END $$;
CREATE TRIGGER complainants_new_know_their_key BEFORE INSERT ON complainants
FOR EACH ROW EXECUTE FUNCTION guard_complainant_keys();
CREATE TRIGGER complainants_know_their_key BEFORE UPDATE OF name, phone ON complainants
FOR EACH ROW EXECUTE FUNCTION guard_complainant_keys();
CREATE TRIGGER history_new_know_their_key BEFORE INSERT ON history
FOR EACH ROW EXECUTE FUNCTION guard_entry_key();
CREATE TRIGGER history_know_their_key BEFORE UPDATE OF personal ON history
FOR EACH ROW EXECUTE FUNCTION guard_entry_key();
"""
KNOWING = {
    "complainants_new_know_their_key": ("INSERT", "complainants", SEALED),
    "complainants_know_their_key": ("UPDATE OF name, phone", "complainants", SEALED),
    "history_new_know_their_key": ("INSERT", "history", ("personal",)),
    "history_know_their_key": ("UPDATE OF personal", "history", ("personal",)),
}


def upgrade() -> None:
    """Add the table, the columns and the guards, but for what a downgrade has left."""
    if KEYS not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            KEYS,
            sa.Column("id", sa.String, nullable=False),
            sa.Column("used_from", MOMENT, nullable=False),
            sa.Column("sealed_at", MOMENT),
            sa.Column("replaced_at", MOMENT),
            sa.PrimaryKeyConstraint("id", name="pk_personal_keys"),
            sa.CheckConstraint("length(id) = 12", name=op.f("ck_personal_keys_id_whole")),
        )
    present = set(_columns("complainants"))
    for name in DIGESTS:
        if name not in present:
            op.add_column("complainants", sa.Column(name, sa.String))
        condition = sa.text("phone_digest IS NOT NULL")
        options = {"sqlite_where": condition, "postgresql_where": condition}
        op.create_index(f"ix_complainants_{name}", "complainants", [name], **options)
    _guard(sealing=True)
    if _on_sqlite():
        for name, (event, table, columns) in KNOWING.items():
            place = 2 if table == "history" else 1  # a text in JSON begins with its quotes
            unknown = " OR ".join(NOT_IN_USE.format(column=f"NEW.{one}", place=place) for one in columns)
            _run(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {unknown}"
                " BEGIN SELECT RAISE(ABORT, 'personal_key_not_in_use'); END"
            )
    else:
        _run(KNOWN_ON_POSTGRESQL)


def downgrade() -> None:
    """Take guards and indexes away; keys and digests stay for the next upgrade where anything is sealed."""
    _guard(sealing=False)
    for name, (_event, table, _sealed) in KNOWING.items():
        _drop(name, table)
    for name in () if _on_sqlite() else FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    for name in DIGESTS:
        op.drop_index(f"ix_complainants_{name}", "complainants")
    if op.get_bind().scalar(sa.text("SELECT 1 FROM personal_keys LIMIT 1")) is None:
        op.drop_table(KEYS)
        for name in DIGESTS:
            op.drop_column("complainants", name)


def _guard(*, sealing: bool) -> None:
    """Put the guards that refuse a change without an entry, with or without leave to seal anew."""
    _drop(OWE, "complainants")
    if not _on_sqlite():
        _run(BESIDE_ON_POSTGRESQL.replace("{besides}", BESIDES if sealing else ""))
        when = f" WHEN (NOT ({_sealed_anew()}))" if sealing else ""
        _run(
            f"CREATE TRIGGER {OWE} AFTER UPDATE ON complainants FOR EACH ROW{when}"
            " EXECUTE FUNCTION guard_part_owes()"
        )
        return
    _run(OWES_ON_SQLITE.format(when=f" WHEN NOT ({_sealed_anew()})" if sealing else ""))
    _drop(NEVER, "history")
    sealed = (
        " OR (OLD.personal <> '[]' AND substr(NEW.personal, 2, 1) = char(64977)"
        " AND substr(NEW.personal, 2, 13) <> substr(OLD.personal, 2, 13))"
    )
    _run(
        f"CREATE TRIGGER {NEVER} BEFORE UPDATE ON history WHEN NOT ({_same('history', ('personal',))} AND ("
        f"(NEW.personal IS '[]' AND {LAST_FORGETS}){sealed if sealing else ''}))"
        " BEGIN SELECT RAISE(ABORT, 'history_is_kept'); END"
    )


def _sealed_anew() -> str:
    """Say that nothing of a complainant changes but the key of what is sealed, and its digests."""
    same, differs = ("IS", "IS NOT") if _on_sqlite() else ("IS NOT DISTINCT FROM", "IS DISTINCT FROM")
    char = CHAR[op.get_bind().dialect.name]
    each = " AND ".join(
        EACH.format(
            new=f"NEW.{one}", old=f"OLD.{one}", same=same, sealed=f"{char}(64977)", forgotten=f"{char}(64976)"
        )
        for one in SEALED
    )
    changed = " OR ".join(f"NEW.{one} {differs} OLD.{one}" for one in (*SEALED, *DIGESTS))
    return f"({changed}) AND {each} AND {_same('complainants', (*SEALED, *DIGESTS))}"


def _same(table: str, besides: tuple[str, ...]) -> str:
    """Say that all other columns of a table stay; PostgreSQL can compare those of JSON as texts alone."""
    if _on_sqlite():
        names = [name for name in _columns(table) if name not in besides]
        return " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in names)
    left_out = ", ".join(f"'{name}'" for name in besides)
    return f"to_jsonb(NEW) - ARRAY[{left_out}] = to_jsonb(OLD) - ARRAY[{left_out}]"


def _columns(table: str) -> list[str]:
    return [str(one["name"]) for one in sa.inspect(op.get_bind()).get_columns(table)]


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _run(statements: str) -> None:
    """Run statements as they stand; in a text of SQLAlchemy a colon would begin a parameter."""
    op.get_bind().exec_driver_sql(statements if _on_sqlite() else re.sub(r"%", "%%", statements))


def _drop(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name}" + ("" if _on_sqlite() else f" ON {table}"))
