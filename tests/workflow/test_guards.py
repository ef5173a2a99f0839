"""Each guard lets pass what the domain allows and gives its reason for the rest, to the day."""

from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pytest

from tests.workflow.samples import a_situation, project_definition
from workflow import machine
from workflow.definition.model import Act
from workflow.guards import ALWAYS, GUARDS

TODAY = date(2026, 3, 2)
AnyAct = TypeVar("AnyAct", bound=Act)

#: A guard, the facts that decide, and the reason; None lets pass.
CASES: tuple[tuple[str, dict[str, Any], str | None], ...] = (
    ("accept_pending", {"pending_accept": True}, None),
    ("accept_pending", {"pending_accept": False}, "already_accepted"),
    ("return_window_open", {"return_until": TODAY}, None),
    ("return_window_open", {"return_until": date(2026, 3, 1)}, "return_window_over"),
    ("return_window_open", {"return_until": None}, "return_window_over"),
    ("returns_left", {"returns": 1}, None),
    ("returns_left", {"returns": 2}, "returned_twice"),
    ("assignment_not_reserved", {"returns": 1}, None),
    ("assignment_not_reserved", {"returns": 2}, "binding_needed"),
    ("not_binding", {"binding": False}, None),
    ("not_binding", {"binding": True}, "binding_assignment"),
    ("has_superior", {"has_superior": True}, None),
    ("has_superior", {"has_superior": False}, "no_superior"),
    ("not_sent_down_here", {"sent_down_here": False}, None),
    ("not_sent_down_here", {"sent_down_here": True}, "already_sent_down"),
    ("reopen_window_open", {"entered_on": date(2025, 12, 2)}, None),
    ("reopen_window_open", {"entered_on": date(2025, 12, 1)}, "reopen_window_over"),
    ("objection_left", {"appeal_only": False}, None),
    ("objection_left", {"appeal_only": True}, "appeal_only"),
    ("reopened_before", {"round": 2}, None),
    ("reopened_before", {"round": 1}, "not_reopened"),
    ("explained_twice", {"explained_rounds": 2}, None),
    ("explained_twice", {"explained_rounds": 1}, "not_explained_twice"),
    ("dissatisfaction_recorded", {"dissatisfied": True}, None),
    ("dissatisfaction_recorded", {"dissatisfied": False}, "no_dissatisfaction"),
    ("reject_requested", {"reject_requested": True}, None),
    ("reject_requested", {"reject_requested": False}, "reject_not_requested"),
    ("no_reject_requested", {"reject_requested": False}, None),
    ("no_reject_requested", {"reject_requested": True}, "reject_already_requested"),
    ("nothing_merged_in", {"merged_in": 0}, None),
    ("nothing_merged_in", {"merged_in": 1}, "has_merged_complainants"),
    ("target_open", {"target_open": True}, None),
    ("target_open", {"target_open": False}, "target_not_open"),
    ("target_open", {"target_open": None}, "target_not_open"),
    ("handling_running", {"handling_due_on": TODAY}, None),
    ("handling_running", {"handling_due_on": None}, "handling_not_running"),
    ("before_expiry", {"handling_due_on": TODAY}, None),
    ("before_expiry", {"handling_due_on": date(2026, 3, 1)}, "deadline_passed"),
    ("extensions_left", {"extensions": 0, "extensions_allowed": 1}, None),
    ("extensions_left", {"extensions": 1, "extensions_allowed": 1}, "extensions_used_up"),
    ("extensions_left", {"extensions": 0, "extensions_allowed": 0}, "no_extension_in_profile"),
    ("no_extension_requested", {"extension_requested": False}, None),
    ("no_extension_requested", {"extension_requested": True}, "extension_already_requested"),
    ("extension_requested", {"extension_requested": True}, None),
    ("extension_requested", {"extension_requested": False}, "no_extension_requested"),
    ("not_suspended", {"suspended": False}, None),
    ("not_suspended", {"suspended": True}, "already_suspended"),
    ("suspended", {"suspended": True}, None),
    ("suspended", {"suspended": False}, "not_suspended"),
    ("no_suspension_requested", {"suspension_requested": False}, None),
    ("no_suspension_requested", {"suspension_requested": True}, "suspension_already_requested"),
    ("suspension_requested", {"suspension_requested": True}, None),
    ("suspension_requested", {"suspension_requested": False}, "no_suspension_requested"),
    ("suspensions_left", {"suspensions": 1}, None),
    ("suspensions_left", {"suspensions": 2}, "suspended_twice"),
    ("visit_or_promised_day", {"promised_on": date(2026, 3, 3), "unvisited": 1}, None),
    ("visit_or_promised_day", {"promised_on": TODAY, "unvisited": 0}, None),
    ("visit_or_promised_day", {"promised_on": None, "unvisited": 0}, None),
    ("visit_or_promised_day", {"promised_on": date(2026, 3, 3), "unvisited": 0}, "before_promised_day"),
    ("somebody_unanswered", {"unanswered": 1}, None),
    ("somebody_unanswered", {"unanswered": 0}, "nobody_waits"),
    ("somebody_unvisited", {"unvisited": 1}, None),
    ("somebody_unvisited", {"unvisited": 0}, "nobody_waits"),
    ("attempts_enough", {"attempts_missing": None}, None),
    ("attempts_enough", {"attempts_missing": "fewer_than_three_attempts"}, "fewer_than_three_attempts"),
    ("names_settled", {"open_names": 0}, None),
    ("names_settled", {"open_names": 1}, "names_open"),
    ("number_to_show", {"numbers_hidden": False}, None),
    ("number_to_show", {"numbers_hidden": True}, "confidential"),
    ("second_person_decides", {"second_person_needed": False}, None),
    ("second_person_decides", {"second_person_needed": True}, "second_person_needed"),
    ("within_a_day", {"recorded_on": date(2026, 3, 1)}, None),
    ("within_a_day", {"recorded_on": date(2026, 2, 28)}, "amend_window_over"),
)


