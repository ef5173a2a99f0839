"""Return visits: by someone other than the handlers, and no dissatisfaction is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from cases.models.case import Case, Complainant
from core.errors import Forbidden
from core.persistence.db import Database

Act = Callable[..., None]
GOOD: dict[str, Any] = {"heard": True, "rating": "satisfied", "words": "好"}


def complainant_of(town: Database, case: Case) -> Complainant:
    with town.reading() as session:
        return session.scalars(select(Complainant).where(Complainant.case_id == case.id)).one()


def test_the_unit_that_handled_a_case_stays_its_handler_when_the_team_tells_the_result_again(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    case = a_case()
    person = complainant_of(town, case).id
    said = {"complainant": person, "channel": "door", "text": "修好了。"}
    act("zuzhang", case.number, "assign", "2026-03-02", unit="township-MA")
    act("xiangzhen", case.number, "resolve", "2026-03-03", outcome="solved", replies=[said])
    act("zuzhang", case.number, "reply", "2026-03-04", **said, final=True)
    with pytest.raises(Forbidden):
        act("xiangzhen", case.number, "confirm", "2026-03-05", complainant=person, **GOOD)


@pytest.mark.parametrize("visitor", ["zuyuan", "zuzhang", "xiangzhen"])
def test_a_visitor_who_reopens_leaves_the_dissatisfaction_on_record(
    town: Database, a_case: Callable[..., Case], act: Act, visitor: str
) -> None:
    case = a_case("resolved")
    person = complainant_of(town, case).id
    act(visitor, case.number, "reopen", "2026-03-05", complainant=person, reason="水还是上不来")
    assert complainant_of(town, case).rating == "dissatisfied"
