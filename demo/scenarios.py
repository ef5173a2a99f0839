"""Read how the matters of the sample township go: the kinds of `scenarios.toml`, as values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.vocabulary import Urgency
from core.i18n import ZH

#: The oldest story begins so many working days before the last told day.
LAST = 47
COMMITTEE = "cunwei"
#: Stories that are merged turn out to be about a matter of this shape.
MERGES_INTO = "handled by the committee"


@dataclass(frozen=True)
class ScenarioAction:
    """One thing that somebody does: on which day, who, which step or act, and what is special about it."""

    day: int
    who: str
    action: str
    say: str = ""


@dataclass(frozen=True)
class ScenarioKind:
    """A way in which matters go, how many do, and which matters fit it.

    `name` is English and `title` Chinese. `ages` are working days before the last told day; `handling` are
    the fewest and the most working days for which the handling clock may run; `identity` is open,
    confidential or anonymous.
    """

    name: str
    title: str
    count: int
    ages: tuple[int, int]
    steps: tuple[ScenarioAction, ...]
    handling: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    complainants: int = 1
    identity: str = "open"
    urgency: str = Urgency.NORMAL.value
    channel: str = ""
    counts: bool = True

    def called(self, language: str) -> str:
        """Return what the kind is called in a language of the interface."""
        return self.title if language == ZH else self.name


def load_scenarios() -> list[ScenarioKind]:
    """Load all kinds in the order of the file."""
    rows = tomllib.loads((Path(__file__).parent / "scenarios.toml").read_text(encoding="utf-8"))
    return [_scenario(row) for row in rows["kinds"]]


def _scenario(row: Mapping[str, Any]) -> ScenarioKind:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    values["steps"] = tuple(_step(text) for text in row["steps"])
    return ScenarioKind(**values)


def _step(text: str) -> ScenarioAction:
    """Read a step written as `1 cunwei accept`, or `0 zuyuan register - door`."""
    what, _, say = text.partition(" - ")
    day, who, action = what.split()
    return ScenarioAction(int(day), who, action, say)
