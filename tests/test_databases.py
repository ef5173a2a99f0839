"""The databases that tests get."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from cases.models.case import Case
from core.persistence.db import Database
from tests.builders import WAYS, actor_named


def test_a_database_of_a_test_is_open_for_writing(db: Database) -> None:
    with db.transaction() as session:
        session.execute(text("CREATE TABLE traces (word TEXT)"))
        session.execute(text("INSERT INTO traces VALUES ('水渠')"))
    with db.reading() as session:
        assert session.scalars(text("SELECT word FROM traces")).one() == "水渠"


def test_the_township_has_people_with_their_rights(town: Database) -> None:
    with town.reading() as session:
        actor = actor_named(session, "cunwei-yy")
    assert (actor.unit_code, actor.area_path, actor.roles) == (
        "committee-YY",
        "/SX/MA/YY/",
        frozenset({"committee"}),
    )


@pytest.mark.parametrize("state", [*WAYS])
def test_a_case_can_be_had_in_every_state(a_case: Callable[..., Case], state: str) -> None:
    assert a_case(state).state == state
