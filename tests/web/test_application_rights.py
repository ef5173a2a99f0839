"""Every right that the life cycle gives can be used: by a form of a page and by a call, or it says why not.

The walk goes through each action, state and role of the definition. That a relation holds and no guard stands
in the way is granted here; that both are asked is tried where they are (`tests/cases/lifecycle`).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

import pytest
from flask import Flask

from accounts.access.permissions import ROLE_PERMISSIONS, Permission, Role
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import guard_facts
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, CaseOwner
from cases.queries.case_detail import case_view
from core.persistence.db import Database
from tests.api.conftest import described
from tests.builders import actor_named, at
from tests.cases.scenes import MORNING, set_scene
from tests.web.conftest import Browser
from workflow import machine
from workflow.definition.model import Definition
from workflow.definition.vocabulary import CaseState

__all__ = ["described"]

ANY_STATE = "-"
WHO = "zuyuan"
STAFF = [
    role.value for role in Role if Permission.CASES_READ in ROLE_PERMISSIONS[role] and role != Role.SYSTEM
]
REGISTRARS = [role.value for role in Role if Permission.CASES_REGISTER in ROLE_PERMISSIONS[role]]
#: What a villager does by the code: the page's form and the call.
BY_CODE = {
    "confirm": ("/status/rating", "/public/rating"),
    "reopen": ("/status/reopen", "/public/reopen"),
    "add_words": ("/status/words", None),
}
#: A resolved matter is reopened by the form of the rating: whoever is dissatisfied demands just that.
RATES = "/status/rating"
NO_CALL = {
    "add_words": "what a villager adds is written on the page alone; interfaces.md names no call for it",
}
NO_FORM_FOR_SYSTEM = "the sweep does it (cases/deadlines/sweep.py)"


class Right(NamedTuple):
    """Somebody of a role may take an action in a state."""

    action: str
    state: str
    role: str


def rights(definition: Definition) -> set[Right]:
    """Return every right of the definition; registering begins in no state."""
    found = {Right("register", ANY_STATE, role) for role in definition.steps["register"].roles}
    for act in (*definition.steps.values(), *definition.acts.values()):
        found |= {
            Right(act.name, state, role) for row in act.rows for state in row.sources for role in row.roles
        }
    return found


def unreachable(definition: Definition, doors: Iterable[Right]) -> list[Right]:
    """Return the rights that no door offers and that are not the system's own."""
    offered = set(doors)
    return sorted(right for right in rights(definition) - offered if right.role != Role.SYSTEM)


def actions_of(text: str) -> set[str]:
    """Return the actions that a page of a case has a form for, or a page of its own."""
    found = set(re.findall(r'name="action" value="(\w+)"', text))
    return found | ({"confirm"} if re.search(r'href="/cases/[^"/]+/revisit', text) else set())


@pytest.fixture
def granted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every relation and every guard hold."""
    every = frozenset(machine.MISSING_RELATION) - {"system"}
    monkeypatch.setattr(guard_facts, "relations", lambda context: every)
    monkeypatch.setattr(machine, "_ask", lambda guards, case: ())


@pytest.mark.usefixtures("granted")
@pytest.mark.parametrize("state", [state.value for state in CaseState])
def test_whoever_may_do_something_finds_its_form_on_the_page_and_its_call(
    browser: Callable[..., Browser],
    town: Database,
    rules: CountyRules,
    with_role: Callable[[str, str], None],
    state: str,
) -> None:
    with town.transaction() as session:
        number = set_scene(session, rules, state).number
        case = session.query(Case).filter_by(number=number).one()
        unit_id = actor_named(session, WHO).unit_id
        session.add(CaseOwner(case_id=case.id, unit_id=unit_id, since=MORNING))
    on_page: set[Right] = set()
    by_call: set[Right] = set()
    for role in STAFF:
        with_role(WHO, role)
        text = browser(WHO).get(f"/cases/{number}").text
        on_page |= {Right(action, state, role) for action in actions_of(text)}
        with town.reading() as session:
            view = case_view(
                session, actor=actor_named(session, WHO), rules=rules, number=number, now=MORNING
            )
        by_call |= {Right(one["name"], state, role) for one in view["actions"] if one["allowed"]}
    mine = {right for right in rights(rules.definition) if right.state == state and right.role in STAFF}
    assert (mine - on_page, mine - by_call) == (set(), set())


def test_whoever_may_register_has_the_form_and_the_call(
    browser: Callable[..., Browser],
    described: Flask,
    with_role: Callable[[str, str], None],
    rules: CountyRules,
) -> None:
    assert set(REGISTRARS) - {Role.SYSTEM} >= rules.definition.steps["register"].roles
    for role in rules.definition.steps["register"].roles:
        with_role(WHO, role)
        assert browser(WHO).get("/register").status == 200
    assert "/api/v1/cases" in {rule.rule for rule in described.url_map.iter_rules()}


def by_code(browser: Callable[..., Browser], code: str, state: str) -> set[Right]:
    """Return what the villager's page offers for a matter in a state."""
    text = browser().post("/status", receipt_code=code).text
    offered = {action for action, (form, _) in BY_CODE.items() if f'action="{form}"' in text}
    if f'action="{RATES}"' in text:
        offered.add("reopen")
    return {Right(action, state, Role.VILLAGER) for action in offered}


def test_whatever_the_holder_of_a_code_may_do_has_its_form_and_its_call(
    browser: Callable[..., Browser],
    described: Flask,
    rules: CountyRules,
    a_case: Callable[..., Case],
    town: Database,
) -> None:
    theirs = {right for right in rights(rules.definition) if right.role == Role.VILLAGER}
    found: set[Right] = set()
    for state in sorted({right.state for right in theirs}):
        code = receipt_codes.new_code()
        a_case(state, complainants=(ComplainantEntry(name="田某", receipt_code=code),))
        found |= by_code(browser, code, state)
    assert theirs - found == set()
    routes = {rule.rule for rule in described.url_map.iter_rules()}
    for right in theirs:
        call = BY_CODE[right.action][1]
        assert call is not None or right.action in NO_CALL
        assert call is None or f"/api/v1{call}" in routes


def test_what_the_system_alone_may_do_needs_no_door(rules: CountyRules) -> None:
    alone = {right for right in rights(rules.definition) if right.role == Role.SYSTEM}
    assert {right.action for right in alone} == {"raise", "resume"}, NO_FORM_FOR_SYSTEM


def test_a_right_that_no_door_offers_is_found(rules: CountyRules) -> None:
    definition = rules.definition
    row = replace(definition.acts["note"].rows[0], roles=frozenset({Role.VILLAGER.value}))
    note = replace(definition.acts["note"], rows=(*definition.acts["note"].rows, row))
    planted = replace(definition, acts={**definition.acts, "note": note})
    known = rights(definition)
    assert unreachable(definition, known) == []
    assert {right.role for right in unreachable(planted, known)} == {Role.VILLAGER}
    assert "note" not in BY_CODE


def test_ninety_days_after_its_end_the_page_offers_nothing_that_is_refused(
    browser: Callable[..., Browser], a_case: Callable[..., Case]
) -> None:
    code = receipt_codes.new_code()
    a_case("closed", complainants=(ComplainantEntry(name="田某", receipt_code=code),), now=at("2025-11-01"))
    assert "/status/reopen" not in browser().post("/status", receipt_code=code).text
