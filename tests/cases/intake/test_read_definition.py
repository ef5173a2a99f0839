"""Each entry of the life cycle has its effect, or is refused with its place before a case runs under it."""

import copy
import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from cases.intake.coded_actions import FIELDS_OF_STEPS
from cases.intake.read_definition import read_definition
from tests.english import in_english
from tests.rules.sources import ROOT
from tests.workflow.samples import CONFIG
from workflow.definition.model import Definition
from workflow.definition.reader import BadDefinition, parse

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
DATA = tomllib.loads(TEXT)
Path = tuple[Any, ...]

#: What a county may think of: what is replaced, what stands in its place, the line named, part of the reason.
SPOILED = {
    "a clock that the code starts is left out": (
        'clocks = { accept = "stop", handling = "stop", return = "start" }',
        'clocks = { accept = "stop", handling = "stop" }',
        "clocks = { accept",
        "manages the clock return itself: write start",
    ),
    "a clock that the code starts is not written": (
        'clocks = { triage = "start" }\nfields = [\n  "village"',
        'fields = [\n  "village"',
        "[steps.register]",
        "manages the clock triage itself: write start",
    ),
    "a clock that the code moves is to go on": (
        'clocks = { accept = "stop", handling = "move" }',
        'clocks = { accept = "stop", handling = "go_on" }',
        'clocks = { accept = "stop", handling = "go_on"',
        "manages the clock handling itself: write move",
    ),
    "a clock starts in a way that nothing does": (
        'accept = "start", handling = "start_once"',
        'accept = "start_short", handling = "start_once"',
        'accept = "start_short"',
        "the clock accept cannot be start_short",
    ),
    "a clock is stopped that never runs there": (
        'clocks = { triage = "stop", handling = "stop", return = "start" }',
        'clocks = { triage = "stop", accept = "stop", handling = "stop", return = "start" }',
        'accept = "stop", handling = "stop", return',
        "the clock accept does not run before",
    ),
    "a clock runs on into a final state": (
        'clocks = { triage = "stop", handling = "stop" }\nfields = ["reason", "replies?"]',
        'clocks = { triage = "stop" }\nfields = ["reason", "replies?"]',
        'clocks = { triage = "stop" }',
        "write stop for handling",
    ),
    "the clock of a state does not run in it": (
        'clocks = { triage = "start", handling = "go_on" }',
        'clocks = { handling = "go_on" }',
        'clocks = { handling = "go_on" }',
        "its clock triage must be running",
    ),
    "another owner": (
        'owner = "higher_unit"',
        'owner = "assigned_unit"',
        'owner = "assigned_unit"\nunit_kinds = ["team", "township", "department"',
        "write higher_unit",
    ),
    "an answer that nobody demands": (
        'owner = "assigned_unit"',
        'answered = true\nowner = "assigned_unit"',
        "answered = true",
        "what the program demands here is false",
    ),
    "a step elsewhere": (
        'zh = "答复并办结"\nen = "reply and resolve"\nto = "resolved"',
        'zh = "答复并办结"\nen = "reply and resolve"\nto = "escalated"',
        'to = "escalated"',
        "leads to resolved and nowhere else",
    ),
    "an act of the program among the steps": (
        "[acts.suspend]",
        '[steps.suspend]\nto = "assigned"',
        "[steps.suspend]",
        "there is code of this name, but it belongs in acts",
    ),
    "an act where it cannot be done": (
        'who = [{ from = ["received"], roles = ["team_leader"], relations = ["in_scope"] }]\n'
        'guards = ["no_reject_requested"]',
        'who = [{ from = ["assigned"], roles = ["team_leader"], relations = ["in_scope"] }]\n'
        'guards = ["no_reject_requested"]',
        'who = [{ from = ["assigned"], roles = ["team_leader"], relations = ["in_scope"] }]',
        "the code cannot do this from assigned",
    ),
    "a guard that the code relies on": (
        'guards = ["accept_pending"]',
        "guards = []",
        "guards = []",
        "relies on the guard accept_pending",
    ),
    "somebody who raises": (
        'roles = ["system"], relations = ["system"] }]\nguards = ["handling_running", "has_superior"]',
        'roles = ["leader"], relations = ["in_scope"] }]\nguards = ["handling_running", "has_superior"]',
        'roles = ["leader"]',
        "leader cannot do this",
    ),
    "a role that never may": (
        'roles = ["team_leader"], relations = ["in_scope"] }]\nguards = ["no_reject_requested"]',
        'roles = ["auditor"], relations = ["in_scope"] }]\nguards = ["no_reject_requested"]',
        'roles = ["auditor"]',
        "the role auditor may not act on cases",
    ),
    "a field that nobody reads": (
        'fields = ["unit", "binding?"',
        'fields = ["unit", "promised_on?", "binding?"',
        "promised_on",
        "does not know the field promised_on",
    ),
    "a field that the code must have": (
        'fields = ["unit", "binding?"',
        'fields = ["unit?", "binding?"',
        'fields = ["unit?"',
        "must have the field unit",
    ),
    "a field of another type": (
        '[fields.binding]\ntype = "boolean"',
        '[fields.binding]\ntype = "text"',
        'type = "text"',
        "cannot read a text",
    ),
    "a choice that the code does not know": (
        '"solved", "partly_solved"',
        '"solved", "paid"',
        'values = ["solved", "paid"',
        "does not know paid",
    ),
    "an outcome whose day cannot be given": (
        'return = "start" }\nfields = ["outcome", "promised_on?", "replies?"]',
        'return = "start" }\nfields = ["outcome", "replies?"]',
        'fields = ["outcome", "replies?"]',
        "write the field promised_on? as well",
    ),
    "a field that the code demands at times": (
        'fields = ["complainant", "heard?", "rating?", "words?"]',
        'fields = ["complainant", "heard", "rating?", "words?"]',
        'fields = ["complainant", "heard", "rating?", "words?"]',
        "write the field heard with `?`",
    ),
    "a field of the registration that must be there": (
        '"complainants", "urgency?"',
        '"complainants", "urgency"',
        "fields = [",
        "write the field urgency with `?`",
    ),
    "a list without anything": (
        'en = "note"\nwho',
        'en = "note"\nguards = []\nwho',
        "guards = []",
        "it is empty and changes nothing",
    ),
    "a table without anything": (
        'en = "accepting"\n',
        'en = "accepting"\ndays = {}\n',
        "days = {}",
        "it is empty and changes nothing",
    ),
    "a rung on no ladder": (
        'ladder = ["remind", "urge", "supervise", "publish", "raise"]',
        'ladder = ["remind", "urge", "supervise", "publish"]',
        "[rungs.raise]",
        "no clock has this rung",
    ),
    "a field of nothing": (
        "[fields.village]",
        '[fields.colour]\ntype = "text"\n\n[fields.village]',
        "[fields.colour]",
        "nothing takes this field",
    ),
}


