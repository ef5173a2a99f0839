"""Every open situation has a way on, or it is named with what does not hold in it and who is missing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from accounts.access.permissions import ACTING_ROLES
from tests.workflow.samples import CONFIG, project_definition
from workflow import guards
from workflow.definition.model import ActionRule, Definition
from workflow.definition.reader import parse
from workflow.guards import GUARDS
from workflow.ways_on.dead_ends import find_dead_ends, find_dead_ends_of
from workflow.ways_on.places import DeadEnd, Place, Standing
from workflow.ways_on.situations import TooManySituations
from workflow.ways_on.walk import walk_of


def with_rows(name: str, *rows: ActionRule, **changes: Any) -> Definition:
    """Return the shipped life cycle with other rows of one step."""
    definition = project_definition()
    step = replace(definition.steps[name], rows=rows, **changes)
    sources = tuple(code for code in definition.states if any(code in row.sources for row in rows))
    roles = frozenset[str]().union(*(row.roles for row in rows))
    return replace(
        definition,
        steps=MappingProxyType({**definition.steps, name: replace(step, sources=sources, roles=roles)}),
    )


def without(*names: str) -> Definition:
    definition = project_definition()
    return replace(
        definition,
        steps={name: step for name, step in definition.steps.items() if name not in names},
        acts={name: act for name, act in definition.acts.items() if name not in names},
    )


def told(found: Sequence[DeadEnd]) -> list[tuple[str, tuple[str, ...]]]:
    return [(dead.state, dead.guards) for dead in found]


EXAMPLES = sorted((CONFIG.parent / "docs" / "examples").glob("*/workflow.toml"))


@pytest.mark.parametrize("place", [CONFIG / "workflow.toml", *EXAMPLES], ids=lambda place: place.parent.name)
def test_the_life_cycles_that_are_shipped_have_a_way_on_everywhere(place: Path) -> None:
    assert find_dead_ends_of(parse(place.read_text(encoding="utf-8"), place.name)) == ()


def test_a_state_of_the_county_s_own_without_a_way_on_is_named_as_any_other() -> None:
    place = next(place for place in EXAMPLES if place.parent.name == "inspection")
    definition = parse(place.read_text(encoding="utf-8"), place.name)
    own = [code for code, state in definition.states.items() if state.stage != code]
    assert own
    for code in own:
        kept = {
            name: replace(step, sources=tuple(source for source in step.sources if source != code))
            for name, step in definition.steps.items()
        }
        found = find_dead_ends_of(replace(definition, steps=kept))
        assert [(dead.state, dead.guards) for dead in found] == [(code, ())]


def test_a_row_that_is_taken_away_is_named_with_what_does_not_hold() -> None:
    higher = with_rows(
        "resolve",
        *(
            replace(row, sources=frozenset({"assigned"}))
            for row in project_definition().steps["resolve"].rows
        ),
    )
    assert told(find_dead_ends_of(higher)) == [("escalated", ("has_superior", "not_sent_down_here"))]


def test_a_state_that_only_a_second_round_can_leave_is_named() -> None:
    assert told(find_dead_ends_of(without("confirm"))) == [
        ("resolved", ("explained_twice",)),
        ("resolved", ("dissatisfaction_recorded",)),
    ]


def test_a_guard_that_never_holds_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GUARDS, "never", lambda case: "never")
    resolve = project_definition().steps["resolve"]
    never = with_rows("resolve", *resolve.rows, guards=("never",))
    assert told(find_dead_ends_of(never)) == [
        ("assigned", ("return_window_open", "has_superior", "never")),
        ("assigned", ("returns_left", "has_superior", "never")),
        ("escalated", ("has_superior", "not_sent_down_here", "never")),
    ]


def test_what_only_the_system_does_comes_by_itself_if_it_stands_on_a_ladder() -> None:
    definition = with_rows(
        "resolve",
        *(
            replace(row, sources=frozenset({"escalated"}))
            for row in project_definition().steps["resolve"].rows
        ),
    )
    higher = Place("assigned", frozenset({1}), frozenset(), (("has_superior", True),))
    places = [higher, Place("escalated", frozenset({2}), everybody())]
    assert [dead for place, dead in find_dead_ends(definition, places) if place is higher] == []
    ladder = definition.clocks["handling"]
    silent = replace(ladder, ladder=tuple(rung for rung in ladder.ladder if rung.code != "raise"))
    definition = replace(definition, clocks={**definition.clocks, "handling": silent})
    assert [dead.state for place, dead in find_dead_ends(definition, places) if place is higher] == [
        "assigned"
    ]


def everybody() -> frozenset[Standing]:
    relations = frozenset({"in_scope", "owner", "superior", "reply_owner", "not_handler", "not_owner"})
    return frozenset({Standing(ACTING_ROLES, relations, reads_open_names=True)})


def test_an_act_that_opens_a_step_counts_and_waiting_does() -> None:
    leader = Standing(frozenset({"leader"}), frozenset({"in_scope"}), reads_open_names=True)
    asker = Standing(frozenset({"team_leader"}), frozenset({"not_owner"}), reads_open_names=True)
    definition = project_definition()
    alone = Place("received", frozenset({1}), frozenset({leader}))
    assert told([dead for _, dead in find_dead_ends(definition, [alone])]) == [
        ("received", ("reject_requested",))
    ]
    row = replace(definition.acts["request_reject"].rows[0], relations=("not_owner",))
    asked = replace(definition.acts["request_reject"], rows=(row,))
    helped = replace(definition, acts={**definition.acts, "request_reject": asked})
    assert find_dead_ends(helped, [Place("received", frozenset({1}), frozenset({leader, asker}))]) == []
    visited = Standing(frozenset({"team_leader"}), frozenset({"not_handler"}), reads_open_names=True)
    walk = walk_of(definition, "resolved")
    early = [one for one in walk.situations.all if guards.visit_or_promised_day(one) is not None]
    assert early
    assert (
        walk.dead_situations(
            Place("resolved", frozenset({1}), frozenset({visited})), frozenset({"closed"}), relayed=False
        )
        == []
    )


def test_a_matter_with_an_open_name_has_a_way_on_by_those_who_see_it_alone() -> None:
    definition = without("amend")
    relations = frozenset({"in_scope"})
    member = Standing(frozenset({"member"}), relations, reads_open_names=False)
    leader = Standing(frozenset({"team_leader"}), relations, reads_open_names=True)
    resolved = Place("resolved", frozenset({2}), everybody())
    [(_, dead)] = find_dead_ends(
        definition, [Place("received", frozenset({1}), frozenset({member})), resolved]
    )
    assert dead.guards == ("names_settled",)
    assert {(one.action, one.roles) for one in dead.missing} >= {("answer", ("team_leader",))}
    assert (
        find_dead_ends(definition, [Place("received", frozenset({1}), frozenset({member, leader})), resolved])
        == []
    )


def test_a_matter_may_be_given_to_another_owner_who_has_a_way_on() -> None:
    definition = project_definition()
    coordinator = Standing(
        frozenset({"coordinator", "team_leader"}), frozenset({"in_scope"}), reads_open_names=True
    )
    here = Place("assigned", frozenset({1}), frozenset({coordinator}), (("has_superior", False),))
    resolved = Place("resolved", frozenset({3}), everybody())
    there = replace(here, owner=frozenset({2}), standings=everybody())
    assert {dead.state for _, dead in find_dead_ends(definition, [here, resolved])} == {"assigned"}
    assert find_dead_ends(definition, [here, there, resolved]) == []


def test_states_between_which_matters_only_go_round_are_named() -> None:
    shipped = project_definition()
    row = replace(shipped.steps["assign"].rows[1], sources=frozenset({"assigned"}))
    back = replace(
        shipped.steps["assign"], name="back", target="received", rows=(row,), sources=("assigned",)
    )
    definition = replace(shipped, steps={"assign": shipped.steps["assign"], "back": back})
    places = [Place(code, frozenset({1}), everybody()) for code in ("received", "assigned")]
    found = find_dead_ends(definition, places)
    assert [(dead.state, dead.endless) for _, dead in found] == [("received", True), ("assigned", True)]
    ended = replace(definition, steps={**definition.steps, "end": replace(back, name="end", target="closed")})
    assert find_dead_ends(ended, places) == []


def test_an_owner_whose_matters_only_go_round_is_named_although_others_can_end_them() -> None:
    place = next(place for place in EXAMPLES if place.parent.name == "inspection")
    whole = parse(place.read_text(encoding="utf-8"), place.name)
    names = ("order_inspection", "inspect", "resolve", "confirm")
    definition = replace(whole, steps={name: whole.steps[name] for name in names}, acts={})
    resolve = definition.steps["resolve"]
    rows = tuple(replace(row, roles=frozenset({"leader"})) for row in resolve.rows)
    definition = replace(definition, steps={**definition.steps, "resolve": replace(resolve, rows=rows)})
    owns = frozenset({"owner"})
    alone = frozenset({Standing(frozenset({"member"}), owns, reads_open_names=True)})
    states = ("assigned", "assigned.inspecting")
    places = [Place(code, frozenset({1}), alone) for code in states]
    places += [Place(code, frozenset({2}), everybody()) for code in (*states, "resolved")]
    found = find_dead_ends(definition, places)
    assert [(place.owner, dead.state, dead.endless) for place, dead in found] == [
        (frozenset({1}), "assigned", True),
        (frozenset({1}), "assigned.inspecting", True),
    ]


def test_more_situations_than_can_be_walked_are_refused() -> None:
    resolve = project_definition().steps["resolve"]
    with pytest.raises(TooManySituations, match="assigned"):
        find_dead_ends_of(with_rows("resolve", *resolve.rows, guards=tuple(GUARDS)))
