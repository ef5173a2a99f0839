"""Who may know a complainant is the same rule in Python and in SQL."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from accounts.access.actor import NOBODY, SYSTEM
from cases.access.confidentiality import known_to, may_know
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from core.persistence.db import Database
from tests.builders import actor_named

PEOPLE = ("zuyuan", "zuzhang", "cunwei-gg", "xiangzhen", "lingdao", "jiandu", "guanli", "", "nobody")


@pytest.mark.parametrize("name", PEOPLE)
def test_a_query_keeps_just_the_complainants_who_may_be_known_one_by_one(
    town: Database, a_case: Callable[..., Case], name: str
) -> None:
    a_case(complainants=(ComplainantEntry(name="田某"),))
    a_case(complainants=(ComplainantEntry(name="覃某", confidential=True),))
    with town.reading() as session:
        actor = {"": SYSTEM, "nobody": NOBODY}.get(name) or actor_named(session, name)
        people = session.scalars(select(Complainant)).all()
        kept = set(session.scalars(select(Complainant.id).where(known_to(actor))))
        assert any(person.confidential for person in people)
        assert kept == {person.id for person in people if may_know(actor, person)}
