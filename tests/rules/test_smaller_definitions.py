"""Whatever a county leaves out of the life cycle and is not refused, its pages and calls go on working."""

import re
from dataclasses import replace

import pytest

from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.deadlines import sweep
from cases.intake.read_definition import read_definition
from cases.queries import case_detail
from core.persistence.db import Database
from tests.builders import CONFIG, FOUNDED, a_case, actor_named, at
from workflow.definition.model import Definition
from workflow.definition.reader import BadDefinition

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
TABLE = re.compile(r"(?ms)^\[(states|steps|acts)\.(\w+)\]$.*?(?=^\[|^#|\Z)")
#: With a state go the steps that lead there and what is for them alone.
WITH_THE_STATE = {"escalated": ("escalate", "raise", "send_down"), "merged": ("merge", "unmerge")}
PEOPLE = ("zuzhang", "zuyuan", "cunwei-sl", "xiangzhen", "lingdao", "jiandu")


def without(*names: str) -> str:
    """Leave out states and actions, every mention of them, and the fields and rungs that are left over."""
    text = TABLE.sub(lambda found: "" if found[2] in names else found[0], TEXT)
    for name in names:
        text = text.replace(f', "{name}"', "").replace(f'"{name}", ', "").replace(f'"{name}"', "")
    text = re.sub(r"^  \{ from = \[\].*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^version = \d+$", "version = 950", text, flags=re.MULTILINE)
    for _ in range(4):  # a field may be for another one alone
        try:
            read_definition(text, "workflow.toml")
        except BadDefinition as wrong:
            spare = re.findall(r"(?:fields|rungs)\.\w+", " ".join(str(one) for one in wrong.problems))
            for table in spare:
                text = re.sub(rf"(?ms)^\[{re.escape(table)}\]$.*?(?=^\[|^#|\Z)", "", text)
    return text


def smaller() -> dict[str, tuple[Definition, str]]:
    """Return every definition with something less that is not refused, by what it lacks."""
    found = {}
    names = [found_[2] for found_ in TABLE.finditer(TEXT)]
    for name in names:
        text = without(name, *WITH_THE_STATE.get(name, ()))
        try:
            found[name] = (read_definition(text, "workflow.toml"), text)
        except BadDefinition:
            continue
    return found


SMALLER = smaller()


def test_most_of_what_is_not_needed_everywhere_can_be_left_out() -> None:
    assert {"escalated", "merged", "extend", "note", "attach"} <= SMALLER.keys()
    assert {"register", "assign", "resolve", "reply"} & SMALLER.keys() == set()


@pytest.mark.parametrize("lacking", sorted(SMALLER))
def test_a_life_cycle_with_less_can_be_lived(town: Database, rules: CountyRules, lacking: str) -> None:
    definition, body = SMALLER[lacking]
    with town.transaction() as session:
        adopt(session, definition, body, now=FOUNDED)
        under = replace(rules, definition=definition)
        states = ("received", "assigned") if "accept" in definition.acts else ("received",)
        numbers = [a_case(session, under, state).number for state in states]
    sweep.sweep(town, rules=under, now=at("2026-05-06", 9))
    with town.reading() as session:
        for number in numbers:
            for who in PEOPLE:
                shown = case_detail.case_view(
                    session, actor=actor_named(session, who), rules=under, number=number, now=at("2026-05-06")
                )
                assert shown["number"] == number
