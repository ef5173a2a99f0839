"""The databases that tests get."""

from sqlalchemy import text

from core.db import Database


def test_a_database_of_a_test_is_open_for_writing(db: Database) -> None:
    with db.transaction() as session:
        session.execute(text("CREATE TABLE traces (word TEXT)"))
        session.execute(text("INSERT INTO traces VALUES ('水渠')"))
    with db.reading() as session:
        assert session.scalars(text("SELECT word FROM traces")).one() == "水渠"
