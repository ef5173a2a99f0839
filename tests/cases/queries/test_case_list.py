"""The number of what a list holds is that of its pages, and no more than is asked for."""

import pytest

from cases.configuration.case_rules import CountyRules
from cases.queries.case_list import count_cases, list_cases
from core.persistence.db import Database
from tests.builders import a_case, actor_named, at

TODAY = at("2026-03-03")


@pytest.fixture
def with_cases(town: Database, rules: CountyRules) -> Database:
    with town.transaction() as session:
        for state, village in (("assigned", "SL"), ("escalated", "SL"), ("resolved", "YY"), ("closed", "YY")):
            a_case(session, rules, state, village=village, now=at("2026-03-02"))
    return town


@pytest.mark.parametrize("username", ["zuzhang", "cunwei-sl", "cunwei-gg"])
@pytest.mark.parametrize("filters", [{}, {"open": True}, {"state": "closed"}, {"overdue": True}])
def test_as_many_are_counted_as_are_listed(
    with_cases: Database, rules: CountyRules, username: str, filters: dict[str, object]
) -> None:
    with with_cases.reading() as session:
        actor = actor_named(session, username)
        listed = list_cases(session, actor=actor, rules=rules, filters=filters, now=TODAY).items
        counted = count_cases(session, actor=actor, filters=filters, today=TODAY.date(), most=50)
    assert counted == len(listed)


def test_no_more_are_counted_than_are_asked_for(with_cases: Database) -> None:
    with with_cases.reading() as session:
        actor = actor_named(session, "zuzhang")
        found = [count_cases(session, actor=actor, filters={}, today=TODAY.date(), most=n) for n in (3, 50)]
    assert found == [3, 4]
