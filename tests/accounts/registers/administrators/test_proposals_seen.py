"""Who agrees, agrees to what was shown: another proposal, or another unit, is looked at first."""

from collections.abc import Callable
from functools import partial

import pytest

from accounts.access.actor import SYSTEM, Actor
from core.errors import Conflict, DomainError
from core.persistence.db import Database
from tests.accounts.registers.administrators.test_proposals import (
    People,
    add,
    agree,
    change,
    disagree,
    roles_of,
    second,
    seen,
)
from tests.races.crowd import at_once

__all__ = ["second"]
ROUNDS = 5


def refused(act: Callable[[], object]) -> str:
    """Do something and return as what it was refused, or nothing."""
    try:
        act()
    except DomainError as error:
        return error.code
    return ""


@pytest.mark.parametrize("roles", [["auditor"], ["leader", "auditor"], ["leader"]])
def test_nobody_agrees_to_a_proposal_that_came_in_the_place_of_the_one_shown(
    town: Database, second: Actor, actor: People, roles: list[str]
) -> None:
    add(town, actor("guanli"), ["leader"])
    shown = seen(town)
    change(town, actor("guanli"), "xin", roles)
    assert refused(lambda: agree(town, second, shown=shown)) == "proposal_changed"
    assert refused(lambda: agree(town, second, shown="")) == "proposal_changed"
    with pytest.raises(Conflict, match="proposal_changed"), town.transaction() as session:
        disagree(session, second, shown)
    assert roles_of(town) == []
    agree(town, second)
    assert roles_of(town) == sorted(roles)


def test_nobody_agrees_to_power_in_another_unit_than_was_shown(
    town: Database, second: Actor, actor: People
) -> None:
    change(town, actor("guanli"), "zuyuan", ["auditor", "member"])
    shown = seen(town, "zuyuan")
    change(town, SYSTEM, "zuyuan", ["member"], unit="county-office")
    assert refused(lambda: agree(town, second, "zuyuan", shown=shown)) == "proposal_changed"
    assert roles_of(town, "zuyuan") == ["member"]


def test_while_one_replaces_a_proposal_another_agrees_to_what_was_shown_or_to_nothing(
    town: Database, second: Actor, actor: People
) -> None:
    for turn in range(ROUNDS):
        name = f"xin-{turn}"
        add(town, actor("guanli"), ["leader"], username=name)
        shown = seen(town, name)
        codes = at_once(
            partial(refused, partial(change, town, actor("guanli"), name, ["auditor"])),
            partial(refused, partial(agree, town, second, name, shown=shown)),
        )
        assert roles_of(town, name) == ([] if codes[1] else ["leader"])
