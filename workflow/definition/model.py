"""The parts of a definition, as values: states, steps, acts, clocks and rungs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.definition.rule_sets import RuleSet


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case; an open one says who owns the case and which clock its date is that of."""

    code: str
    zh: str
    en: str
    final: bool
    answered: bool
    owner: str
    unit_kinds: frozenset[str]
    clock: str


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

    `fields` are what it takes, in the form in which the API shows them.
    """

    name: str
    zh: str
    en: str
    rows: tuple[ActionRule, ...]
    guards: tuple[str, ...]
    fields: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]
    roles: frozenset[str]


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
    """A clock and the rungs that fire from its date, lowest first."""

    name: str
    zh: str
    en: str
    ladder: tuple[Rung, ...]


@dataclass(frozen=True, eq=False)
class Definition:
    """A whole life cycle. Two definitions are the same when their hashes are: that is what a case keeps.

    `rules` are those by which the dates and states of its cases move.
    """

    name: str
    version: int
    hash: str
    initial: str
    states: Mapping[str, State]
    steps: Mapping[str, Step]
    acts: Mapping[str, Act]
    clocks: Mapping[str, ClockDef]
    rules: RuleSet

    @property
    def visitors(self) -> frozenset[str]:
        """The roles that pay a return visit: whoever may close a case with what a complainant says."""
        return self.steps["confirm"].roles if "confirm" in self.steps else frozenset()

    def action(self, name: str) -> Act:
        """Return the step or act of this name; raise KeyError when there is none."""
        return self.steps[name] if name in self.steps else self.acts[name]
