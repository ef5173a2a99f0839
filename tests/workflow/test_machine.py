"""Who may take which step from where, and what is answered to the others."""

import gc
from itertools import product
from typing import Any

import pytest

from core.errors import Conflict
from tests.workflow.samples import SMALL, a_situation, project_definition
from workflow import machine
from workflow.definition.reader import parse
from workflow.definition.vocabulary import RELATIONS

SHIPPED = project_definition()
HANDLERS = {"member", "team_leader", "committee", "coordinator", "department", "leader"}
OPEN = ("received", "assigned", "escalated", "resolved")
HANDLING = ("assigned", "escalated")
ENDED = ("closed", "rejected", "withdrawn")
EVERY = (*OPEN, *ENDED, "merged", "void")

#: domain.md section 2, row by row: the action, the states it starts from, the roles and the relation.
DOMAIN: tuple[tuple[str, tuple[str, ...], set[str], str], ...] = (
    ("answer", ("received",), {"member", "team_leader"}, "in_scope"),
    ("assign", ("received",), {"team_leader", "coordinator"}, "in_scope"),
    ("return", ("assigned",), {"committee", "department"}, "owner"),
    ("escalate", ("received",), {"team_leader", "coordinator"}, "in_scope"),
    ("escalate", HANDLING, {"committee", "coordinator", "department"}, "owner"),
    ("raise", HANDLING, {"system"}, "system"),
    ("send_down", ("escalated",), HANDLERS, "owner"),
    ("resolve", HANDLING, HANDLERS, "owner"),
    ("confirm", ("resolved",), {"member", "team_leader", "coordinator"}, "not_handler"),
    ("confirm", ("resolved",), {"villager"}, "in_scope"),
    ("reopen", ("resolved", *ENDED), {"member", "leader", "villager"}, "in_scope"),
    ("reopen", ("resolved", *ENDED), {"team_leader", "coordinator"}, "not_handler"),
    ("close_reviewed", ("resolved",), {"leader"}, "in_scope"),
    ("reject", ("received",), {"leader"}, "in_scope"),
    ("withdraw", ("received", "assigned", "escalated"), {"team_leader"}, "in_scope"),
    ("merge", ("received", "assigned"), {"team_leader", "coordinator"}, "in_scope"),
    ("unmerge", ("merged",), {"leader"}, "in_scope"),
    ("void", ("received",), {"leader"}, "in_scope"),
    ("accept", HANDLING, HANDLERS, "owner"),
    ("reassign", HANDLING, {"team_leader", "coordinator"}, "in_scope"),
    ("reassign", HANDLING, HANDLERS - {"team_leader", "coordinator"}, "superior"),
    ("request_extension", HANDLING, HANDLERS, "owner"),
    ("extend", HANDLING, {"coordinator", "leader"}, "in_scope"),
    ("extend", HANDLING, HANDLERS - {"coordinator", "leader"}, "superior"),
    ("refuse_extension", HANDLING, {"coordinator", "leader"}, "in_scope"),
    ("refuse_extension", HANDLING, HANDLERS - {"coordinator", "leader"}, "superior"),
    ("request_reject", ("received",), {"team_leader"}, "in_scope"),
    ("refuse_reject", ("received",), {"leader"}, "in_scope"),
    ("suspend", HANDLING, {"coordinator", "leader"}, "in_scope"),
    ("request_suspend", HANDLING, HANDLERS, "owner"),
    ("refuse_suspend", HANDLING, {"coordinator", "leader"}, "in_scope"),
    ("resume", HANDLING, {"coordinator", "leader"}, "in_scope"),
    ("resume", HANDLING, {"system"}, "system"),
    ("reply", OPEN, HANDLERS, "reply_owner"),
    ("reply", OPEN, HANDLERS, "owner"),
    ("attempt", OPEN, {"member", "team_leader"}, "in_scope"),
    ("attempt", HANDLING, HANDLERS - {"member", "team_leader"}, "owner"),
    ("unreachable", OPEN, {"team_leader"}, "in_scope"),
    ("join", ("received", "assigned", "escalated"), {"member", "team_leader", "committee"}, "in_scope"),
    ("amend", OPEN, {"team_leader"}, "in_scope"),
    ("amend", OPEN, {"member", "committee"}, "recorder"),
    ("reissue_receipt", (*OPEN, *ENDED), {"member", "team_leader"}, "not_owner"),
    ("reissue_receipt", OPEN, {"coordinator"}, "reply_owner"),
    ("relate", EVERY, HANDLERS, "in_scope"),
    ("note", EVERY, HANDLERS, "in_scope"),
    ("add_words", ("received", "assigned", "escalated"), {"villager"}, "in_scope"),
    ("attach", EVERY, HANDLERS, "in_scope"),
    ("reveal", (*OPEN, *ENDED), {"member", "team_leader"}, "in_scope"),
    ("reveal", HANDLING, HANDLERS - {"member", "team_leader"}, "owner"),
)
ROLES = ("member", "team_leader", "committee", "coordinator", "department", "leader")
OTHERS = ("auditor", "admin", "guest", "system", "villager")
ACTIONS = [name for name in (*SHIPPED.steps, *SHIPPED.acts) if name != "register"]

