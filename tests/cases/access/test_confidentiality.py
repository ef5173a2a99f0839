"""Who may know a complainant is the same rule in Python and in SQL."""

import pytest
from sqlalchemy import select

from accounts.access.actor import NOBODY, SYSTEM
from cases.access.confidentiality import known_to, may_know
from cases.models.case import Complainant
from core.persistence.db import Database
from tests.builders import actor_named

PEOPLE = ("zuyuan", "zuzhang", "cunwei-gg", "xiangzhen", "lingdao", "jiandu", "guanli", "", "nobody")


@pytest.mark.parametrize("name", PEOPLE)
def test_a_query_keeps_just_the_complainants_who_may_be_known_one_by_one(told: Database, name: str) -> None:
    with told.reading() as session:
        actor = {"": SYSTEM, "nobody": NOBODY}.get(name) or actor_named(session, name)
        people = session.scalars(select(Complainant)).all()
        kept = set(session.scalars(select(Complainant.id).where(known_to(actor))))
        assert any(person.confidential for person in people)
        assert kept == {person.id for person in people if may_know(actor, person)}
