"""Write the tables of docs/definitions.md that the code knows: `python -m tests.rules.definitions_table`."""

import dataclasses
from pathlib import Path

from cases.intake.coded_actions import GUARDS, OWN_CLOCKS, REGISTER, SOURCES, TARGETS
from cases.intake.submission import Intake
from cases.lifecycle.build_values import VALUES
from workflow.definition.field_limits import LIMITS, PUBLIC_TYPES
from workflow.definition.vocabulary import OWN_FIELD_TYPES, CaseState
from workflow.limits import DECIMALS, LONGEST_TEXT

PAGE = Path(__file__).resolve().parents[2] / "docs" / "definitions.md"
HEAD = (
    "| name | kind | from | guards that must stand | fields (`?` may be left out) | clocks that must stand |"
)
LIMITS_HEAD = "| type | what it can say of what is entered | told to the villager |"
#: What each limit means.
MEANING = {
    "shortest": "`shortest`: so many characters at least",
    "longest": f"`longest`: so many at most (else {LONGEST_TEXT})",
    "not_in_future": "`not_in_future = true`: today or before",
    "not_in_past": "`not_in_past = true`: today or later (one of the two)",
    "whole": f"`whole = true`: no decimals (else up to {DECIMALS})",
    "least": "`least`: not below this number",
    "most": "`most`: not above it",
}
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


def limits_table() -> str:
    """Return the table of what a field of the county's own can say it does not take, by its type."""
    rows = [(kind, LIMITS.get(kind, ()), kind in PUBLIC_TYPES) for kind in OWN_FIELD_TYPES]
    said = [
        f"| `{kind}` | {', '.join(MEANING[key] for key in keys) or '–'} | {'`public`' if public else '–'} |"
        for kind, keys, public in rows
    ]
    return "\n".join([LIMITS_HEAD, "|---|---|---|", *said])


def written(text: str) -> str:
    """Return the page with both tables as the code has them now."""
    for head, made in ((HEAD, table()), (LIMITS_HEAD, limits_table())):
        start = text.index(head)
        text = text[:start] + made + text[text.index("\n\n", start) :]
    return text


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
