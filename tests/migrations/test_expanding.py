"""Old and new program at once: a migration adds, and takes nothing that the program before it needs (T22)."""

import pytest
from sqlalchemy import text

from core.persistence import migrations
from core.persistence.db import Database
from tests.migrations.expanding import schema, taken
from tests.migrations.test_migrations import OLDER

#: These put triggers on tables that were there: the guards before anybody used the product, and the note that
#: something is to be counted, which refuses nothing; and what asks of an entry that only this program writes.
MAY_WATCH = {"0005", "0013", "0023", "0025"}
BEFORE = "CREATE TABLE matters (id INTEGER PRIMARY KEY, words VARCHAR NOT NULL, place VARCHAR, unit INTEGER)"
PLACES = "CREATE TABLE units (id INTEGER PRIMARY KEY)"
WATCH = {
    "sqlite": ["CREATE TRIGGER watch BEFORE INSERT ON matters BEGIN SELECT RAISE(ABORT, 'no'); END"],
    "postgresql": [
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER watch BEFORE INSERT ON matters FOR EACH ROW EXECUTE FUNCTION no()",
    ],
}


def test_no_migration_takes_anything_from_the_program_before_it(bare: Database) -> None:
    migrations.upgrade(bare, revision=OLDER[0])
    before = schema(bare)
    for revision in [*OLDER[1:], "head"]:
        migrations.upgrade(bare, revision=revision)
        after = schema(bare)
        present = migrations.newest_revision() if revision == "head" else revision
        found = taken(before, after)
        watching = [one for one in found if " demands trigger " in one]
        assert (present, found) == (present, watching if present in MAY_WATCH else [])
        before = after


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("", ["matters is gone"]),
        (BEFORE.replace(" place VARCHAR,", ""), ["matters.place is gone"]),
        (BEFORE.replace("unit INTEGER", "unit VARCHAR"), ["matters.unit was INTEGER and is VARCHAR"]),
        (BEFORE.replace("place VARCHAR", "place VARCHAR NOT NULL"), ["matters.place must be filled"]),
        (BEFORE[:-1] + ", state VARCHAR NOT NULL)", ["matters.state must be filled"]),
        (BEFORE[:-1] + ", PRIMARY KEY (id, words))", ["matters has another key"]),
        (BEFORE[:-1] + ", UNIQUE (place))", ["matters demands unique place"]),
        (f"{BEFORE}; CREATE UNIQUE INDEX one ON matters (unit)", ["matters demands unique unit"]),
        (BEFORE[:-1] + ", CONSTRAINT long CHECK (length(words) > 3))", ["matters demands check long"]),
        (BEFORE.replace("unit INTEGER", "unit INTEGER REFERENCES units"), ["matters demands reference unit"]),
        (f"{BEFORE}; WATCH", ["matters demands trigger watch"]),
        (BEFORE[:-1] + ", state VARCHAR, late BOOLEAN DEFAULT false NOT NULL)", []),
        (f"{BEFORE}; CREATE INDEX one ON matters (unit); CREATE TABLE further (id INTEGER NOT NULL)", []),
    ],
)
def test_what_a_migration_takes_is_told(bare: Database, after: str, found: list[str]) -> None:
    if "PRIMARY KEY (id" in after:
        after = after.replace("id INTEGER PRIMARY KEY", "id INTEGER")
    with bare.transaction() as session:
        for statement in (PLACES, BEFORE):
            session.execute(text(statement))
    before = schema(bare)
    with bare.transaction() as session:
        session.execute(text("DROP TABLE matters"))
        for statement in filter(None, after.split("; ")):
            for one in WATCH[session.get_bind().dialect.name] if statement == "WATCH" else [statement]:
                session.execute(text(one))
    assert taken(before, schema(bare)) == found


def test_a_newer_schema_is_left_alone(bare: Database) -> None:
    migrations.upgrade(bare)
    with bare.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = schema(bare)
    migrations.upgrade(bare)
    assert schema(bare) == before
    with bare.reading() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
