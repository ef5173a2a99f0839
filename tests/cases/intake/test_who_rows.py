"""What stands in `who` and lets nobody do anything more is refused, at the row or the list that says it."""

import re

import pytest

from cases.intake.read_definition import read_definition
from cases.intake.who_rows import OF_VILLAGERS, STANDS, stands
from tests.builders import CONFIG
from tests.english import in_english
from tests.rules.sources import ROOT
from workflow.definition.reader import BadDefinition
from workflow.definition.vocabulary import RELATIONS, ROLES

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
NOTE = 'en = "note"\nwho = [\n'
FROM_ALL = '{ from = ["*"], roles = ["member"], relations = ["in_scope"] },\n'
VISIT = '{ from = ["resolved"], roles = ["villager"], relations = ["in_scope"] },\n]\nguards = ["visit'
ACCEPT = 'relations = ["owner"] },\n]\nguards = ["accept_pending"]'
#: What is spoiled: the words before and after, the place, and a part of the reason.
SPOILED = {
    "a villager who owns matters": (
        VISIT,
        VISIT.replace("in_scope", "owner"),
        "steps.confirm.who.1.roles",
        "villager never stands in such a relation",
    ),
    "a villager where no door is": (
        NOTE,
        NOTE + FROM_ALL.replace("member", "villager"),
        "acts.note.who.0.roles",
        "villager has no place where to do this",
    ),
    "people in the relation of the program": (
        NOTE,
        NOTE + FROM_ALL.replace("in_scope", "system"),
        "acts.note.who.0.relations",
        "nobody of this row stands in the relation system",
    ),
    "a relation that nobody of the row can have": (
        VISIT,
        VISIT.replace('"in_scope"', '"in_scope", "recorder"'),
        "steps.confirm.who.1.relations",
        "nobody of this row stands in the relation recorder",
    ),
    "the same row twice": (NOTE, NOTE + FROM_ALL * 2, "acts.note.who.1", "row 1 has all of this row"),
    "a row within another": (NOTE, NOTE + FROM_ALL, "acts.note.who.0", "row 2 has all of this row"),
    "a state beside every state": (
        NOTE + '  { from = ["*"]',
        NOTE + '  { from = ["*", "received"]',
        "acts.note.who.0.from",
        "* has received within it",
    ),
    "a state beside all within it": (
        NOTE + '  { from = ["*"]',
        NOTE + '  { from = ["assigned.*", "assigned"]',
        "acts.note.who.0.from",
        "assigned.* has assigned within it",
    ),
    "a guard that is asked of all rows": (
        ACCEPT,
        ACCEPT.replace('"owner"]', '"owner"], guards = ["accept_pending"]'),
        "acts.accept.who.0.guards",
        "has accept_pending already",
    ),
    "a relation that registering does not ask for": (
        'relations = ["in_scope"] }]\nclocks = { triage = "start" }\nfields = [',
        'relations = ["in_scope", "recorder"] }]\nclocks = { triage = "start" }\nfields = [',
        "steps.register.who.0.relations",
        "write in_scope",
    ),
}


def reasons(text: str) -> list[str]:
    with pytest.raises(BadDefinition) as refused:
        read_definition(text, "workflow.toml")
    return [in_english(one.reason) for one in refused.value.problems]


@pytest.mark.parametrize("name", SPOILED)
def test_what_opens_nothing_is_refused_with_its_place(name: str) -> None:
    before, after, place, reason = SPOILED[name]
    assert TEXT.count(before) == 1
    found = reasons(TEXT.replace(before, after))
    assert [one for one in found if one.startswith(f"{place}:") and reason in one], found


@pytest.mark.parametrize("relation", sorted(RELATIONS))
def test_a_villager_is_taken_in_the_relations_that_one_can_have_alone(relation: str) -> None:
    text = TEXT.replace(VISIT, VISIT.replace("in_scope", relation))
    try:
        read_definition(text, "workflow.toml")
    except BadDefinition as wrong:
        refused = any("steps.confirm.who.1" in in_english(one.reason) for one in wrong.problems)
        assert refused == (relation not in STANDS["villager"])
    else:
        assert relation in STANDS["villager"]


def test_only_the_program_stands_in_its_own_relation() -> None:
    assert {role for role in ROLES if "system" in stands(role)} == {"system"}


def test_the_actions_of_villagers_are_those_of_their_doors() -> None:
    code = (ROOT / "cases" / "public_actions.py").read_text(encoding="utf-8")
    assert set(re.findall(r'apply_action\(context, "(\w+)"', code)) == OF_VILLAGERS