def refusals(text: str) -> list[tuple[str, str]]:
    """Return line and reason, in English, of each problem of a text."""
    with pytest.raises(BadDefinition) as refused:
        read_definition(text, "workflow.toml")
    return [
        (text.splitlines()[int(one.place.rpartition(":")[2]) - 1], in_english(one.reason))
        for one in refused.value.problems
    ]


def test_what_comes_along_is_read() -> None:
    assert read_definition(TEXT, "workflow.toml").hash == parse(TEXT, "workflow.toml").hash


@pytest.mark.parametrize("name", SPOILED)
def test_an_entry_that_decides_nothing_is_refused_with_its_place(name: str) -> None:
    before, after, line, reason = SPOILED[name]
    assert TEXT.count(before) >= 1
    found = refusals(TEXT.replace(before, after, 1))
    assert [one for one in found if line.splitlines()[0] in one[0] and reason in one[1]], found


def test_an_answer_at_the_door_needs_the_step_that_takes_it() -> None:
    assert FIELDS_OF_STEPS
    for (name, field), step in FIELDS_OF_STEPS.items():
        data = copy.deepcopy(DATA)
        del data["steps"][step]
        with pytest.raises(BadDefinition) as refused:
            read_data(data)
        said = [in_english(one.reason) for one in refused.value.problems]
        assert [one for one in said if f"the field {field} can only be taken where" in one and name in one]


def test_a_definition_that_runs_already_is_read_as_it_is() -> None:
    for stored in sorted((ROOT / "tests" / "rules" / "surface").glob("workflow-*.toml")):
        assert parse(stored.read_text(encoding="utf-8"), stored.name).states


def written(value: Any) -> str:
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def read_data(data: dict[str, Any]) -> Definition:
    return read_definition("\n".join(f"{key} = {written(one)}" for key, one in data.items()), "x")


def entries(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every entry of a table, whatever it holds."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*path, key)
        yield from entries(one, (*path, key))


def without(path: Path) -> dict[str, Any]:
    data = copy.deepcopy(DATA)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return data


#: What the engine does as it is written and nothing else: who may act, in what words.
ASKED_OF_PEOPLE = {"who", "zh", "en", "fields"}


def worth_trying(path: Path) -> bool:
    """Leave out what is asked of each person, and the fields, which a door takes as they are written."""
    return path[0] in ("states", "clocks", "rungs", "steps", "acts") and not ASKED_OF_PEOPLE & set(path)


#: Entries that may be left out: with each the engine does something, without it the other thing.
LEFT_OUT = [
    path for path in entries(DATA) if path[0] == "steps" and path[2:3] == ("clocks",) and len(path) == 4
]


def test_no_entry_can_be_taken_away_without_a_difference() -> None:
    whole = read_data(DATA)
    idle = []
    for path in filter(worth_trying, entries(DATA)):
        try:
            read = read_data(without(path))
        except BadDefinition:
            continue
        if parts(read) == parts(whole):
            idle.append(path)
    assert idle == []


def parts(definition: Definition) -> list[Any]:
    """Return what the engine reads of a definition."""
    return [
        dict(definition.states),
        dict(definition.steps),
        dict(definition.acts),
        dict(definition.clocks),
    ]


def test_every_clock_that_a_step_may_be_without_is_one_of_these() -> None:
    """What each of them does is shown by test_commit_change.py; another one here needs its row there."""
    optional = []
    for path in LEFT_OUT:
        try:
            read_data(without(path))
        except BadDefinition:
            continue
        optional.append((path[1], path[3]))
    assert sorted(optional) == [
        ("assign", "accept"),
        ("escalate", "accept"),
        ("raise", "accept"),
        ("send_down", "handling"),
        ("unmerge", "handling"),
    ]
