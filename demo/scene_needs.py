"""Say which scenes of the sample a county's own configuration has no place for, before anything is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases.configuration.case_rules import CountyRules
from cases.intake.category_answers import questions_of
from config.questions import Question
from config.vocabulary import IntakeChannel
from demo.scenarios import ScenarioKind
from demo.texts import SampleMatter, load_matters
from workflow import deadlines
from workflow.deadlines import Profile


@dataclass(frozen=True)
class MissingSetting:
    """The setting that a kind of story needs and the configuration does not have: a file, and what in it."""

    kind: ScenarioKind
    setting: str
    code: str


@dataclass(frozen=True)
class UnfinishedStory:
    """A story that the rules did not let go on: its kind, the step that was refused, and the reason codes."""

    kind: ScenarioKind
    action: str
    reasons: tuple[str, ...] = ()


def fits(rules: CountyRules, matter: SampleMatter, kind: ScenarioKind, channel: str) -> bool:
    """Return whether a matter is one that a kind of story can be about, by the county's own rules."""
    category = rules.categories.get(matter.category)
    if category is None:
        return False
    if kind.categories and matter.category not in kind.categories:
        return False
    if kind.outcomes and matter.outcome not in kind.outcomes:
        return False
    if not kind.handling:
        return True
    profile = deadlines.choose_profile(
        rules.profiles,
        urgency=kind.urgency,
        kind=matter.kind,
        category_profile=category.profile,
        channel=channel,
    )
    fewest, most = kind.handling
    return fewest <= working_days(profile) <= most and (profile.extensions > 0 or not _asks_for_time(kind))


def working_days(profile: Profile) -> int:
    """Return about how many working days a profile gives, whatever it counts in."""
    return profile.days if profile.unit == "wd" else profile.days * 5 // 7


def _asks_for_time(kind: ScenarioKind) -> bool:
    return any(step.action == "request_extension" for step in kind.steps)


#: By the reason of a refusal, the setting that decides it; a matter that is late is raised to another unit.
BY_REASON: Mapping[str, tuple[str, str]] = {
    "no_extension_in_profile": ("deadlines.toml", "profiles.extensions"),
    "extensions_used_up": ("deadlines.toml", "profiles.extensions"),
    "deadline_passed": ("deadlines.toml", "profiles.days"),
    "not_owner": ("deadlines.toml", "profiles.days"),
}


def missing_settings(rules: CountyRules, kinds: Iterable[ScenarioKind]) -> list[MissingSetting]:
    """List the kinds of stories that are left out, each with the setting that it needs."""
    matters = load_matters(rules.categories)
    found = ((kind, _missing(rules, kind, matters)) for kind in kinds)
    return [MissingSetting(kind, *lack) for kind, lack in found if lack is not None]


def refused_settings(unfinished: Iterable[UnfinishedStory]) -> list[MissingSetting]:
    """List, once for each kind of story, the setting by which its stories were refused when told on trial."""
    found = {story.kind.name: MissingSetting(story.kind, *_refused_by(story)) for story in unfinished}
    return [found[name] for name in sorted(found)]


def _refused_by(story: UnfinishedStory) -> tuple[str, str]:
    for reason, setting in BY_REASON.items():
        if reason in story.reasons:
            return setting
    return "workflow.toml", story.action


def _missing(
    rules: CountyRules, kind: ScenarioKind, matters: Sequence[SampleMatter]
) -> tuple[str, str] | None:
    definition = rules.definition
    for step in kind.steps:
        if step.action not in definition.steps and step.action not in definition.acts:
            return "workflow.toml", step.action
    channel = kind.channel or IntakeChannel.VISIT.value
    if any(fits(rules, matter, kind, channel) for matter in matters):
        return None
    if kind.categories and not set(kind.categories) & set(rules.categories):
        return "categories.toml", ", ".join(kind.categories)
    return "deadlines.toml", "profiles.extensions" if _asks_for_time(kind) else "profiles.days"


#: An answer that fits a question of each kind.
ANSWERS: dict[str, Any] = {"text": "示例", "number": 1, "yes_no": True, "date": "2026-01-05"}


def required_answers(rules: CountyRules, category: str) -> dict[str, Any]:
    """Answer what a category of the county's own asks for and does not let a matter in without."""
    return {one.key: _answer(one) for one in questions_of(rules, category) if one.required}


def _answer(question: Question) -> Any:
    return question.choices[0].code if question.choices else ANSWERS[question.kind]
