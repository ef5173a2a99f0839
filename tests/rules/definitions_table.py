"""Write the table of actions into docs/definitions.md: `python -m tests.rules.definitions_table`."""

import dataclasses
from pathlib import Path

from cases.intake.coded_actions import GUARDS, OWN_CLOCKS, REGISTER, SOURCES, TARGETS
from cases.intake.submission import Intake
from cases.lifecycle.build_values import VALUES
from workflow.definition.vocabulary import CaseState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "definitions.md"
HEAD = (
    "| name | kind | from | guards that must stand | fields (`?` may be left out) | clocks that must stand |"
)
#: What comes beside the fields of a definition: by the door, or from the ladder.
BESIDE = frozenset({"phone_as_written", "clock", "cycle", "recorded_at", "answers"})


def table() -> str:
    """Return the table, a row for each action that has code, in the order in which the code names them."""
    return "\n".join([HEAD, "|---|---|---|---|---|---|", *map(_row, (REGISTER, *VALUES))])


def _row(name: str) -> str:
    kind = f"step to `{TARGETS[name]}`" if name in TARGETS else "act"
    order: list[str] = list(CaseState)
    sources = ", ".join(sorted(SOURCES[name], key=order.index)) if name in SOURCES else "any"
    clocks = ", ".join(f'{clock} = "{how}"' for clock, how in OWN_CLOCKS.get(name, {}).items())
    guards = ", ".join(sorted(GUARDS.get(name, ())))
    parts = (kind, "–" if name == REGISTER else sources, guards or "–", _fields(name), clocks or "–")
    return f"| `{name}` | {' | '.join(parts)} |"


def _fields(name: str) -> str:
    shape = Intake if name == REGISTER else VALUES[name]
    absent = dataclasses.MISSING
    found = [
        one.name + ("" if one.default is absent and one.default_factory is absent else "?")
        for one in dataclasses.fields(shape)
        if one.name not in BESIDE
    ]
    return ", ".join(found) or "–"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    start = text.index(HEAD)
    end = text.index("\n\n", start)
    PAGE.write_text(text[:start] + table() + text[end:], encoding="utf-8")