#: Facts with which each action's guards hold.
GOOD: dict[str, dict[str, Any]] = {
    "close_reviewed": {"round": 2, "explained_rounds": 2, "dissatisfied": True},
    "reject": {"reject_requested": True},
    "refuse_reject": {"reject_requested": True},
    "refuse_extension": {"extension_requested": True},
    "refuse_suspend": {"suspension_requested": True},
    "resume": {"suspended": True},
    "unmerge": {"target_open": True},
}


def expected(action: str, state: str, role: str, relations: frozenset[str]) -> str:
    """Tell from domain.md's table what the answer must be."""
    rows = [row for row in DOMAIN if row[0] == action and role in row[2]]
    here = [row for row in rows if state in row[1]]
    if any(row[3] in relations for row in here):
        return "allowed"
    if here or not rows:
        return "forbidden"
    return "forbidden" if any(row[0] == action and state in row[1] for row in DOMAIN) else "closed"


@pytest.mark.parametrize("action", ACTIONS)
def test_every_pair_of_state_and_action_answers_every_role_as_the_domain_says(action: str) -> None:
    for state, role, relation in product(EVERY, (*ROLES, *OTHERS), sorted(RELATIONS)):
        relations = frozenset({"in_scope", relation})
        case = a_situation(state=state, roles={role}, relations=relations, **GOOD.get(action, {}))
        opening = machine.availability(SHIPPED, case, action)
        assert opening.status == expected(action, state, role, relations), (state, role, relation)
        assert opening.allowed == (opening.reasons == ()), (state, role, relation)


def test_the_table_of_the_domain_has_every_action() -> None:
    assert {row[0] for row in DOMAIN} == set(ACTIONS)


@pytest.mark.parametrize(
    ("action", "changes", "reason"),
    [
        ("reject", {"roles": {"committee"}}, ("forbidden", "role")),
        ("reject", {"roles": {"committee"}, "state": "assigned"}, ("forbidden", "role")),
        ("assign", {"roles": {"team_leader"}, "state": "assigned"}, ("closed", "wrong_state")),
        ("escalate", {"roles": {"committee"}}, ("forbidden", "role")),
        ("resolve", {"roles": {"committee"}, "state": "assigned"}, ("forbidden", "not_owner")),
        ("confirm", {"roles": {"member"}, "state": "resolved"}, ("forbidden", "is_handler")),
        ("reissue_receipt", {"roles": {"member"}}, ("forbidden", "is_handling_unit")),
        ("amend", {"roles": {"member"}}, ("forbidden", "not_recorder")),
        ("reassign", {"roles": {"leader"}, "state": "assigned"}, ("forbidden", "not_superior")),
        ("void", {"roles": {"leader"}, "merged_in": 1}, ("closed", "has_merged_complainants")),
        ("merge", {"roles": {"team_leader"}, "merged_in": 1}, ("closed", "has_merged_complainants")),
        ("note", {"roles": {"member"}, "relations": set()}, ("forbidden", "out_of_scope")),
    ],
)
def test_a_refusal_gives_its_first_reason(
    action: str, changes: dict[str, object], reason: tuple[str, str]
) -> None:
    opening = machine.availability(SHIPPED, a_situation(**changes), action)
    assert (opening.status, *opening.reasons) == reason


