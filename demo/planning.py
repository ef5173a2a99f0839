"""Decide, from the rules and a seed alone, who raises which matter when, and how it goes."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from cases.configuration.case_rules import CountyRules
from config.vocabulary import IntakeChannel
from demo.sample_households import SampleHousehold
from demo.scenarios import MERGES_INTO, ScenarioKind, load_scenarios
from demo.scene_needs import fits, missing_settings
from demo.texts import ALSO, SampleMatter, load_matters, reply_text

#: How people are heard; a visit is by far the most frequent. Petitions come by their own shape.
CHANNELS = (
    *(IntakeChannel.VISIT.value,) * 7,
    *(IntakeChannel.WALK_IN.value,) * 2,
    *(IntakeChannel.PHONE.value, IntakeChannel.HOTLINE.value, IntakeChannel.LETTER.value),
)
#: Merged stories begin a day after the story they turn out to be about.
MERGE_AFTER = 1
MOST_JITTER = 2  # working days by which a story may leave its even place


@dataclass
class Story:
    """One matter of the sample township: its shape, its age in working days, its people and its words."""

    serial: int
    shape: ScenarioKind
    age: int
    channel: str
    matter: SampleMatter
    homes: list[SampleHousehold]
    words: str
    answer: str
    into: "Story | None" = None

    @property
    def village(self) -> str:
        """Return the village's code."""
        return self.homes[0].village


class Planner:
    """Deal out matters and households so that none comes up much more often than another."""

    def __init__(
        self,
        rules: CountyRules,
        rng: Random,
        homes: list[SampleHousehold],
        left_out: Collection[str] = (),
    ) -> None:
        """Plan by the rules with this chance; the kinds of stories named in `left_out` are not told."""
        self._rules = rules
        self._left_out = frozenset(left_out)
        self._rng = rng
        self._matters = load_matters(rules.categories)
        self._used: Counter[int] = Counter()
        self._said: set[str] = set()
        self._homes = list(homes)
        rng.shuffle(self._homes)

    def plan(self) -> list[Story]:
        """Return all stories that the configuration has a place for, the oldest first."""
        stories: list[Story] = []
        kinds = load_scenarios()
        missing = missing_settings(self._rules, kinds)
        left_out = self._left_out.union(one.kind.name for one in missing)
        for shape in (kind for kind in kinds if kind.name not in left_out):
            for index in range(shape.count):
                stories.append(self._story(len(stories) + 1, shape, self._age(shape, index)))
        self._pair(stories)
        return sorted(stories, key=lambda story: (-story.age, story.serial))

    def _age(self, shape: ScenarioKind, index: int) -> int:
        """Spread the stories of a shape over its days: both ends are taken, the others stray a little."""
        first, last = shape.ages
        if shape.count == 1:
            return self._rng.randint(first, last)
        place = first + (last - first) * index // (shape.count - 1)
        if 0 < index < shape.count - 1:
            place += self._rng.randint(-MOST_JITTER, MOST_JITTER)
        return min(max(place, first), last)

    def _story(self, serial: int, shape: ScenarioKind, age: int) -> Story:
        channel = shape.channel or self._rng.choice(CHANNELS)
        matter = self._deal(shape, channel)
        joining = sum(step.action == "join" for step in shape.steps)
        homes = [self._homes.pop()]
        while len(homes) < shape.complainants + joining:
            homes.append(self._neighbour(homes[0]))
        words, answer = reply_text(matter, self._rng, homes[0].group)
        while words in self._said:
            words, answer = reply_text(matter, self._rng, homes[0].group)
        self._said.add(words)
        return Story(serial, shape, age, channel, matter, homes, words, answer)

    def _deal(self, shape: ScenarioKind, channel: str) -> SampleMatter:
        """Return the least told of the matters that fit a shape, chance deciding between equals."""
        fitting = [
            index for index, matter in enumerate(self._matters) if fits(self._rules, matter, shape, channel)
        ]
        least = min(self._used[index] for index in fitting)
        chosen = self._rng.choice([index for index in fitting if self._used[index] == least])
        self._used[chosen] += 1
        return self._matters[chosen]

    def _neighbour(self, home: SampleHousehold) -> SampleHousehold:
        """Take the next household that nobody has heard yet and that lives in the same village."""
        place = next(index for index, other in enumerate(self._homes) if other.village == home.village)
        return self._homes.pop(place)

    def _pair(self, stories: list[Story]) -> None:
        """Let each story that is to be merged be about the matter of another that began a day before."""
        targets = [story for story in stories if story.shape.name == MERGES_INTO]
        for story in stories:
            if not any(step.action == "merge" for step in story.shape.steps):
                continue
            needed = story.shape.steps[-1].day + MERGE_AFTER
            target = next((one for one in targets if one.age >= needed), None)
            if target is None:  # the county's rules leave out what it would have been merged with
                continue
            targets.remove(target)
            story.homes = [self._neighbour(target.homes[0])]
            story.into, story.age = target, target.age - MERGE_AFTER
            story.matter, story.answer = target.matter, target.answer
            story.words = self._rng.choice(ALSO).format(words=target.words)
