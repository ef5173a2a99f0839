"""In a register every open situation has a way on for somebody there, or the places without one are named."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.models import Unit, User
from cases.configuration.case_rules import CountyRules
from cases.intake.read_definition import read_definition
from cases.responsibility.dead_ends import (
    FoundDeadEnd,
    UnitWithoutWay,
    count_villages,
    dead_ends_in_words,
    find_in_register,
    load_register,
)
from core.persistence.db import Database
from tests.english import in_english
from tests.statements import statements
from tests.workflow.samples import CONFIG
from workflow.definition.model import ActionRule, Definition
from workflow.ways_on import situations

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
RESOLVES = (
    '"committee", "coordinator", "department", "leader"], relations = ["owner"] },\n]\n'
    'clocks = { accept = "stop", handling = "stop", return'
)
REASSIGNS = (
    '  { from = ["assigned", "escalated"], '
    'roles = ["team_leader", "coordinator"], relations = ["in_scope"] },\n'
)
COMMITTEES = ("高观村两委", "杉岭村两委", "养鱼村两委")


def told(found: Sequence[FoundDeadEnd]) -> set[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return state, guards and units of what was found."""
    return {(one.dead.state, one.dead.guards, tuple(unit.unit for unit in one.units)) for one in found}


def find(session: Session, definition: Definition, path: str = "/") -> list[FoundDeadEnd]:
    session.flush()
    return find_in_register(definition, load_register(session, path))


def leave(session: Session, *usernames: str) -> None:
    session.execute(update(User).where(User.username.in_(usernames)).values(active=False))


def _outside(row: ActionRule) -> ActionRule:
    return replace(row, sources=row.sources - {"assigned.inspecting"})


def test_the_sample_register_has_a_way_on_everywhere(town: Database, rules: CountyRules) -> None:
    with town.reading() as session, statements(town) as seen:
        register = load_register(session)
        assert find_in_register(rules.definition, register) == []
        assert count_villages(rules.definition, register) == 3
    assert len(seen) == 3
    assert len(register.shapes) == 1  # three villages that are alike are walked once


def test_without_a_team_leader_a_matter_with_an_open_name_stands_still(
    town: Database, rules: CountyRules
) -> None:
    with town.transaction() as session:
        leave(session, "zuzhang")
        found = find(session, rules.definition)
        first = found[0].in_words(rules.definition)
    assert {one.dead.state for one in found} == {"received", "assigned", "escalated", "resolved"}
    assert ("received", ("names_settled",), ("驻马鞍乡工作组",)) in told(found)
    assert ("assigned", ("has_superior", "names_settled"), ("示范县走访工作领导小组",)) in told(found)
    assert str(first) == (
        "「已受理」的事在这些条件不成立时（反映的是谁都认清了）没有往下走的路；"
        "缺的是：能「当场答复」的组长（管辖范围内）、能「交办」的组长（管辖范围内）。"
        "承办单位：驻马鞍乡工作组（在高观村、杉岭村、养鱼村）"
    )
    assert in_english(first) == (
        "matters in the state received have no way on while this does not hold: "
        "it is settled whom every name means; nobody is there who could go on by "
        "answer at the door (team leader; any case in scope), assign (team leader; any case in scope). "
        "Owned by 驻马鞍乡工作组 (in 高观村, 杉岭村, 养鱼村)"
    )


def test_the_units_whose_people_may_not_go_on_are_named(town: Database) -> None:
    assert RESOLVES in TEXT
    text = TEXT.replace(RESOLVES, RESOLVES.replace('"committee", ', ""))
    definition = read_definition(text, "workflow.toml")
    alone = read_definition(text.replace(REASSIGNS, ""), "workflow.toml")
    assert alone.hash != definition.hash
    with town.transaction() as session:
        assert find(session, alone) == []  # the township above takes it over when its days are over
        session.execute(update(Unit).where(Unit.kind == "committee").values(superior_id=None))
        assert find(session, definition) == []  # somebody gives it to a unit that has a way on
        found = find(session, alone)
    assert told(found) == {
        ("assigned", ("return_window_open", "has_superior"), COMMITTEES),
        ("assigned", ("returns_left", "has_superior"), COMMITTEES),
    }
    assert str(found[0].in_words(alone)).endswith(
        "缺的是：能「答复并办结」的组员、组长、乡镇联络员、部门、领导（承办单位）。"
        "承办单位：高观村两委、杉岭村两委、养鱼村两委"
    )


def test_a_matter_that_one_person_answered_needs_another_one_to_ask(
    town: Database, rules: CountyRules
) -> None:
    with town.transaction() as session:
        leave(session, "zuyuan", "xiangzhen")
        found = [one for one in find(session, rules.definition) if one.dead.state == "resolved"]
        assert told(found) == {
            ("resolved", ("explained_twice",), ("驻马鞍乡工作组",)),
            ("resolved", ("dissatisfaction_recorded",), ("驻马鞍乡工作组",)),
        }
        session.execute(update(User).where(User.username == "xiangzhen").values(active=True))
        assert find(session, rules.definition) == []


def test_only_the_villages_of_a_place_are_walked(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        leave(session, "zuzhang")
        units = find(session, rules.definition, "/SX/MA/SL/")[0].units
    assert units == (UnitWithoutWay("驻马鞍乡工作组", ("杉岭村",)),)


def test_where_nobody_receives_there_is_nothing_to_walk(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        session.execute(update(Unit).values(active=False))
        register = load_register(session)
        assert find_in_register(rules.definition, register) == []
        assert count_villages(rules.definition, register) == 0


def test_the_states_of_an_example_are_walked_as_any_other(town: Database) -> None:
    place = CONFIG.parent / "docs" / "examples" / "inspection" / "workflow.toml"
    definition = read_definition(place.read_text(encoding="utf-8"), "workflow.toml")
    inspect = definition.steps["inspect"]
    rows = tuple(replace(row, roles=row.roles - {"committee"}) for row in inspect.rows)
    others = ("resolve", "raise", "escalate", "return")
    steps = {
        name: replace(step, sources=tuple(code for code in step.sources if code != "assigned.inspecting"))
        for name, step in definition.steps.items()
        if name in others
    }
    fewer = {name: tuple(_outside(row) for row in step.rows) for name, step in steps.items()}
    steps = {name: replace(step, rows=fewer[name]) for name, step in steps.items()}
    acts = {name: act for name, act in definition.acts.items() if name != "reassign"}
    spoiled = replace(
        definition, steps={**definition.steps, **steps, "inspect": replace(inspect, rows=rows)}, acts=acts
    )
    with town.reading() as session:
        assert find(session, definition) == []
        found = find(session, spoiled)
    assert told(found) == {("assigned.inspecting", (), COMMITTEES)}
    assert str(found[0].in_words(spoiled)).startswith(
        "「待踏勘」的事没有往下走的路；缺的是：能「踏勘记录」的组员、组长、乡镇联络员、部门、领导（承办单位）"
    )


def test_what_cannot_be_walked_is_said(
    town: Database, rules: CountyRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(situations, "MOST_SITUATIONS", 1)
    definition = replace(rules.definition, name="another")
    with town.reading() as session:
        [sentence] = dead_ends_in_words(definition, load_register(session))
    assert "里各步的条件太多" in str(sentence)


def test_many_places_are_counted(rules: CountyRules) -> None:
    villages = UnitWithoutWay("工作组", tuple(f"{n}号村" for n in range(5)))
    assert str(villages.in_words()) == "工作组（在0号村、1号村、2号村等 5 处）"
    assert UnitWithoutWay("村两委", ()).in_words() == "村两委"
