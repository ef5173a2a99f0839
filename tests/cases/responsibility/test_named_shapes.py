"""Matters that name units or people go on where somebody is left, and else stand still and are named."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.models import Unit, User
from cases.configuration.case_rules import CountyRules
from cases.responsibility.dead_ends import (
    FoundNamedDeadEnd,
    UnitWithoutWay,
    dead_ends_in_words,
    find_in_register,
    find_named_in_register,
    load_register,
)
from cases.responsibility.matter_places import UnitShape
from cases.responsibility.named_shapes import MOST_ALIKE, Naming, list_named, walked_shape
from core.persistence.db import Database
from tests.builders import add_deputies
from tests.english import in_english
from tests.statements import statements
from workflow.definition.model import Definition, Step

LEADER = Naming(("team",), frozenset({"team_leader"}))


def find(session: Session, definition: Definition) -> dict[Naming, FoundNamedDeadEnd]:
    session.flush()
    return {one.naming: one for one in find_named_in_register(definition, load_register(session))}


def set_roles(session: Session, **roles: list[str]) -> None:
    for username, held in roles.items():
        session.execute(update(User).where(User.username == username).values(roles=held))


def a_unit(kind: str, superior: int | None, *people: str, covers: bool = True) -> UnitShape:
    return UnitShape(kind, True, covers, superior, tuple(frozenset({role}) for role in people))


def with_raising_alone(definition: Definition) -> Definition:
    """Return a life cycle in which an assigned matter is raised when its time is over, and nothing else."""
    kept = {
        name: step if name == "raise" else _without(step, "assigned")
        for name, step in definition.steps.items()
    }
    acts = {name: act for name, act in definition.acts.items() if name != "reassign"}
    return replace(definition, steps=kept, acts=acts)


def _without(step: Step, state: str) -> Step:
    rows = tuple(replace(row, sources=row.sources - {state}) for row in step.rows)
    return replace(step, sources=tuple(code for code in step.sources if code != state), rows=rows)


def namings(shape: Sequence[UnitShape]) -> list[tuple[tuple[str, ...], str]]:
    """Return who is named in the order of the walk, roles as one text."""
    return [(one.naming.kinds, "".join(one.naming.roles)) for one in list_named(tuple(shape))]


def test_each_unit_each_chain_below_its_top_and_each_person_is_named() -> None:
    shape = (
        a_unit("leading_group", None, "leader"),
        a_unit("township", 0, "coordinator", "leader"),
        a_unit("committee", 1, "committee"),
        a_unit("department", 0, "admin"),
        a_unit("township", None, "coordinator", covers=False),
    )
    assert namings(shape) == [
        (("leading_group",), ""),
        (("township",), ""),
        (("committee",), ""),
        (("committee", "township"), ""),
        (("township",), "coordinator"),
        (("township",), "leader"),
    ]


def test_of_three_alike_one_can_be_named_and_the_others_make_a_difference_still() -> None:
    shape = (a_unit("team", None, *["member"] * MOST_ALIKE, "team_leader"),)
    assert walked_shape(shape)[0].people == (*[frozenset({"member"})] * 2, frozenset({"team_leader"}))
    assert namings(shape) == [(("team",), ""), (("team",), "team_leader")]
    assert namings((a_unit("team", None, "member", "member", "team_leader"),))[1] == (("team",), "member")


def test_a_register_with_a_deputy_everywhere_has_a_way_on_for_matters_about_anybody(
    town: Database, rules: CountyRules
) -> None:
    with town.transaction() as session:
        add_deputies(session)
        register = load_register(session)
        with statements(town) as asked:
            assert find_in_register(rules.definition, register) == []
            assert find_named_in_register(rules.definition, register) == []
    assert asked == []


def test_a_matter_about_the_only_one_who_settles_names_stands_still(
    town: Database, rules: CountyRules
) -> None:
    with town.transaction() as session:
        found = find(session, rules.definition)
        said = dead_ends_in_words(rules.definition, load_register(session))
    assert set(found) == {LEADER, Naming(("team",)), Naming(("team", "township"))}
    assert found[LEADER].units[0] == UnitWithoutWay("驻马鞍乡工作组", ("高观村", "杉岭村", "养鱼村"))
    (leader,) = (one for one in said if str(one).startswith("反映工作组的组长的事"))
    assert str(leader) == (
        "反映工作组的组长的事：「已受理」的事在这些条件不成立时（反映的是谁都认清了）没有往下走的路；"
        "缺的是：能「当场答复」的组长（管辖范围内）、能「交办」的组长（管辖范围内）。"
        "承办单位：驻马鞍乡工作组（在高观村、杉岭村、养鱼村）、马鞍乡人民政府（在高观村、杉岭村、养鱼村）。"
        "这样停住的情形共 4 种"
    )
    assert in_english(leader).startswith(
        "matters about team leader of work team: matters in the state received have no way on"
    )
    assert in_english(leader).endswith("They stand still in 4 such situations")


def test_a_matter_goes_up_along_the_chain_past_those_whom_it_names(
    town: Database, rules: CountyRules
) -> None:
    definition = with_raising_alone(rules.definition)
    township, both = Naming(("township",)), Naming(("committee", "township"))
    with town.transaction() as session:
        add_deputies(session)
        found = find(session, definition)
        assert not {township, both} & set(found)  # it passes the township over and comes to the leading group
        session.execute(update(User).where(User.username == "lingdao").values(active=False))
        found = find(session, definition)
    assert both not in found  # nothing more stands still than where the township alone is named
    one = found[township]
    assert one.dead is not None
    assert (one.dead.state, one.dead.guards) == ("assigned", ("has_superior",))
    assert [unit.unit for unit in one.units] == ["高观村两委", "杉岭村两委", "养鱼村两委"]


def test_what_nobody_else_can_receive_is_said_with_the_unit(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        add_deputies(session)
        session.execute(update(Unit).where(Unit.kind.in_(("township", "leading_group"))).values(active=False))
        found = find(session, rules.definition)[Naming(("team",))]
    assert found.dead is None
    assert str(found.in_words(rules.definition)) == (
        "反映工作组的事没有别的单位能收。承办单位：驻马鞍乡工作组（在高观村、杉岭村、养鱼村）"
    )


def test_what_stands_still_anyway_is_not_said_again_of_those_who_are_named(
    town: Database, rules: CountyRules
) -> None:
    with town.transaction() as session:
        set_roles(session, zuzhang=["member"])
        usual = find_in_register(rules.definition, load_register(session))
        found = find(session, rules.definition)
    assert {one.dead.state for one in usual} == {"received", "assigned", "escalated", "resolved"}
    stuck = {(one.dead.state, unit.unit) for one in usual for unit in one.units}
    assert LEADER not in found
    assert found[Naming(("leading_group",))].units[0].unit == "示范县水利局"
    for one in found.values():
        assert one.dead is not None
        assert stuck.isdisjoint((one.dead.state, unit.unit) for unit in one.units)
