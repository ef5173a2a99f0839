"""Every step of a county's own that the reader lets through can be taken, and leaves a sound case.

One life cycle has a state of its own within each open one, and a step between any two of them for which
`read_definition` does not refuse it; each is taken once, from a case that was brought there.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.models import Unit
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.deadlines import sweep
from cases.intake.read_definition import read_definition
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from cases.queries import case_detail, case_history
from cases.queries.case_list import list_cases
from cases.verification import verify
from core.persistence.db import Database
from tests.builders import CONFIG, FOUNDED, PERSONAL_KEYS, a_case, accept_given_moments, actor_named, at
from workflow.definition.model import Definition, State
from workflow.definition.reader import BadDefinition

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
STAGES = ("received", "assigned", "escalated", "resolved")
STATES = tuple(code for stage in STAGES for code in (stage, f"{stage}.mine"))
#: The clock of each state: that of the program's, or the own one, which cannot run after the reply.
CLOCKS = {
    "received": "triage",
    "assigned": "handling",
    "escalated": "handling",
    "resolved": "return",
    "resolved.mine": "return",
}
STARTED = {"triage": "start", "handling": "start_once", "errand": "start"}
#: The steps of the program that lead away from a state in which the own clock may run.
ENDING = (
    *("answer", "assign", "return", "escalate", "raise", "send_down", "resolve"),
    *("reject", "withdraw", "merge", "void"),
)
EVERYBODY = '["member", "team_leader", "committee", "coordinator", "department", "leader"]'
PEOPLE = ("zuzhang", "zuyuan", "cunwei-sl", "xiangzhen", "lingdao", "jiandu")
TAKEN_OVER_BY = {"assigned": ("committee-SL", "county-water"), "escalated": ("township-MA", "leading-group")}
FIRST = at("2026-03-02", 9)


def name_of(source: str, target: str, *, hands_on: bool) -> str:
    return f"{source}_to_{target}{'_handed' if hands_on else ''}".replace(".", "_")


def own_step(source: str, target: str, *, hands_on: bool) -> str:
    before, after = CLOCKS.get(source, "errand"), CLOCKS.get(target, "errand")
    changes = [f'{after} = "{STARTED[after]}"'] if after in STARTED else []
    changes += ['errand = "stop"'] if before == "errand" != after else []
    left, reached = source.split(".")[0], target.split(".")[0]
    changes += ['triage = "stop"'] if left == "received" != reached else []
    changes += ['accept = "start"'] if hands_on and {left, reached} <= TAKEN_OVER_BY.keys() else []
    changes += ['accept = "stop"'] if left in TAKEN_OVER_BY and reached not in TAKEN_OVER_BY else []
    return (
        f"[steps.{name_of(source, target, hands_on=hands_on)}]\n"
        f'zh = "从{source}到{target}"\nen = "from {source} to {target}"\nto = "{target}"\n'
        f'who = [{{ from = ["{source}"], roles = {EVERYBODY}, relations = ["in_scope"] }}]\n'
        + (f"clocks = {{ {', '.join(changes)} }}\n" if changes else "")
        + (
            'fields = ["to_whom", "remark?"]\nhands_to = "to_whom"\n'
            if hands_on
            else 'fields = ["remark?"]\n'
        )
        + 'tells = ["owner", "coordinators"]\npublic = { zh = "走了一步", en = "a step" }\n\n'
    )


def own_state(around: State) -> str:
    kinds, answered = sorted(around.unit_kinds), str(around.answered).lower()
    code = f"{around.code}.mine"
    return (
        f'[states."{code}"]\nzh = "自己的{around.code}"\nen = "own {around.code}"\n'
        f'owner = "{around.owner}"\nunit_kinds = {kinds}\n'
        f'clock = "{CLOCKS.get(code, "errand")}"\nanswered = {answered}\n\n'
    )


Pair = tuple[str, str, bool]


def crosses(source: str, target: str) -> bool:
    """Return whether one of two states lies before the replies and the other behind."""
    return source.startswith("resolved") != target.startswith("resolved")


#: Source, target, and whether the step hands the case on. There cannot be more in one life cycle.
WITHIN = tuple(
    (source, target, hands_on)
    for source in STATES
    for target in STATES
    for hands_on in (False, True)
    if not crosses(source, target)
)
ACROSS = tuple((source, target, False) for source in STATES for target in STATES if crosses(source, target))


def body(pairs: Iterable[Pair]) -> str:
    """Return the project's life cycle with own states, an own clock, an own act, and some own steps."""
    parsed = read_definition(TEXT, "workflow.toml")
    text = re.sub(
        r"from = \[[^\]]*\]",
        lambda found: re.sub(rf'"({"|".join(STAGES)})"', r'"\1.*"', found[0]),
        TEXT.replace("version = 4", "version = 960", 1),
    )
    for step in ENDING:
        text = re.sub(
            rf"(\[steps\.{step}\]\n.*?\nclocks = \{{ )", r'\1errand = "stop", ', text, count=1, flags=re.S
        )
    states = "".join(own_state(parsed.states[stage]) for stage in STAGES)
    steps = "".join(own_step(source, target, hands_on=hands_on) for source, target, hands_on in pairs)
    more = (
        '[clocks.errand]\nzh = "跑腿期限"\nen = "errand"\nladder = ["urge", "supervise"]\n'
        'length = { days = 2, unit = "wd" }\n\n'
        f'[acts.errand]\nzh = "跑一趟"\nen = "run an errand"\nfields = ["remark"]\n'
        f'who = [{{ from = ["*"], roles = {EVERYBODY}, relations = ["in_scope"] }}]\n\n'
        '[fields.to_whom]\ntype = "unit"\nzh = "给谁"\nen = "to whom"\n\n'
        '[fields.remark]\ntype = "text"\nzh = "说明"\nen = "remark"\n'
    )
    return f"{text}\n{states}{steps}{more}"


