from collections import Counter
from random import Random

import pytest

from cases.configuration.case_rules import Category, CountyRules, categories_of
from config import tables
from demo.planning import Planner, Story
from demo.scenarios import LAST, ScenarioKind, load_scenarios
from demo.step_values import FILLED
from demo.texts import SampleMatter, load_matters, reply_text
from demo.township import USERS, households
from tests.builders import CONFIG

COUNTED = 194
NAMES = {row[0] for row in USERS[1:]} | {"cunwei"}
LEAST_OF_A_CATEGORY = 10


@pytest.fixture(scope="module")
def stories(project_rules: CountyRules) -> list[Story]:
    rng = Random(194)
    return Planner(project_rules, rng, households(rng)).plan()


def test_194_cases_count() -> None:
    assert sum(shape.count for shape in load_scenarios() if shape.counts) == COUNTED


def test_others_stand_beside_them() -> None:
    assert sum(shape.count for shape in load_scenarios() if not shape.counts) > 0


@pytest.mark.parametrize("shape", load_scenarios(), ids=lambda shape: shape.name)
def test_a_story_begins_with_a_registration_and_goes_forward(shape: ScenarioKind) -> None:
    days = [step.day for step in shape.steps]
    assert (shape.steps[0].action, days[0], days) == ("register", 0, sorted(days))


@pytest.mark.parametrize("shape", load_scenarios(), ids=lambda shape: shape.name)
def test_a_story_is_told_by_people_of_the_township(shape: ScenarioKind) -> None:
    assert {step.who for step in shape.steps} <= NAMES


@pytest.mark.parametrize("shape", load_scenarios(), ids=lambda shape: shape.name)
def test_every_step_of_a_story_can_be_filled_in(project_rules: CountyRules, shape: ScenarioKind) -> None:
    actions = {step.action for step in shape.steps[1:]}
    definition = project_rules.definition
    assert actions <= set(FILLED) & (set(definition.steps) | set(definition.acts))


@pytest.mark.parametrize("shape", load_scenarios(), ids=lambda shape: shape.name)
def test_a_story_fits_into_the_days_that_are_told(shape: ScenarioKind) -> None:
    first, last = shape.ages
    assert 0 <= first <= last <= LAST


def test_every_category_has_many_matters(project_rules: CountyRules) -> None:
    number = Counter(matter.category for matter in load_matters(project_rules.categories))
    assert set(number) == set(project_rules.categories)
    assert min(number.values()) >= LEAST_OF_A_CATEGORY


OTHER = Category("opening_hours", "开门时间", "opening hours", "", "")
MATTERS = load_matters({**categories_of(tables.read(CONFIG)), OTHER.code: OTHER})


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.words[:12])
def test_no_place_in_the_words_stays_open(matter: SampleMatter) -> None:
    words, reply = reply_text(matter, Random(1), 3)
    assert not set("{}") & set(words + reply)


def test_no_two_matters_say_the_same() -> None:
    assert len({matter.words for matter in MATTERS}) == len(MATTERS)


def test_no_two_stories_are_worded_alike(stories: list[Story]) -> None:
    assert len({story.words for story in stories}) == len(stories)


def test_every_category_and_kind_is_raised(project_rules: CountyRules, stories: list[Story]) -> None:
    assert {story.matter.category for story in stories} == set(project_rules.categories)
    assert {story.matter.kind for story in stories} == {
        "problem", "opinion", "suggestion", "consultation", "help", "dispute",
    }  # fmt: skip


def test_every_village_raises_something(stories: list[Story]) -> None:
    assert {story.village for story in stories} == {"SL", "YY", "GG"}


def test_a_household_tells_one_story(stories: list[Story]) -> None:
    number = Counter(home.key for story in stories for home in story.homes)
    assert max(number.values()) == 1


def test_a_merged_matter_is_that_of_an_earlier_one_of_the_village(stories: list[Story]) -> None:
    merged = [story for story in stories if story.into is not None]
    assert merged
    assert all(
        story.into is not None
        and story.into.age > story.age
        and (story.into.village, story.into.matter) == (story.village, story.matter)
        for story in merged
    )
