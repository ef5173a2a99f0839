"""The migrations: up and down, many at once, killed in the middle, and in line with the models."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from core.persistence import migrations, revisions
from core.persistence.db import Base, Database
from tests.migrations.models import import_models
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent.parent
UPGRADE = (
    "import sys; from core.persistence import db, migrations; migrations.upgrade(db.Database(sys.argv[1]))"
)
#: Ends the process at its Nth statement, as a power cut would: nothing is cleaned up.
KILLED = """
import os, sys
from sqlalchemy import Engine, event
from core.persistence import db, migrations
left = [int(sys.argv[2])]
@event.listens_for(Engine, "before_cursor_execute")
def counted(*_):
    left[0] -= 1
    if left[0] == 0:
        os._exit(9)
migrations.upgrade(db.Database(sys.argv[1]))
"""
OLDER = [path.stem[:4] for path in sorted((ROOT / "migrations" / "versions").glob("*.py"))][:-1]


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def tables(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def start(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )


def test_an_empty_database_gets_every_table_of_the_models(bare: Database) -> None:
    import_models()
    migrations.upgrade(bare)
    ours = {name for name in tables(bare) if not name.startswith(revisions.OUTSIDE_MODELS)}
    assert ours == {*Base.metadata.tables, "alembic_version"}


def test_models_and_migrations_agree(bare: Database) -> None:
    import_models()
    migrations.upgrade(bare)
    assert migrations.check(bare) == []


def test_a_table_that_is_missing_is_named_by_the_check(bare: Database) -> None:
    import_models()
    migrations.upgrade(bare)
    with bare.transaction() as session:
        session.execute(text("DROP TABLE case_notes"))
    assert migrations.check(bare) == [
        "add_table: case_notes",
        "add_index: ix_case_notes_case_id",
    ]


def test_a_database_that_was_never_migrated_is_named_by_the_check(bare: Database) -> None:
    newest = migrations.newest_revision()
    assert migrations.check(bare) == [f"the database is at nothing, the newest migration is {newest}"]


def test_upgrading_again_changes_nothing(bare: Database) -> None:
    migrations.upgrade(bare)
    migrations.upgrade(bare)
    with bare.reading() as session:
        assert revisions.is_enough(session)


def test_no_older_schema_is_current(bare: Database) -> None:
    for revision in OLDER:
        migrations.upgrade(bare, revision=revision)
        with bare.reading() as session:
            assert (revisions.head(session), revisions.is_enough(session)) == (revision, False)


def test_a_database_that_was_never_migrated_is_not_current(bare: Database) -> None:
    with bare.reading() as session:
        assert not revisions.is_enough(session)


def test_going_down_to_the_beginning_leaves_no_table(bare: Database) -> None:
    migrations.upgrade(bare)
    migrations.downgrade(bare, revision="base")
    assert tables(bare) == {"alembic_version"}


def test_going_down_and_up_again_gives_the_same_schema(bare: Database) -> None:
    migrations.upgrade(bare)
    before = schema_of(bare)
    migrations.downgrade(bare, revision="base")
    migrations.upgrade(bare)
    assert schema_of(bare) == before


def test_the_migrated_schema_is_that_of_the_models_to_the_last_constraint(
    bare: Database, tmp_path: Path
) -> None:
    import_models()
    migrations.upgrade(bare)
    migrated = schema_of(bare, guards=False)
    migrations.downgrade(bare, revision="base")
    with bare.transaction() as session:
        session.execute(text("DROP TABLE alembic_version"))
        Base.metadata.create_all(session.connection())
    assert schema_of(bare, guards=False) == migrated


def test_eight_processes_at_once_make_one_schema(bare: Database) -> None:
    url = url_of(bare)
    started = [start(UPGRADE, url) for _ in range(8)]
    said = [process.communicate(timeout=PATIENCE)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 8, "\n".join(said)
    with bare.reading() as session:
        assert revisions.is_enough(session)


@pytest.mark.parametrize("statement", [3, 12, 40])
def test_a_migration_killed_in_the_middle_is_finished_by_the_next(bare: Database, statement: int) -> None:
    process = start(KILLED, url_of(bare), str(statement))
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 9
    assert tables(bare) == set()
    migrations.upgrade(bare)
    with bare.reading() as session:
        assert revisions.is_enough(session)


def test_a_sqlite_file_with_content_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path.as_posix()}/huiyin.db")
    migrations.upgrade(database, revision="0002")
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO areas (id, code, name, level, path) VALUES (1, 'SX', '示范县', 'county', '/SX/')"
            )
        )
    migrations.upgrade(database)
    database.dispose()
    (copy,) = tmp_path.glob("huiyin.db.before-*")
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT name FROM areas").fetchall() == [("示范县",)]
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]


def test_the_folder_of_a_new_sqlite_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path.as_posix()}/new/var/huiyin.db")
    migrations.upgrade(database)
    database.dispose()
    assert (tmp_path / "new" / "var" / "huiyin.db").is_file()


def test_an_empty_sqlite_file_is_not_copied(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path.as_posix()}/huiyin.db")
    migrations.upgrade(database)
    database.dispose()
    assert not list(tmp_path.glob("*.before-*"))


def test_no_migration_imports_a_model() -> None:
    """How a text is folded is no model: a migration of its own follows every change of it (decision 0032)."""
    ours = re.compile(
        r"^\s*(?:from|import) (?:accounts|api|cases|core(?!\.normalization)|notifications|roster)\b",
        re.MULTILINE,
    )
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert not ours.search(path.read_text(encoding="utf-8")), path.name


def test_migrations_are_numbered_one_after_the_other() -> None:
    numbers = [path.stem[:4] for path in sorted((ROOT / "migrations" / "versions").glob("*.py"))]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def schema_of(database: Database, *, guards: bool = True) -> list[tuple[str, ...]]:
    """Return everything the database itself says about its tables, in one order."""
    asked = SQLITE if database.is_sqlite else POSTGRESQL
    with database.engine.connect() as connection:
        rows = [tuple(map(str, row)) for one in asked for row in connection.execute(text(one))]
    # Expressions are laid out by whoever wrote them; only the words count.
    plain = sorted((*row[:-1], re.sub(r"\s+", " ", row[-1])) for row in rows if "alembic" not in row[1])
    if guards:
        return plain
    described = [row for row in plain if not row[1].startswith(revisions.OUTSIDE_MODELS)]
    return [row for row in described if row[0] not in {"trigger", "view", "function"}]


SQLITE = ("SELECT type, tbl_name, name, coalesce(sql, '') FROM sqlite_master",)
POSTGRESQL = (
    "SELECT 'column', table_name, column_name, "
    "data_type || is_nullable || coalesce(column_default, '') FROM information_schema.columns c "
    "JOIN information_schema.tables t USING (table_schema, table_name) "
    "WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'",
    "SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'",
    "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) "
    "FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'view', viewname, viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "SELECT 'function', proname, proname, pg_get_functiondef(oid) "
    "FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)