def refused(pairs: Iterable[Pair]) -> frozenset[str]:
    """Name the own steps that the reader refuses; nothing else of the life cycle is wrong."""
    with pytest.raises(BadDefinition) as found:
        read_definition(body(pairs), "workflow.toml")
    named = [re.search(r"steps\.(\w+)", str(problem)) for problem in found.value.problems]
    assert all(named), [str(problem) for problem in found.value.problems]
    return frozenset(one[1] for one in named if one is not None)


def names(pairs: Iterable[Pair]) -> frozenset[str]:
    return frozenset(name_of(source, target, hands_on=hands_on) for source, target, hands_on in pairs)


def is_refused(pair: Pair) -> bool:
    """Say which steps break a rule: whoever changes the level says to whom, and only there."""
    source, target, hands_on = pair
    level = target.split(".")[0]
    return hands_on != (level in TAKEN_OVER_BY) and (hands_on or level != source.split(".")[0])


TAKEN = tuple(pair for pair in WITHIN if not is_refused(pair))
BODY = body(TAKEN)


def test_only_steps_that_would_break_a_rule_are_refused() -> None:
    assert refused(WITHIN) == names(WITHIN) - names(TAKEN)
    some = (pair for pair in TAKEN if not pair[2] or pair[:2] == ("received", "assigned"))
    # Clocks that come along across would go on running in the steps that close: those are refused with them.
    assert {name for name in refused((*some, *ACROSS)) if "_to_" in name} == names(ACROSS)
    assert len(TAKEN) == 48


@pytest.fixture(scope="module")
def definition() -> Definition:
    return read_definition(BODY, "workflow.toml")


@pytest.fixture
def under_it(town: Database, rules: CountyRules, definition: Definition) -> CountyRules:
    accept_given_moments(town, rules)
    with town.transaction() as session:
        adopt(session, definition, BODY, now=FOUNDED)
    return replace(rules, definition=definition)


def bring_to(session: Session, rules: CountyRules, state: str, serial: int) -> Case:
    """Return a case in a state; to an own one it comes by the own step from the state that holds it."""
    stage, _, own = state.partition(".")
    case = a_case(session, rules, stage, now=FIRST + timedelta(minutes=serial), client_ref=f"own-{serial}")
    if own:
        take(session, rules, case, name_of(stage, state, hands_on=False))
    return case


def new_owner(session: Session, case: Case, level: str) -> str:
    """Choose a unit that has not the case already."""
    present = session.get(Unit, case.owner_id)
    return next(code for code in TAKEN_OVER_BY[level] if present is None or present.code != code)


def take(session: Session, rules: CountyRules, case: Case, step: str) -> None:
    given = {}
    taken = rules.definition.steps[step]
    if taken.hands_to:
        given["to_whom"] = new_owner(session, case, rules.definition.states[taken.target].stage)
    take_step.take_step(
        session,
        actor=actor_named(session, "lingdao"),
        rules=rules,
        number=case.number,
        action=step,
        values=build_values(step, {"remark": "走一步", **given}),
        now=at("2026-03-02", 18),
    )


def test_every_step_that_is_let_through_can_be_taken_and_leaves_a_sound_case(
    town: Database, under_it: CountyRules
) -> None:
    ended: dict[str, str] = {}
    for serial, (source, target, hands_on) in enumerate(TAKEN):
        name = name_of(source, target, hands_on=hands_on)
        with town.transaction() as session:
            case = bring_to(session, under_it, source, serial)
            assert case.state == source
            take(session, under_it, case, name)
            assert case.state == target, name
            assert case.owner_id is not None
            ended[case.number] = target
    later = at("2026-03-06", 10)
    sweep.sweep(town, rules=under_it, now=later)
    with town.reading() as session:
        assert [str(one) for one in verify.verify(session, rules=under_it, now=later)] == []
        for number, state in ended.items():
            for who in PEOPLE:
                actor = actor_named(session, who)
                shown = case_detail.case_view(session, actor=actor, rules=under_it, number=number, now=later)
                assert shown["state_name"] == under_it.definition.states[state].zh
            told = case_history.load_history(
                session, keys=PERSONAL_KEYS, actor=actor_named(session, "zuzhang"), number=number
            )
            assert all(read.facts is not None for read in told)
        for state in STATES:
            listed = list_cases(
                session,
                actor=actor_named(session, "lingdao"),
                rules=under_it,
                filters={"state": state},
                now=later,
                limit=100,
            )
            wanted = {number for number, is_in in ended.items() if is_in in (state, f"{state}.mine")}
            assert {item["number"] for item in listed.items} == wanted, state
