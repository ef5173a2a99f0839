"""What a reader may know of another matter, unit or person that the history of a case names."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from accounts.models import User
from cases.access.visibility import names_user, numbers_hidden_from
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from cases.queries.case_detail import case_view
from cases.queries.case_history import history_view
from core.persistence.db import Database
from notifications.inbox import inbox, owns, unread
from tests.builders import PERSONAL_KEYS, actor_named, at

ACase = Callable[..., Case]
Act = Callable[..., None]
SECRET = "和反映他们的那件是一回事"


def facts_of(db: Database, who: str, number: str, action: str) -> dict[str, Any]:
    with db.reading() as session:
        entries = history_view(session, keys=PERSONAL_KEYS, actor=actor_named(session, who), number=number)
    (facts,) = (entry["facts"] for entry in entries if entry["action"] == action)
    return dict(facts)


@pytest.fixture
def about_them(a_case: ACase) -> Case:
    """Return a complaint about the committee of 杉岭村."""
    return a_case(named_units=("committee-SL",), complainants=(ComplainantEntry(name="彭某"),))


@pytest.mark.parametrize(("action", "field"), [("merge", "into"), ("relate", "to")])
def test_a_matter_that_one_must_not_know_is_no_word_of_the_history(
    town: Database, a_case: ACase, act: Act, about_them: Case, action: str, field: str
) -> None:
    own = a_case()
    act("zuzhang", own.number, action, "2026-03-03", reason=SECRET, **{field: about_them.number})
    hidden = facts_of(town, "cunwei-sl", own.number, action)
    assert field not in hidden
    assert "reason" not in hidden
    shown = facts_of(town, "zuzhang", own.number, action)
    assert shown[field] == about_them.number
    assert shown["reason"] == SECRET


def test_the_matter_that_took_another_in_hides_the_number_from_a_department_that_never_had_it(
    town: Database, a_case: ACase, act: Act, rules: CountyRules
) -> None:
    own, other = a_case(), a_case()
    act("zuzhang", own.number, "assign", "2026-03-02", unit="county-water")
    with town.reading() as session:
        person = case_view(
            session,
            actor=actor_named(session, "zuzhang"),
            rules=rules,
            number=other.number,
            now=at("2026-03-02"),
        )["complainants"][0]["id"]
    act("zuzhang", other.number, "merge", "2026-03-03", reason=SECRET, into=own.number)
    absorbed = facts_of(town, "bumen", own.number, "absorb")
    assert absorbed == {"complainants": (person,)}
    act("lingdao", other.number, "unmerge", "2026-03-04", reason="不是一回事")
    assert facts_of(town, "bumen", own.number, "release") == {}
    assert facts_of(town, "zuzhang", own.number, "release")["released"] == other.number


def test_a_unit_far_away_is_hidden_with_the_reason_beside_it(town: Database, a_case: ACase, act: Act) -> None:
    own = a_case("assigned")
    act("cunwei-sl", own.number, "return", "2026-03-02", reason="归养鱼村管", unit="committee-YY")
    assert facts_of(town, "cunwei-sl", own.number, "return") == {}
    assert facts_of(town, "zuzhang", own.number, "return")["proposed_unit"] == "committee-YY"


def test_notices_of_a_matter_are_gone_from_the_inbox_of_whoever_it_comes_to_name(
    town: Database, a_case: ACase, act: Act
) -> None:
    own = a_case("assigned")
    act("cunwei-sl", own.number, "return", "2026-03-02", reason="不归村里", unit="county-water")
    with town.reading() as session:
        actor = actor_named(session, "cunwei-sl")
        assert unread(session, actor=actor) == 1
        (notice,) = inbox(session, actor=actor).items
    reason = "说的就是村委会"
    act(
        "zuzhang",
        own.number,
        "amend",
        "2026-03-03",
        field="named_units",
        value="committee-SL",
        reason=reason,
    )
    with town.reading() as session:
        actor = actor_named(session, "cunwei-sl")
        without = numbers_hidden_from(actor)
        assert list(session.scalars(without)) == [own.number]
        assert inbox(session, actor=actor, without=without).items == []
        assert unread(session, actor=actor, without=without) == 0
        assert not owns(session, actor=actor, notice_id=notice["id"], without=without)
        ids = {row.username: row.id for row in session.scalars(select(User))}
        assert names_user(session, number=own.number, user_id=ids["cunwei-sl"])
        assert not names_user(session, number=own.number, user_id=ids["zuzhang"])
