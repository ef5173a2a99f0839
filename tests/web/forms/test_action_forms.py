"""Every field of a step stands on the page on which the step is taken, whom the matter is about as well."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from core.persistence.db import Database
from tests.builders import actor_named, at
from tests.web.conftest import Browser

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
Field = Mapping[str, Any]
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
NAMES = re.compile(r'\bname="([^"]+)"')
ACTION = re.compile(r'name="action" value="(\w+)"')
#: What a page sends under another name, by the step and the name of the field.
SENT_AS: Mapping[tuple[str, str], str] = {
    ("register", "client_ref"): "once",
    ("register", "attachments"): "files",
    ("attach", "attachments"): "files",
}
#: What a page does not ask, and why.
NOT_ASKED: Mapping[tuple[str, str], str] = {
    ("register", "complainants.0.receipt_code"): "the page makes the code and prints the slip itself",
    ("join", "complainant.receipt_code"): "asked only of programs that printed a slip without network",
    ("withdraw", "complainants"): "there is one complainant, who withdraws",
    ("reopen", "complainant"): "there is one complainant",
}


def leaves(fields: Iterable[Field], prefix: str = "") -> Iterator[str]:
    """List the names under which a form sends fields."""
    for field in fields:
        name = prefix + field["name"]
        if field["type"] == "object":
            yield from leaves(field["fields"], f"{name}.")
        elif field["type"] == "list" and field["items"]["type"] == "object":
            yield from leaves(field["items"]["fields"], f"{name}.0.")
        else:
            yield name


def missing(action: str, fields: Iterable[Field], names: set[str]) -> list[str]:
    """List the fields of a step that a form does not ask for."""
    plain = {name.replace("complainant.", "complainants.0.") for name in names} | names
    wanted = [name for name in leaves(fields) if (action, name) not in NOT_ASKED]
    return [name for name in wanted if SENT_AS.get((action, name), name) not in plain]


def forms_of(text: str) -> dict[str, set[str]]:
    """Find the forms of a page for steps and acts, each with the names of its fields."""
    found = {}
    for form in FORM.findall(text):
        action = ACTION.search(form)
        if action is not None:
            found[action.group(1)] = set(NAMES.findall(form))
    return found


@pytest.mark.parametrize("role", ["member", "team_leader", "committee", "guest"])
def test_the_page_of_registration_asks_for_every_field_of_the_step(
    browser: Open, rules: CountyRules, with_role: Callable[[str, str], None], role: str
) -> None:
    who = "cunwei-sl" if role == "committee" else "zuyuan"
    with_role(who, role)
    text = browser(who).get("/register?village=SL").text
    [form] = [one for one in FORM.findall(text) if 'name="own_words"' in one]
    names = set(NAMES.findall(form)) | set(NAMES.findall(browser(who).get("/register/named?village=SL").text))
    fields = [
        field
        for field in rules.definition.steps["register"].fields
        if field["name"] != "reply" or role in ("member", "team_leader")
    ]
    assert missing("register", fields, names) == []
    assert {"named_units", "named_users", "named_users.other"} <= names
    planted = [*fields, {"name": "colour", "type": "text", "required": False}]
    assert missing("register", planted, names) == ["colour"]


def test_every_form_of_a_case_asks_for_every_field_of_its_step(
    browser: Open, town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    asked = a_case("assigned", category="roads")
    reject = a_case("received")
    with town.transaction() as session:
        for case, who, action, values in (
            (asked, "cunwei-sl", "request_extension", {"due_on": "2026-05-08", "reason": "要等开春"}),
            (reject, "zuzhang", "request_reject", {"reason": "不归这里管"}),
        ):
            take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=rules,
                number=case.number,
                action=action,
                values=build_values(action, values),
                now=at("2026-03-02", 12),
            )
    cases = [a_case(state) for state in ("received", "assigned", "escalated", "resolved", "closed")]
    found: dict[str, set[str]] = {}
    for who in ("zuyuan", "zuzhang", "cunwei-sl", "xiangzhen", "lingdao"):
        person = browser(who)
        for case in (*cases, asked, reject):
            page = person.get(f"/cases/{case.number}")
            if page.status == 200:
                found |= forms_of(page.text)
    assert {"assign", "amend", "resolve", "escalate", "extend", "reject", "merge", "withdraw"} <= set(found)
    wrong = {
        action: missing(action, rules.definition.action(action).fields, names)
        for action, names in found.items()
    }
    assert {action: names for action, names in wrong.items() if names} == {}
    assert {"value.named_units", "value.named_users"} <= found["amend"]
    assert "named_users.other" in found["assign"]


def test_a_correction_takes_the_choice_made_for_it_and_a_written_name_else(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case()
    leader = browser("zuzhang")
    given = {"action": "amend", "reason": "说的是他们", "field": "named_units", "version": "1"}
    done = leader.post(
        f"/cases/{case.number}/actions",
        once="a-key-for-naming",
        **given,
        **{"value.named_units": "committee-SL"},
    )
    assert done.status == 303
    assert browser("cunwei-sl").get(f"/cases/{case.number}").status == 404
    again = {**given, "field": "named_users", "version": "2", "value": "彭会计"}
    assert leader.post(f"/cases/{case.number}/actions", once="another-key", **again).status == 303
    assert "彭会计" in leader.get(f"/cases/{case.number}").text
    assert browser("xiangzhen").get(f"/cases/{case.number}").status == 404


def test_a_registrar_of_a_named_unit_is_told_that_the_team_gives_the_slip(browser: Open) -> None:
    clerk = browser("cunwei-sl")
    fields = {"village": "SL", "category": "roads", "kind": "problem", "own_words": "收了钱不开票"}
    made = clerk.post("/register", once="a-key-for-the-slip", **fields, named_units="committee-SL")
    assert made.status == 200
    assert "回执由工作组补给" in made.text
    assert "SL-2026-" not in made.text
    assert 'class="code"' not in made.text
