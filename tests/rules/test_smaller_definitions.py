"""Whatever a county leaves out of the life cycle and is not refused, its pages and calls go on working."""

import re
from dataclasses import replace
from functools import cache

import pytest

from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.deadlines import sweep
from cases.intake.coded_actions import FIELDS_OF_STEPS
from cases.intake.read_definition import read_definition
from cases.queries import case_detail
from core.persistence.db import Database
from tests.builders import CONFIG, FOUNDED, a_case, actor_named, at
from workflow.definition.reader import BadDefinition

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
TABLE = re.compile(r"(?ms)^\[(states|steps|acts)\.(\w+)\]$.*?(?=^\[|^#|\Z)")
#: With a state or an action goes what is for it alone, such as the steps that lead there.
GOES_WITH = {
    "escalated": ("escalate", "raise", "send_down"),
    "merged": ("merge", "unmerge"),
    # What answers a request, or ends something, nobody could ever do without it.
    "request_extension": ("refuse_extension",),
    "request_suspend": ("refuse_suspend",),
    "suspend": ("resume",),
    "request_reject": ("refuse_reject", "reject", "rejected"),
}
#: With a step goes what other actions take for it alone.
FIELDS_OF = {step: f"door_{field}?" for (_, field), step in FIELDS_OF_STEPS.items()}
#: What cannot be left out alone: the program asks for it, or something else is left without a way.
NOT_WITHOUT = frozenset(
    {
        *("received", "assigned", "resolved", "closed", "rejected", "withdrawn"),
        *("register", "assign", "resolve", "confirm", "reopen", "reject", "withdraw", "merge"),
        *("accept", "reassign", "reply", "attempt", "unreachable"),
    }
)
#: Reading one walks all its ways on, which takes longer than to live it; both databases live the same.
READ = cache(read_definition)
PEOPLE = ("zuzhang", "zuyuan", "cunwei-sl", "xiangzhen", "lingdao", "jiandu")


def without_idle_guards(text: str, wrong: BadDefinition) -> str:
    """Take away the guards of which it was said that they always hold, each in its line."""
    lines = text.split("\n")
    for one in wrong.problems:
        idle, at = re.search(r"(\w+) 总是成立", str(one)), int(one.place.rpartition(":")[2]) - 1
        if idle:
            left = re.sub(rf'(, )?"{idle[1]}"(?(1)|(, )?)', "", lines[at])
            lines[at] = re.sub(r"(, )?guards = \[\]", "", left)
    return "\n".join(lines)


@cache
def without(*names: str) -> str:
    """Leave out states and actions, every mention of them, and the fields, rungs and guards left over.

    Done once for both databases, and read only until nothing is left over.
    """
    text = TABLE.sub(lambda found: "" if found[2] in names else found[0], TEXT)
    for name in names:
        text = text.replace(f', "{FIELDS_OF.get(name, name)}"', "")
        text = text.replace(f', "{name}"', "").replace(f'"{name}", ', "").replace(f'["{name}"]', "[]")
    text = re.sub(r"^  \{ from = \[\].*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^version = \d+$", "version = 950", text, flags=re.MULTILINE)
    for _ in range(6):  # a field may be for another one alone
        try:
            read_definition(text, "workflow.toml")
        except BadDefinition as wrong:
            text, idle = without_idle_guards(text, wrong), text
            if text != idle:
                continue
            spare = re.findall(r"(?:fields|rungs)\.\w+", " ".join(str(one) for one in wrong.problems))
            for table in spare:
                text = re.sub(rf"(?ms)^\[{re.escape(table)}\]$.*?(?=^\[|^#|\Z)", "", text)
            if not spare:
                break
        else:
            break
    return text


NAMES = [found[2] for found in TABLE.finditer(TEXT)]


@pytest.mark.parametrize("name", sorted(NOT_WITHOUT))
def test_what_the_rest_rests_on_cannot_be_left_out(name: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        read_definition(without(name, *GOES_WITH.get(name, ())), "workflow.toml")
    assert [one for one in refused.value.problems if "TOML" in str(one)] == []


@pytest.mark.parametrize("lacking", sorted(set(NAMES) - NOT_WITHOUT))
def test_a_life_cycle_with_less_can_be_lived(town: Database, rules: CountyRules, lacking: str) -> None:
    body = without(lacking, *GOES_WITH.get(lacking, ()))
    definition = READ(body, "workflow.toml")
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