def test_a_reply_names_both_relations_that_are_missing() -> None:
    opening = machine.availability(SHIPPED, a_situation(roles={"department"}), "reply")
    assert opening.reasons == ("not_reply_owner", "not_owner")


def test_all_guards_that_fail_are_told_together() -> None:
    case = a_situation(state="resolved", roles={"leader"})
    assert machine.availability(SHIPPED, case, "close_reviewed").reasons == (
        "not_reopened",
        "not_explained_twice",
        "no_dissatisfaction",
    )


def test_one_open_row_is_enough_for_somebody_with_two_roles() -> None:
    case = a_situation(
        state="closed", roles={"member", "leader"}, entered_on=a_situation().today.replace(year=2025)
    )
    assert machine.availability(SHIPPED, case, "reopen").allowed


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        ("received", "assign", "assigned"),
        ("assigned", "return", "received"),
        ("escalated", "raise", "escalated"),
        ("merged", "unmerge", "received"),
        ("withdrawn", "reopen", "received"),
    ],
)
def test_a_step_leads_to_its_state(state: str, action: str, after: str) -> None:
    assert machine.move(SHIPPED, state, action) == after


def test_a_step_from_elsewhere_is_a_conflict() -> None:
    with pytest.raises(Conflict) as refused:
        machine.move(SHIPPED, "closed", "assign")
    assert refused.value.facts["reasons"] == ["wrong_state"]


def test_every_row_of_every_step_moves_the_motor_as_the_definition_says() -> None:
    for name, step in SHIPPED.steps.items():
        for source in step.sources:
            assert machine.move(SHIPPED, source, name) == step.target


def test_a_case_begins_where_the_definition_says() -> None:
    assert machine.initial(SHIPPED) == "received"


def test_every_step_and_act_is_listed_once_and_register_is_not() -> None:
    names = [opening.name for opening in machine.available_actions(SHIPPED, a_situation(roles={"leader"}))]
    assert names == ACTIONS


def test_registering_is_never_open_on_a_case_that_exists() -> None:
    opening = machine.availability(SHIPPED, a_situation(roles={"member"}), "register")
    assert (opening.status, opening.reasons) == ("closed", ("wrong_state",))


def test_two_definitions_keep_machines_of_their_own() -> None:
    small = parse(SMALL, "small.toml")
    assert machine.move(small, "assigned", "close") == "closed"
    with pytest.raises(KeyError):
        machine.move(SHIPPED, "assigned", "close")


def test_an_opening_carries_the_fields_of_its_action() -> None:
    fields = {
        field["name"]: field for field in machine.availability(SHIPPED, a_situation(), "resolve").fields
    }
    assert list(fields) == ["outcome", "promised_on", "replies"]
    assert fields["outcome"]["values"] == ["solved", "partly_solved", "planned", "explained", "referred"]
    assert [one["name"] for one in fields["replies"]["items"]["fields"]] == ["complainant", "channel", "text"]


def test_moving_and_asking_leave_no_object_behind() -> None:
    """None of ours or of the motor's is more; of others fewer than one a round, which is somebody else's."""
    rounds = 100

    def work() -> None:
        for name, step in SHIPPED.steps.items():
            for source in step.sources:
                machine.move(SHIPPED, source, name)
                machine.available_actions(SHIPPED, a_situation(state=source))

    def objects() -> tuple[int, int]:
        gc.collect()
        found = gc.get_objects()
        ours = sum(str(type(one).__module__).split(".")[0] in {"transitions", "workflow"} for one in found)
        return ours, len(found)

    work()
    ours, everything = objects()
    for _ in range(rounds):
        work()
    ours_after, everything_after = objects()
    assert ours_after == ours
    assert everything_after - everything < rounds
