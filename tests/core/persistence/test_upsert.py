"""A row whose key is there already is left or changed by the same words on both databases."""

from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, select

from core.persistence.db import Database
from core.persistence.upsert import Insert, Upsert

STOCK = Table("stock", MetaData(), Column("name", String, primary_key=True), Column("number", Integer))
FIRST = Upsert(lambda insert, _: insert(STOCK).on_conflict_do_nothing().returning(STOCK.c.name))


def _add(insert: Insert, _: str) -> Any:
    statement = insert(STOCK)
    more = {"number": STOCK.c.number + statement.excluded.number}
    return statement.on_conflict_do_update(index_elements=[STOCK.c.name], set_=more)


MORE = Upsert(_add)
NAMED = Upsert(lambda insert, name: insert(STOCK).values(name=name, number=0))


def test_the_first_row_stays_and_the_second_is_told_of_nothing(town: Database) -> None:
    with town.transaction() as session:
        STOCK.create(session.connection())
        found = [
            session.scalars(FIRST.on(session), {"name": "碗", "number": number}).all() for number in (1, 2)
        ]
        assert (found, session.scalars(select(STOCK.c.number)).all()) == ([["碗"], []], [1])


def test_what_is_there_is_changed_by_what_comes(town: Database) -> None:
    with town.transaction() as session:
        STOCK.create(session.connection())
        session.execute(MORE.on(session), [{"name": "碗", "number": 1}, {"name": "筷", "number": 5}])
        session.execute(MORE.on(session), [{"name": "碗", "number": 2}])
        rows = session.execute(select(STOCK.c.name, STOCK.c.number).order_by(STOCK.c.number)).all()
        assert [tuple(row) for row in rows] == [("碗", 3), ("筷", 5)]


def test_a_statement_may_differ_by_the_name_of_the_database(town: Database) -> None:
    with town.transaction() as session:
        STOCK.create(session.connection())
        session.execute(NAMED.on(session))
        assert session.scalars(select(STOCK.c.name)).one() == town.engine.dialect.name
