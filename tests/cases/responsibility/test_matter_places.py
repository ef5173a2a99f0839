"""The places of the walk are those in which matters are: what is said of them is what a case itself says."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Unit, User
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.context import Moment
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_context
from cases.responsibility.dead_ends import WalkedRegister, load_register
from cases.responsibility.matter_places import Shape, list_places
from cases.responsibility.named_shapes import list_named
from core.errors import NotFound
from core.persistence.db import Database
from tests.builders import USERS, ZONE, actor_named
from tests.cases.scenes import MORNING, SCENES, set_scene
from workflow.definition.model import Definition
from workflow.situation import Situation
from workflow.ways_on.code_facts import HOLDS, HOLDS_IN
from workflow.ways_on.places import Place, Standing
from workflow.ways_on.situations import possible_values

PEOPLE = [row[0] for row in USERS if row[3] != "admin"]
OPEN_NAME = "老支书家"


def shape_of(register: WalkedRegister, village: str) -> tuple[Shape, list[int]]:
    """Return the shape of a village, and which unit stands at each place of it."""
    return next(
        (shape, units)
        for shape, villages in register.shapes.items()
        for path, units in villages
        if path.endswith(f"/{village}/")
    )


def seen(session: Session, rules: CountyRules, number: str) -> Iterator[tuple[str, int | None, Situation]]:
    """Yield who sees a case, its owner, and how the engine sees case and person."""
    for who in PEOPLE:
        try:
            context = load_context(
                session,
                actor=actor_named(session, who),
                rules=rules,
                number=number,
                moment=Moment.at(MORNING, ZONE),
            )
        except NotFound:
            continue
        yield who, context.case.owner_id, build_situation(context)


def is_among(definition: Definition, place: Place, situation: Situation) -> bool:
    """Return whether a place has somebody who stands to the matter as a person does to a case."""
    rows = [
        row
        for action in (*definition.steps.values(), *definition.acts.values())
        for row in action.rows
        if situation.state in row.sources
    ]
    roles = situation.roles & frozenset[str]().union(*(row.roles for row in rows))
    relations = situation.relations & frozenset[str]().union(*(row.relations for row in rows)) - {"recorder"}
    return any(Standing(roles, relations, reads) in place.standings for reads in (True, False))


@pytest.mark.parametrize("name", SCENES)
def test_everybody_stands_to_a_case_as_in_a_place_of_the_walk(
    town: Database, rules: CountyRules, name: str
) -> None:
    definition = rules.definition
    with town.transaction() as session:
        scene = set_scene(session, rules, name)
        shape, units = shape_of(load_register(session), "SL")
        places = list_places(definition, shape)
        missing = []
        for who, owner, situation in seen(session, rules, scene.number):
            if definition.states[situation.state].final or not situation.roles - {"auditor"}:
                continue
            here = [
                place
                for place in places
                if place.state == situation.state
                and owner in {units[one] for one in place.owner}
                and dict(place.fixed)["has_superior"] == situation.has_superior
            ]
            if not any(is_among(definition, place, situation) for place in here):
                missing.append((who, situation.roles, situation.relations))
        assert missing == []


@pytest.mark.parametrize(
    "about",
    [
        {"named_units": ("township-MA",)},
        {"named_units": ("leading-group",)},
        {"named_users": ("xiangzhen",)},
        {"named_users": ("zuzhang",)},
    ],
)
def test_a_matter_that_names_somebody_is_as_one_of_a_village_without_them(
    town: Database, rules: CountyRules, about: dict[str, tuple[str]]
) -> None:
    definition = rules.definition
    units_named, users_named = about.get("named_units", ()), about.get("named_users", ())
    with town.transaction() as session:
        scene = set_scene(session, rules, "received", **about)
        shape, units = shape_of(load_register(session), "SL")
        gone = set(session.scalars(select(Unit.id).where(Unit.code.in_(units_named))))
        people = session.execute(select(User.unit_id, User.roles).where(User.username.in_(users_named))).all()
        left = tuple(
            replace(
                one,
                people=tuple(
                    roles
                    for roles in one.people
                    if units[place] not in gone and (units[place], list(roles)) not in map(tuple, people)
                ),
            )
            for place, one in enumerate(shape)
        )
        assert any(one.left == left for one in list_named(shape))
        places = [one for one in list_places(definition, left) if one.state == "received"]
        found = list(seen(session, rules, scene.number))
        assert {"zuyuan", "bumen"} & {who for who, _owner, _ in found}
        for who, owner, situation in found:
            here = [
                place
                for place in places
                if owner in {units[one] for one in place.owner}
                and dict(place.fixed)["has_superior"] == situation.has_superior
            ]
            reads_only = not situation.roles - {"auditor"}
            assert reads_only or any(is_among(definition, place, situation) for place in here), who


def test_a_superior_elsewhere_takes_nothing_over(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        scene = set_scene(session, rules, "assigned")
        elsewhere = session.scalars(select(Unit).where(Unit.code == "committee-YY")).one()
        elsewhere.kind, elsewhere.superior_id = "township", None
        committee = session.scalars(select(Unit).where(Unit.code == "committee-SL")).one()
        committee.superior_id = elsewhere.id
        session.flush()
        shape, units = shape_of(load_register(session), "SL")
        walked = {
            dict(place.fixed)["has_superior"]
            for place in list_places(rules.definition, shape)
            if place.state == "assigned" and committee.id in {units[one] for one in place.owner}
        }
        said = {situation.has_superior for _who, _owner, situation in seen(session, rules, scene.number)}
        assert walked == said == {False}


@pytest.mark.parametrize("name", SCENES)
def test_what_a_case_is_can_be(town: Database, rules: CountyRules, name: str) -> None:
    definition = rules.definition
    with town.transaction() as session:
        scene = set_scene(session, rules, name)
        for _who, _owner, situation in seen(session, rules, scene.number):
            state = definition.states[situation.state]
            if state.final:
                continue
            assert [field for field, holds in HOLDS.items() if not holds(situation)] == []
            assert [field for field, holds in HOLDS_IN.items() if not holds(situation, state)] == []
            for field in ("handling_due_on", "pending_accept", "promised_on", "sent_down_here", "suspended"):
                values = possible_values(definition, state.code, field)
                kinds = {None if value is None else bool(value) for value in values}
                assert (
                    None if getattr(situation, field) is None else bool(getattr(situation, field))
                ) in kinds


def test_who_does_not_read_open_names_is_who_does_not_see_such_a_case(
    town: Database, rules: CountyRules
) -> None:
    definition = rules.definition
    with town.transaction() as session:
        scene = set_scene(session, rules, "received", named_units=(OPEN_NAME,))
        shape, units = shape_of(load_register(session), "SL")
        found = {
            frozenset(session.scalars(select(User.roles).where(User.username == who)).one())
            for who, _owner, situation in seen(session, rules, scene.number)
            if situation.roles - {"auditor"}
        }
        [owner] = {owner for _who, owner, _ in seen(session, rules, scene.number)}
        readers = {
            standing.roles
            for place in list_places(definition, shape)
            if place.state == "received" and owner in {units[one] for one in place.owner}
            for standing in place.standings
            if standing.reads_open_names
        }
        assert readers == found
