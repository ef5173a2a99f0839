"""The sample is told under whatever a county may configure, and what has no place in it is said before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from cases.configuration.calendar import seed_calendar
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.models.case import Case
from cases.sealing import keys_in_use
from cases.verification.verify import verify
from config import tables
from config.questions import Option, Question
from core.persistence.db import Database
from demo.planning import Planner
from demo.scenarios import load_scenarios
from demo.scene_needs import MissingSetting, missing_settings, required_answers
from demo.simulate import simulate
from demo.township import households
from tests.builders import CONFIG, FOUNDED
from workflow import working_days
from workflow.deadlines import ClockRule

TODAY = date(2026, 11, 25)
Change = Callable[[CountyRules], CountyRules]
QUESTIONS = (
    Question("since", "从什么时候起", "since when", "date", required=True),
    Question("dry", "干不干", "is it dry", "choice", required=True, choices=(Option("yes", "干", "dry"),)),
)


def short(rules: CountyRules) -> CountyRules:
    """Give little time for everything and no extension."""
    profiles = {
        code: replace(row, days=min(row.days, 5), extensions=0) for code, row in rules.profiles.items()
    }
    periods = {name: ClockRule(1, "wd") for name in rules.periods}
    return replace(rules, profiles=profiles, periods=periods)


def few(rules: CountyRules) -> CountyRules:
    """Know two categories, each with questions that must be answered, and one profile for everything."""
    kept = {code: rules.categories[code] for code in ("irrigation", "drinking_water")}
    asked = {code: replace(row, profile="", questions=QUESTIONS) for code, row in kept.items()}
    last = list(rules.profiles.values())[-1]
    return replace(rules, categories=asked, profiles={last.code: last})


@pytest.mark.parametrize("backend", ["sqlite"])  # test_simulate.py lets all of it be said to both
@pytest.mark.parametrize("change", [short, few])
def test_the_sample_is_told_under_other_rules(
    db: Database, project_rules: CountyRules, tmp_path: Path, change: Change
) -> None:
    rules = change(project_rules)
    seed = working_days.seed()
    with db.transaction() as session:
        keys_in_use.adopt(session, rules.services.personal_keys.present.id, now=FOUNDED)
        seed_calendar(session, seed.years, seed.days, "notices")
        adopt(session, rules.definition, tables.read(CONFIG).workflow_text, now=FOUNDED)
    done = simulate(db, rules=rules, today=TODAY, seals_folder=tmp_path)
    assert len(done.passwords) == 10
    with db.reading() as session:
        assert session.scalars(select(func.count()).select_from(Case)).one() > 50
        found = [one for one in verify(session, rules=rules, seals_folder=tmp_path) if one.rule != "sums"]
    assert found == []


def test_nothing_is_missing_in_the_configuration_that_comes_along(project_rules: CountyRules) -> None:
    assert missing_settings(project_rules, load_scenarios()) == []


def test_what_a_story_needs_is_named_with_its_setting(project_rules: CountyRules) -> None:
    rules = few(project_rules)
    found = missing_settings(rules, load_scenarios())
    works = next(kind for kind in load_scenarios() if kind.name == "works")
    assert MissingSetting(works, "deadlines.toml", "profiles.days") in found
    rng = Random(194)
    told = Planner(rules, rng, households(rng)).plan()
    assert {story.shape.name for story in told} & {one.kind.name for one in found} == set()
    assert len(told) > 50


def test_a_life_cycle_without_a_step_leaves_out_what_takes_it(project_rules: CountyRules) -> None:
    steps = {name: step for name, step in project_rules.definition.steps.items() if name != "escalate"}
    rules = replace(project_rules, definition=replace(project_rules.definition, steps=steps))
    found = missing_settings(rules, load_scenarios())
    assert found
    assert {(one.setting, one.code) for one in found} == {("workflow.toml", "escalate")}


def test_questions_that_must_be_answered_are_answered(project_rules: CountyRules) -> None:
    answers = required_answers(few(project_rules), "irrigation")
    assert answers == {"since": "2026-01-05", "dry": "yes"}
