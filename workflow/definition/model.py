"""The parts of a definition, as values: states, steps, acts, clocks and rungs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from config.lines import Path
from config.marked_text import Bilingual
from config.tables import ClockLength
from workflow.definition.rule_sets import RuleSet
from workflow.definition.vocabulary import stage_of

#: The steps by which a case goes to a unit above its owner.
RISING = ("escalate", "raise")


class Word(NamedTuple):
    """What the county calls a code of the program.

    `many` is the English for several of it; empty where the common rule makes it.
    """

    zh: str
    en: str
    many: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case; an open one says who owns the case and which clock its date is that of.

    `public` is what the villager's page says of a state of the county's own; without it, what it says of the
    program's state within which this one stands.
    """

    code: str
    zh: str
    en: str
    final: bool
    answered: bool
    owner: str
    unit_kinds: frozenset[str]
    clock: str
    public: Bilingual | None

    @property
    def stage(self) -> str:
        """The state of the program within which this one stands; itself where it is one of those."""
        return stage_of(self.code)


@dataclass(frozen=True, slots=True)
class ActionRule:
    """Who may take an action: from these states, in one of the roles and one of the relations."""

    sources: frozenset[str]
    roles: frozenset[str]
    relations: tuple[str, ...]
    guards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a case that leaves its state as it is.

    `fields` are what it takes, in the form in which the API shows them. An action of the county's own says by
    `tells` whom it tells, by `hands_to` which field names the unit that owns the case after it, and by
    `public` what the villager's page says of it; without words the villager is not told.
    """

    name: str
    zh: str
    en: str
    rows: tuple[ActionRule, ...]
    guards: tuple[str, ...]
    fields: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]
    roles: frozenset[str]
    tells: tuple[str, ...]
    hands_to: str
    public: Bilingual | None

    def places_of_role(self, role: str) -> list[Path]:
        """Return where the file names a role for this action: the rows of `who` by their order."""
        return [("who", at, "roles") for at, row in enumerate(self.rows) if role in row.roles]

    def places_of_source(self, state: str) -> list[Path]:
        """Return where the file lets this action be taken from a state: the rows of `who` by their order."""
        return [("who", at, "from") for at, row in enumerate(self.rows) if state in row.sources]


@dataclass(frozen=True, slots=True)
class Step(Act):
    """An act that leads to another state; `clocks` says what it does to each clock."""

    target: str
    clocks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: so many working days from the due date, negative ones before it.

    It does not exist on a clock of `longer_than` working days or fewer. With `urgent_any_day` every day
    counts when the case is urgent.
    """

    code: str
    zh: str
    en: str
    days: int
    longer_than: int
    urgent_any_day: bool


@dataclass(frozen=True, slots=True)
class ClockDef:
    """A clock and the rungs that fire from its date, lowest first.

    `length` is that of a clock of the county's own; the lengths of all others stand in deadlines.toml.
    """

    name: str
    zh: str
    en: str
    ladder: tuple[Rung, ...]
    length: ClockLength | None


@dataclass(frozen=True, eq=False)
class Definition:
    """A whole life cycle. Two definitions are the same when their hashes are: that is what a case keeps.

    `rungs` are as they are for every clock that does not say otherwise. `words` are what the county calls
    codes of the program, by their group in `workflow.texts.labels`. `rules` are those by which the dates and
    states of its cases move.
    """

    name: str
    version: int
    hash: str
    initial: str
    states: Mapping[str, State]
    steps: Mapping[str, Step]
    acts: Mapping[str, Act]
    clocks: Mapping[str, ClockDef]
    rungs: Mapping[str, Rung]
    words: Mapping[str, Mapping[str, Word]]
    rules: RuleSet

    @property
    def visitors(self) -> frozenset[str]:
        """The roles that pay a return visit: whoever may close a case with what a complainant says."""
        return self.steps["confirm"].roles if "confirm" in self.steps else frozenset()

    @property
    def states_and_stages(self) -> frozenset[str]:
        """The codes by which cases of this definition can be asked for: of a state, or of all within one."""
        return frozenset(self.states) | {state.stage for state in self.states.values()}

    @property
    def higher_kinds(self) -> frozenset[str]:
        """The kinds of unit to which a case can be escalated or raised; none where no step leads up."""
        steps = (self.steps[name] for name in RISING if name in self.steps)
        return next((self.states[step.target].unit_kinds for step in steps), frozenset())

    def has_action(self, name: str) -> bool:
        """Return whether there is a step or act of this name."""
        return name in self.steps or name in self.acts

    def action(self, name: str) -> Act:
        """Return the step or act of this name; raise KeyError when there is none."""
        return self.steps[name] if name in self.steps else self.acts[name]