@pytest.mark.parametrize(("guard", "facts", "reason"), CASES)
def test_a_guard_gives_its_reason_or_lets_pass(guard: str, facts: dict[str, Any], reason: str | None) -> None:
    assert GUARDS[guard](a_situation(today=TODAY, **facts)) == reason


def test_every_guard_is_tried_both_ways() -> None:
    assert {name for name, _, reason in CASES if reason is None} == set(GUARDS)
    assert {name for name, _, reason in CASES if reason is not None} == set(GUARDS)


def test_every_guard_is_used_by_the_shipped_definition() -> None:
    definition = project_definition()
    used: set[str] = set()
    for act in (*definition.steps.values(), *definition.acts.values()):
        used |= set(act.guards).union(*(row.guards for row in act.rows))
    assert used.union(*ALWAYS.values()) == set(GUARDS)


def unguarded(act: AnyAct, **more: Any) -> AnyAct:
    """Return an action as a definition may have it that asks for nothing."""
    return replace(act, guards=(), rows=tuple(replace(row, guards=()) for row in act.rows), **more)


LEADING = {"roles": {"team_leader"}, "state": "assigned"}
#: The action, who takes it where, the fact that stands in the way, and what is answered.
WHATEVER_IT_SAYS: tuple[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str]], ...] = (
    ("escalate", {"roles": {"team_leader"}}, {"open_names": 1}, ("closed", "names_open")),
    ("reassign", LEADING, {"open_names": 1}, ("closed", "names_open")),
    ("merge", LEADING, {"open_names": 1}, ("closed", "names_open")),
    ("reject", {"roles": {"leader"}}, {"second_person_needed": True}, ("closed", "second_person_needed")),
    ("reveal", LEADING, {"numbers_hidden": True}, ("forbidden", "confidential")),
)


@pytest.mark.parametrize(("name", "who", "fact", "answer"), WHATEVER_IT_SAYS)
def test_what_no_definition_may_open_stays_shut(
    name: str, who: dict[str, Any], fact: dict[str, Any], answer: tuple[str, str]
) -> None:
    shipped = project_definition()
    steps = {one: unguarded(step) for one, step in shipped.steps.items()}
    acts = {one: unguarded(act) for one, act in shipped.acts.items()}
    definition = replace(shipped, steps=steps, acts=acts)
    assert machine.availability(definition, a_situation(**who), name).allowed
    found = machine.availability(definition, a_situation(**who, **fact), name)
    assert (found.status, *found.reasons) == answer


def test_every_guard_that_always_holds_is_among_them() -> None:
    assert {name for name, *_ in WHATEVER_IT_SAYS} == set(ALWAYS)


@pytest.mark.parametrize(("hands_to", "open_still"), [("unit", False), ("", True)])
def test_an_act_of_the_county_s_own_hands_nothing_on_while_a_name_is_open(
    hands_to: str, open_still: bool
) -> None:
    shipped = project_definition()
    own = unguarded(shipped.acts["note"], hands_to=hands_to)
    definition = replace(shipped, acts={**shipped.acts, "note": own})
    found = machine.availability(definition, a_situation(**LEADING, open_names=1), "note")
    assert found.allowed is open_still
    assert found.reasons == (() if open_still else ("names_open",))
