"""Of how many matters one person alone may act is told as far as whoever asks may know of them."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from accounts.models import User
from accounts.registers import users
from cases.configuration.case_rules import CountyRules
from cases.responsibility.able_people import count_depending_matters
from core.errors import Conflict
from core.persistence.db import Database
from tests.builders import a_case, actor_named, at


@pytest.mark.parametrize(
    ("who", "roles", "number"),
    [
        ("guanli", {"admin"}, 1),
        ("zuyuan", {"admin"}, None),
        ("zuyuan", {"admin", "member"}, None),
        ("zuyuan", {"admin", "auditor"}, None),
    ],
)
def test_of_how_many_only_one_may_act_is_told_to_nobody_whom_they_name(
    town: Database, rules: CountyRules, who: str, roles: set[str], number: int | None
) -> None:
    with town.transaction() as session:
        a_case(session, rules, "assigned", named_users=("zuyuan",))
        actor = replace(actor_named(session, who), roles=frozenset(roles))
        row = session.execute(select(User.unit_id, User.id).where(User.username == "zuzhang")).one()
        zuzhang = (row.unit_id, row.id)
        assert count_depending_matters(session, actor, *zuzhang) == number
        with pytest.raises(Conflict) as refused:
            users.disable(
                session,
                actor=SYSTEM,
                chain=rules.services.chain,
                username="zuzhang",
                count_matters=partial(count_depending_matters, session, actor),
                now=at("2026-03-03"),
            )
    assert refused.value.code == ("unit_owes_replies" if number else "unit_needs_user")
    assert refused.value.facts.get("matters") == number
