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


@pytest.mark.parametrize("recorded_by", ["zuyuan", "cunwei-gg"])
def test_a_confidential_complainant_is_known_to_recorder_team_leader_and_auditor_alone(
    town: Database, a_case: Callable[..., Case], recorded_by: str
) -> None:
    hidden = ComplainantEntry(name="覃某", confidential=True)
    a_case(village="GG", complainants=(hidden,), recorded_by=recorded_by)
    with town.reading() as session:
        person = session.scalars(select(Complainant)).one()
        actors = {
            name: {"": SYSTEM, "nobody": NOBODY}.get(name) or actor_named(session, name) for name in PEOPLE
        }
        knowing = {name for name, actor in actors.items() if may_know(actor, person)}
        found = {
            name
            for name, actor in actors.items()
            if session.scalars(select(Complainant.id).where(known_to(actor))).all()
        }
    assert knowing == found == {"zuzhang", "jiandu", "", recorded_by}
